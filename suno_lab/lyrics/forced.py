"""Forced alignment: when are these words sung? With pocketsphinx (extra ``align``), English only, no download."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from suno_lab.audio import Audio
from suno_lab.errors import AudioError
from suno_lab.lyrics.text import normalize_word
from suno_lab.lyrics.timed import SungWord

if TYPE_CHECKING:
    import numpy.typing as npt

RATE_HZ = 16_000
FRAMES_HZ = 100.0
DITHER = 1e-4  #: noise added to the samples; digital silence cannot be aligned
BEAM = 1e-120  #: far wider than the default, which loses its way in music


@dataclass(frozen=True, kw_only=True)
class Forced:
    """Words found in the sound, by their place in the list asked for.

    ``unknown`` are the places of words that the dictionary does not hold: nothing is said about them.
    """

    words: dict[int, SungWord]
    unknown: tuple[int, ...]


def force_align(audio: Audio, words: Sequence[str] | Sequence[SungWord], *, seed: int = 0) -> Forced:
    """Find when known words are sung, without looking at any given times.

    Listens to the vocal stem where the audio has one. On full mixes it mostly fails or errs: use
    :func:`suno_lab.lyrics.alignment.offset_test` there.

    Parameters
    ----------
    audio : Audio
        The clip.
    words : sequence of str or SungWord
        In the order they are sung; line and section of a SungWord are kept.
    seed : int
        Of the noise that is added to the samples (80 dB below full scale).

    Returns
    -------
    Forced
        Empty when no path through the words was found.

    Raises
    ------
    AudioError
        When pocketsphinx is not installed.
    """
    asked = [word if isinstance(word, SungWord) else SungWord(word=word, start_s=0.0, end_s=0.0) for word in words]
    decoder = _decoder()
    plain = [normalize_word(word.word) for word in asked]
    known = [i for i, word in enumerate(plain) if word and decoder.lookup_word(word)]
    found = _found(decoder, _samples(audio, seed), [plain[i] for i in known]) if known else {}
    timed = {
        known[place]: SungWord(
            word=asked[known[place]].word,
            start_s=start_s,
            end_s=end_s,
            line=asked[known[place]].line,
            section=asked[known[place]].section,
            section_label=asked[known[place]].section_label,
            section_kind=asked[known[place]].section_kind,
        )
        for place, (start_s, end_s) in found.items()
    }
    return Forced(words=timed, unknown=tuple(i for i in range(len(asked)) if i not in known))


def _decoder() -> Any:
    try:
        from pocketsphinx import Decoder
    except ImportError as error:
        raise AudioError('forced alignment needs pocketsphinx; pip install "suno-lab[align]"') from error
    beams = {"beam": BEAM, "pbeam": BEAM, "wbeam": 1e-100}
    return Decoder(lm=None, samprate=RATE_HZ, loglevel="FATAL", dither=True, **beams)


def _samples(audio: Audio, seed: int) -> npt.NDArray[np.int16]:
    y = (audio.stems or {}).get("vocals", audio).at(RATE_HZ)
    level = 0.9 / max(float(np.abs(y).max()), 1e-6)
    noise = np.random.default_rng(seed).normal(scale=DITHER, size=len(y))
    return np.clip((y * level + noise) * 32_000, -32_768, 32_767).astype("<i2")


def _found(decoder: Any, samples: npt.NDArray[np.int16], words: list[str]) -> dict[int, tuple[float, float]]:
    """Start and end of each word by its place; words are matched in order, as the decoder may stop early."""
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw(samples.tobytes(), no_search=False, full_utt=True)
    decoder.end_utt()
    found: dict[int, tuple[float, float]] = {}
    place = 0
    for segment in decoder.seg() or ():
        name = re.sub(r"\(\d+\)$", "", segment.word)
        if place < len(words) and name == words[place]:
            found[place] = (segment.start_frame / FRAMES_HZ, (segment.end_frame + 1) / FRAMES_HZ)
            place += 1
    return found
