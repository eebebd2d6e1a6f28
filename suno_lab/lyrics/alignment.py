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


def evaluate(reference: Timed, estimated: Timed, *, duration_s: float | None = None) -> dict[str, float | int]:
    """MIREX's scores of word times against a reference, by ``mir_eval.alignment``.

    Parameters
    ----------
    reference, estimated : sequence of Word or SungWord
        Matched by what they say, in order; only matched words have times to compare, so ``matched_n`` and
        ``reference_n`` stand beside the scores.
    duration_s : float, optional
        Length of the clip (default: the end of the last reference word).

    Returns
    -------
    dict
        ``mae`` and ``aae`` (median and mean absolute error of starts, s), ``pc`` (share within 0.3 s), ``pcs`` (share
        of the time with the right word), ``perceptual`` (Lizé Masclef et al. 2021: what karaoke singers bear),
        ``matched_n``, ``reference_n``. NaN where fewer than two words match.

    Notes
    -----
    mir_eval wants starts that never fall: both sides are put in the order of the reference starts, and an estimate that
    falls behind its predecessor is held there.
    """
    from mir_eval import alignment

    pairs = sorted(match_words(reference, estimated), key=lambda pair: reference[pair[0]].start_s)
    true_s = np.array([reference[i].start_s for i, _ in pairs], dtype=float)
    found_s = np.maximum.accumulate([max(estimated[j].start_s, 0.0) for _, j in pairs]) if pairs else np.array([])
    counts: dict[str, float | int] = {"matched_n": len(pairs), "reference_n": len(reference)}
    if len(pairs) < 2:
        return dict.fromkeys(("mae", "aae", "pc", "pcs", "perceptual"), math.nan) | counts
    end_s = max(duration_s or 0.0, *(word.end_s for word in reference), float(found_s[-1]), float(true_s[-1]))
    return {
        "mae": float(alignment.absolute_error(true_s, found_s)[0]),
        "aae": float(alignment.absolute_error(true_s, found_s)[1]),
        "pc": float(alignment.percentage_correct(true_s, found_s)),
        "pcs": float(alignment.percentage_correct_segments(true_s, found_s, duration=end_s)),
        "perceptual": float(alignment.karaoke_perceptual_metric(true_s, found_s)),
        **counts,
    }


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

    ``offset_s`` is the shift that fits best at the middle of the words: negative when the stamps are late.
    ``drift_s_per_min`` is how that shift changes: negative when the stamps get later and later, 0 where a common shift
    fits as well. ``height`` is the rise there in standard deviations of the envelope; ``random_height`` what as many
    random stamps reach in 39 of 40 draws by the same search. ``heard`` is what was listened to: ``vocals`` (the stem)
    or ``mix``.
    """

    offset_s: float
    drift_s_per_min: float
    height: float
    random_height: float
    heard: str

    @property
    def plausible(self) -> bool:
        """Whether the stamps fit better than random ones."""
        return self.height > self.random_height


LEAST_WORDS_N = 5
SHIFT_STEP_S, DRIFT_REACH_S = 0.01, 2.0  #: the latter a minute
DRAWS_N = 40
BLURS_S = (0.0, 0.08)  #: first sharp; then for stamps that are right on the whole, but not one by one
DRIFT_GAIN = 1.15  #: what a drift must fit better than none to be believed


def offset_test(audio: Audio, words: Timed, *, reach_s: float = 1.0, seed: int = 0) -> OffsetTest | None:
    """Shift all word starts together, and apart at an even rate, and see where the sound rises most at them.

    Needs no model: the rise of the log spectrum between 200 and 4000 Hz (of the vocal stem where the audio has one) is
    averaged over the words. In a mix, what repeats with the bar (drums) is taken off first: a word on a beat rises
    above what that beat does in the bars around it. Good for a common offset, a drift, and for noticing stamps that
    have nothing to do with the sound; says nothing about single words. ``python -m benchmarks word_times`` measures it.

    Parameters
    ----------
    audio : Audio
        The clip.
    words : sequence of Word or SungWord
        Their starts are tested.
    reach_s : float
        Offsets up to this are found.
    seed : int
        Of the random stamps that are compared with.

    Returns
    -------
    OffsetTest or None
        None for fewer than five words, or silence.
    """
    stem = (audio.stems or {}).get("vocals", audio)
    heard = "mix" if stem is audio else "vocals"
    rise = vocal_rise(stem)
    starts_s = np.array([word.start_s for word in words if math.isfinite(word.start_s)])
    if len(starts_s) < LEAST_WORDS_N or rise.std() < 1e-6:
        return None
    rise = rise if heard == "vocals" else unrepeated(rise, stem.mel_times_s)
    rng = np.random.default_rng(seed)
    random = [rng.uniform(starts_s.min(), starts_s.max(), len(starts_s)) for _ in range(DRAWS_N)]
    tests = []
    for blur_s in BLURS_S:
        envelope = blurred(rise, stem.mel_times_s, blur_s)
        search = _Search((envelope - envelope.mean()) / max(envelope.std(), 1e-9), stem.mel_times_s, reach_s)
        tests.append(_tested(search, starts_s, random, heard))
        if tests[-1].plausible:
            return tests[-1]
    return tests[0]


def _tested(search: _Search, starts_s: Array, random: Sequence[Array], heard: str) -> OffsetTest:
    still, moving = search.best(starts_s, drift=False), search.best(starts_s, drift=True)
    drifting = moving[0] > DRIFT_GAIN * still[0]
    found = moving if drifting else still
    tops = [search.best(one, drift=drifting)[0] for one in random]
    offset_s, drift_s = (0.0 + round(value, 4) for value in found[1:])
    return OffsetTest(
        offset_s=offset_s,
        drift_s_per_min=drift_s,
        height=found[0],
        random_height=float(np.percentile(tops, 97.5)),
        heard=heard,
    )


def blurred(rise: Array, times_s: Array, blur_s: float) -> Array:
    """An envelope smoothed by a Gaussian of this standard deviation, for stamps that err by as much."""
    from scipy.ndimage import gaussian_filter1d

    if blur_s == 0 or len(times_s) < 2:
        return rise
    return np.asarray(gaussian_filter1d(rise, blur_s / float(np.median(np.diff(times_s)))))


@dataclass(frozen=True)
class _Search:
    """Where words fit an envelope best."""

    rise: Array
    times_s: Array
    reach_s: float

    def best(self, starts_s: Array, *, drift: bool) -> tuple[float, float, float]:
        """Height, shift at the middle (s) and its change a minute of the shift that fits best."""
        away_min = (starts_s - starts_s.mean()) / 60
        span_min = float(np.abs(away_min).max())
        step_s = max(0.04 / max(span_min, 1e-3), 0.02)  # 40 ms at the far end
        steps = math.floor(DRIFT_REACH_S / step_s) if drift else 0
        rates_s = step_s * np.arange(-steps, steps + 1)
        room_s = self.reach_s + (DRIFT_REACH_S * span_min if drift else 0.0)
        room = math.ceil(room_s / SHIFT_STEP_S) + 2
        shifts_s = SHIFT_STEP_S * np.arange(-room, room + 1)
        each = np.interp(starts_s[:, None] + shifts_s, self.times_s, self.rise, left=0, right=0)
        reach = round(self.reach_s / SHIFT_STEP_S)
        middle = np.arange(room - reach, room + reach + 1)
        word = np.arange(len(starts_s))[:, None]
        heights = np.array(
            [
                each[word, middle + np.round(rate_s * away_min / SHIFT_STEP_S).astype(int)[:, None]].mean(axis=0)
                for rate_s in rates_s
            ]
        )
        rate, place = np.unravel_index(int(heights.argmax()), heights.shape)
        return float(heights[rate, place]), float(shifts_s[middle[place]]), float(rates_s[rate])


def unrepeated(rise: Array, times_s: Array) -> Array:
    """An envelope less what it does one to four bars before and after; never negative. Shape as given.

    The bar is the lag between 1 and 4.5 s at which the envelope is most like itself, whatever the metre.
    """
    frames_hz = 1 / float(np.median(np.diff(times_s))) if len(times_s) > 1 else 1.0
    n, even = len(rise), rise - rise.mean()
    likeness = np.fft.irfft(np.abs(np.fft.rfft(even, 2 * n)) ** 2)[:n]
    lags = np.arange(round(frames_hz), min(round(4.5 * frames_hz), n - 1))
    if len(lags) == 0:
        return rise
    bar = int(lags[likeness[lags].argmax()])
    around = np.full((8, n), np.nan)
    for row, bars in enumerate((-4, -3, -2, -1, 1, 2, 3, 4)):
        lag = bars * bar
        if abs(lag) < n:
            around[row, max(lag, 0) : n + min(lag, 0)] = rise[max(-lag, 0) : n - max(lag, 0)]
    known = ~np.isnan(around).all(axis=0)
    usual = np.zeros(n)
    usual[known] = np.nanmedian(around[:, known], axis=0)
    return np.maximum(rise - usual, 0)


def vocal_rise(audio: Audio) -> Array:
    """Rise of the log mel spectrum between 200 and 4000 Hz over 23 ms, shape (mel frames,)."""
    from suno_lab.audio import mel_centres_hz

    centres_hz = mel_centres_hz()
    level = audio.mel_level[:, (centres_hz > 200) & (centres_hz < 4000)]
    rise = np.zeros(len(level))
    rise[1:-1] = np.maximum(level[2:] - level[:-2], 0).mean(axis=1) if len(level) > 2 else 0.0
    return rise
