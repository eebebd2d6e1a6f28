"""Whether a file decodes, to what length, and what it looks like: one answer a line, in a process apart.

``python -m suno_lab.audio.inspection`` reads paths from its standard input and writes one JSON object a line. Whoever
starts it can lose it: files come from elsewhere, decoders are written in C, and a file may unpack to a thousand times
its size. So memory and processor time are capped, and samples are looked at block by block and let go.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from suno_lab.audio.decoding import MAX_CHANNELS_N, MAX_DURATION_S, Floats, codec_of, decode
from suno_lab.audio.mpeg import with_frame_count
from suno_lab.audio.outline import STEP_N, Outline, Outliner
from suno_lab.errors import AudioError

#: address space the process may have, the libraries included
MEMORY_BYTES = 2 * 1024**3
#: processor time for one file
CPU_S = 60
BLOCK_N = 65_536
#: containers that libsndfile does not open
AV_MARKS = (b"ftyp", b"\x1a\x45\xdf\xa3")


@dataclass(frozen=True, kw_only=True)
class Inspection:
    """What a file holds, by decoding all of it.

    Attributes
    ----------
    source_codec : str
        Format and coding, as in ``mp3`` or ``wav/pcm_16``.
    decoded_s : float
        Length of the decoded samples in seconds.
    peak : float
        Largest absolute sample value, 1.0 for full scale.
    outline : bytes
        The waveform as :attr:`suno_lab.audio.outline.Outline.peaks`.
    """

    source_codec: str
    decoded_s: float
    peak: float
    outline: bytes = b""


def inspect(path: Path, *, max_duration_s: float = MAX_DURATION_S) -> Inspection:
    """Decode a file from its first to its last frame.

    Raises
    ------
    AudioError
        It cannot be decoded, holds nothing, or is longer than ``max_duration_s``.
    """
    with path.open("rb") as file:
        head = file.read(12)
    if any(mark in head for mark in AV_MARKS):
        samples, sr, *_ = decode(path, max_duration_s=max_duration_s)
        return _measured("aac", [samples], sr, max_duration_s)
    import soundfile

    try:
        with soundfile.SoundFile(_counted(path, head)) as file:
            if file.channels > MAX_CHANNELS_N:
                raise AudioError(f"{file.channels} channels")
            return _measured(codec_of(file), _blocks(file), file.samplerate, max_duration_s)
    except (soundfile.SoundFileError, ValueError, TypeError) as problem:
        raise AudioError(f"not decodable ({problem})") from None


def outline_of(path: Path) -> Outline:
    """Decode a file for the outline of its waveform.

    Raises
    ------
    AudioError
        As :func:`inspect`, and when there is no such file.
    """
    try:
        held = inspect(path)
    except OSError as problem:
        raise AudioError(f"{path} cannot be read: {problem.strerror}") from None
    return Outline(duration_s=held.decoded_s, peaks=held.outline)


def _counted(path: Path, head: bytes) -> BytesIO | str:
    """The file; an MP3 that does not say how long it is, with its frames counted."""
    is_mp3 = head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] >= b"\xe0")
    tagged = with_frame_count(path.read_bytes()) if is_mp3 else None
    return str(path) if tagged is None else BytesIO(tagged)


def _blocks(file: Any) -> Iterator[Floats]:
    frames_n = max(BLOCK_N // file.channels // STEP_N, 1) * STEP_N
    while len(block := file.read(frames_n, dtype="float32", always_2d=True)):
        yield block


def _measured(codec: str, blocks: Iterable[Floats], sr: int, max_duration_s: float) -> Inspection:
    import numpy as np

    outliner, peak = Outliner(), 0.0
    for block in blocks:
        if not np.isfinite(block.sum()):
            block = np.nan_to_num(block)
        peak = max(peak, float(block.max(initial=0.0)), -float(block.min(initial=0.0)))
        outliner.add(block)
        if outliner.frames_n > max_duration_s * sr:
            raise AudioError(f"longer than {max_duration_s:.0f} s")
    if not outliner.frames_n:
        raise AudioError("holds no sample")
    seen = outliner.outline(sr)
    return Inspection(source_codec=codec, decoded_s=seen.duration_s, peak=peak, outline=seen.peaks)


# ── the process ──────────────────────────────────────────────────────────────────────────────────────────────────────
def confine(memory_bytes: int = MEMORY_BYTES) -> Callable[[], None]:
    """Cap this process's memory; gives what has to be called before each file, to cap its processor time.

    Where the system has no such limits (Windows), whoever started the process still ends it after a while.
    """
    try:
        import resource
    except ImportError:
        return lambda: None
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def before_a_file() -> None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, most_s = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_S, most_s))

    return before_a_file


def answer(path: str) -> dict[str, Any]:
    """What is written about one file: an :class:`Inspection` (its bytes as base64), or an ``error``."""
    try:
        held = asdict(inspect(Path(path)))
        return held | {"outline": base64.b64encode(held["outline"]).decode("ascii")}
    except (AudioError, OSError, MemoryError) as problem:
        return {"error": str(problem) or type(problem).__name__}


def main() -> None:
    """Answer until nobody asks any more."""
    before_a_file = confine()
    for line in sys.stdin:
        before_a_file()
        os.write(1, json.dumps(answer(json.loads(line))).encode() + b"\n")


if __name__ == "__main__":
    main()
