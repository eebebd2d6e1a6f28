"""How right word times are: against a reference, or against the sound itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio
from suno_lab.lyrics.text import normalize_word
from suno_lab.lyrics.timed import SungWord
from suno_lab.models import Word

Array = npt.NDArray[np.float64]
Timed = Sequence[Word] | Sequence[SungWord]


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """Start times against a reference, over the words both have. NaN where there is none.

    ``median_abs_s`` and ``mean_abs_s`` are MIREX's mae and aae, ``within_share`` the share of reference words found
    within 0.3 s (MIREX's pc; missing words count as wrong), ``bias_s`` the median of estimated less reference,
    ``drift_s_per_min`` its slope (Theil–Sen).
    """

    matched_n: int
    reference_n: int
    bias_s: float
    median_abs_s: float
    mean_abs_s: float
    within_share: float
    drift_s_per_min: float


def match_words(reference: Timed, estimated: Timed) -> list[tuple[int, int]]:
    """Pairs of indices of words that are the same, in order (longest common blocks of normalised words)."""
    a, b = ([normalize_word(word.word) for word in words] for words in (reference, estimated))
    blocks = SequenceMatcher(a=a, b=b, autojunk=False).get_matching_blocks()
    return [(block.a + i, block.b + i) for block in blocks for i in range(block.size)]


def start_deviations_s(reference: Timed, estimated: Timed) -> tuple[Array, Array]:
    """Reference starts of the matched words, and how much later the estimate has them; both of shape (matched,)."""
    pairs = match_words(reference, estimated)
    starts_s = np.array([reference[i].start_s for i, _ in pairs], dtype=float)
    return starts_s, np.array([estimated[j].start_s for _, j in pairs], dtype=float) - starts_s


def deviation(reference: Timed, estimated: Timed, *, within_s: float = 0.3) -> Deviation:
    """Measure estimated word times against a reference.

    Parameters
    ----------
    reference, estimated : sequence of Word or SungWord
        Words are matched by what they say; those of only one side are left out of the times.
    within_s : float
        The tolerance of ``within_share``.
    """
    starts_s, late_s = start_deviations_s(reference, estimated)
    found = len(late_s) > 0
    return Deviation(
        matched_n=len(late_s),
        reference_n=len(reference),
        bias_s=float(np.median(late_s)) if found else math.nan,
        median_abs_s=float(np.median(np.abs(late_s))) if found else math.nan,
        mean_abs_s=float(np.mean(np.abs(late_s))) if found else math.nan,
        within_share=np.count_nonzero(np.abs(late_s) <= within_s) / len(reference) if reference else math.nan,
        drift_s_per_min=_slope(starts_s, late_s) * 60,
    )


def _slope(x: Array, y: Array) -> float:
    """Median of the slopes of all pairs (Theil 1950, Sen 1968); NaN for fewer than three points."""
    if len(x) < 3:
        return math.nan
    i, j = np.triu_indices(len(x), k=1)
    run = x[j] - x[i]
    return float(np.median((y[j] - y[i])[run > 0] / run[run > 0])) if (run > 0).any() else math.nan


@dataclass(frozen=True, kw_only=True)
class OffsetTest:
    """Do words begin where the sound rises?

    ``offset_s`` is the shift of all words that fits best: negative when the stamps are late. ``height`` is the rise
    there in standard deviations of the envelope; ``random_height`` what as many random stamps reach in 19 of 20 draws.
    ``heard`` is what was listened to: ``vocals`` (the stem) or ``mix``.
    """

    offset_s: float
    height: float
    random_height: float
    heard: str

    @property
    def plausible(self) -> bool:
        """Whether the stamps fit better than random ones."""
        return self.height > self.random_height


def offset_test(audio: Audio, words: Timed, *, reach_s: float = 1.0, seed: int = 0) -> OffsetTest | None:
    """Shift all word starts together and see where the sound rises most at them.

    Needs no model: the rise of the log spectrum between 200 and 4000 Hz (of the vocal stem where the audio has one) is
    averaged over the words at each shift within ``reach_s``. Good for a common offset and for noticing stamps that
    have nothing to do with the sound; says nothing about single words. In a mix with drums the best shift may be a beat
    away from the right one, for drums rise on every beat. None for fewer than five words or silence.
    """
    stem = (audio.stems or {}).get("vocals", audio)
    heard = "mix" if stem is audio else "vocals"
    rise = vocal_rise(stem)
    starts_s = np.array([word.start_s for word in words if math.isfinite(word.start_s)])
    if len(starts_s) < 5 or rise.std() < 1e-6:
        return None
    rise = (rise - rise.mean()) / rise.std()
    shifts_s = np.arange(-reach_s, reach_s + 0.005, 0.01)
    heights = _heights(rise, stem.mel_times_s, starts_s, shifts_s)
    best = int(heights.argmax())
    rng = np.random.default_rng(seed)
    random = [rng.uniform(starts_s.min(), starts_s.max(), len(starts_s)) for _ in range(40)]
    tops = [_heights(rise, stem.mel_times_s, one, shifts_s).max() for one in random]
    return OffsetTest(
        offset_s=float(shifts_s[best]),
        height=float(heights[best]),
        random_height=float(np.percentile(tops, 95)),
        heard=heard,
    )


def _heights(rise: Array, times_s: Array, starts_s: Array, shifts_s: Array) -> Array:
    return np.interp(starts_s[:, None] + shifts_s, times_s, rise).mean(axis=0)


def vocal_rise(audio: Audio) -> Array:
    """Rise of the log mel spectrum between 200 and 4000 Hz over 23 ms, shape (mel frames,)."""
    from suno_lab.audio import mel_centres_hz

    centres_hz = mel_centres_hz()
    level = np.log10(np.maximum(audio.mel_power[:, (centres_hz > 200) & (centres_hz < 4000)], 1e-7))
    rise = np.zeros(len(level))
    rise[1:-1] = np.maximum(level[2:] - level[:-2], 0).mean(axis=1) if len(level) > 2 else 0.0
    return rise
