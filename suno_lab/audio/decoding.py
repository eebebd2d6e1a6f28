"""Files to samples: libsndfile for most, PyAV for what it cannot open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from suno_lab.audio.mpeg import mp3_breaks_off, with_frame_count
from suno_lab.audio.ogg import ogg_breaks_off
from suno_lab.audio.riff import claimed_frames
from suno_lab.errors import AudioError

Floats = npt.NDArray[np.float32]

MAX_DURATION_S = 30 * 60.0
MAX_VALUES_N = 30 * 60 * 48_000 * 2  #: frames x channels kept in memory (691 MB)
MAX_CHANNELS_N = 64

#: containers that only PyAV opens, by their first bytes; nothing else is handed to it (a playlist could name addresses)
_AV_CONTAINERS = (
    (4, b"ftyp", "mp4"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"\xff\xf1", "aac"),
    (0, b"\xff\xf9", "aac"),
)


class Decoded(NamedTuple):
    """A decoded file: samples of shape (n, channels) and what the file says of itself."""

    samples: Floats
    sr: int
    header_n: int | None  #: frames that the file claims to hold; None where it claims nothing
    codec: str  #: such as ``mp3`` or ``wav/pcm_16``
    breaks_off: bool | None = None  #: whether its last frame or page is incomplete; None where its form cannot tell


def decode(path: Path, *, max_duration_s: float) -> Decoded:
    """Decode a file.

    Raises
    ------
    AudioError
        When it cannot be decoded or is longer than ``max_duration_s``.
    """
    with open(path, "rb") as file:
        head = file.read(12)
    container = next((name for at, magic, name in _AV_CONTAINERS if head[at : at + len(magic)] == magic), None)
    if container is not None:
        return _decode_with_av(path, container, max_duration_s=max_duration_s)
    return _decode_with_soundfile(path, max_duration_s=max_duration_s)


def _frame_cap(sr: int, channels_n: int, max_duration_s: float) -> int:
    return int(min(max_duration_s * sr, MAX_VALUES_N // max(channels_n, 1)))


def _decode_with_soundfile(path: Path, *, max_duration_s: float) -> Decoded:
    import soundfile

    try:
        # by descriptor: libsndfile then judges by content, never by the file's name
        with soundfile.SoundFile(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0)), closefd=True) as file:
            if file.format == "MP3":
                return _decode_mp3(file, path, max_duration_s=max_duration_s)
            claimed_n = _claim(path) if file.format in ("WAV", "WAVEX") else None
            samples, sr = _read(file, path, max_duration_s=max_duration_s)
            breaks_off = ogg_breaks_off(path.read_bytes()) if file.format == "OGG" else None
            return Decoded(samples, sr, max(file.frames, claimed_n or 0), codec_of(file), breaks_off)
    except (soundfile.SoundFileError, ValueError, TypeError) as error:
        reason = getattr(error, "error_string", error)  # without the number of the descriptor
        raise AudioError(f"{path}: not decodable ({reason})") from error


def _claim(path: Path) -> int | None:
    with open(path, "rb") as file:
        return claimed_frames(file)


def codec_of(file: Any) -> str:
    """Format and coding of an open sound file, as in ``mp3`` or ``wav/pcm_16``."""
    kind, coding = str(file.format).lower(), str(file.subtype).lower()
    return kind if kind in ("mp3", "flac") else f"{kind}/{coding}"


def _decode_mp3(file: Any, path: Path, *, max_duration_s: float) -> Decoded:
    """An MP3; of one that does not say how long it is, libsndfile would guess from the first frames, and stop there."""
    import soundfile

    data = path.read_bytes()
    breaks_off, tagged = mp3_breaks_off(data), with_frame_count(data)
    if tagged is None:
        return Decoded(*_read(file, path, max_duration_s=max_duration_s), file.frames, "mp3", breaks_off)
    with _nameless(tagged) as copy, soundfile.SoundFile(copy.fileno(), closefd=False) as counted:
        return Decoded(*_read(counted, path, max_duration_s=max_duration_s), None, "mp3", breaks_off)


def _nameless(data: bytes) -> IO[bytes]:
    """A file of these bytes without a name. A decoder reading Python's memory would hold up its threads."""
    file = open(os.memfd_create("sound"), "w+b") if hasattr(os, "memfd_create") else TemporaryFile()  # noqa: SIM115
    file.write(data)
    file.seek(0)
    return file


def _read(file: Any, path: Path, *, max_duration_s: float) -> tuple[Floats, int]:
    """All samples of an open file, and its rate."""
    cap = _frame_cap(file.samplerate, file.channels, max_duration_s)
    header_n = file.frames
    samples = file.read(out=np.empty((min(header_n, cap + 1), file.channels), np.float32))
    if len(samples) > cap:
        raise AudioError(f"{path}: longer than {cap / file.samplerate:.0f} s, the most that is measured at once")
    if 2 * len(samples) < header_n:
        samples = samples.copy()  # lets go of the room reserved for what never came
    return samples, file.samplerate


def _decode_with_av(path: Path, container_name: str, *, max_duration_s: float) -> Decoded:
    try:
        import av
    except ImportError as error:
        raise AudioError(f'{path}: needs PyAV to decode; pip install "suno-lab[media]"') from error
    try:
        with av.open(str(path), format=container_name) as container:
            if not container.streams.audio:
                raise AudioError(f"{path}: holds no audio")
            stream = container.streams.audio[0]
            codec = str(stream.codec_context.name)
            sr, header_s = stream.rate, float((stream.duration or 0) * (stream.time_base or 0))
            blocks = list(_av_blocks(container, stream, path, max_duration_s=max_duration_s))
    except av.FFmpegError as error:
        raise AudioError(f"{path}: not decodable ({error})") from error
    if not blocks:
        raise AudioError(f"{path}: holds no sample")
    return Decoded(np.concatenate(blocks), sr, round(header_s * sr) if header_s else None, codec)


def _av_blocks(container: Any, stream: Any, path: Path, *, max_duration_s: float) -> Iterator[Floats]:
    import av

    resampler = av.AudioResampler(format="fltp", rate=stream.rate)
    cap, read_n = _frame_cap(stream.rate, stream.channels, max_duration_s), 0
    for frame in container.decode(stream):
        for plain in resampler.resample(frame):
            block = np.ascontiguousarray(plain.to_ndarray().T, dtype=np.float32)
            read_n += len(block)
            if read_n > cap:
                raise AudioError(f"{path}: longer than {cap / stream.rate:.0f} s, the most that is measured at once")
            yield block
