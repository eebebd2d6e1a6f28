"""How wrong one estimate is. Pure functions on single values and arrays."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
#: the metrical levels a tempo may be mistaken for
OCTAVES = (1 / 3, 1 / 2, 1.0, 2.0, 3.0)
#: an estimate this close to a level counts as that level (Gouyon et al. 2006 use 4 %)
TOLERANCE = 0.04


def octave_ratio(estimated_bpm: float, reference_bpm: float, *, tolerance: float = TOLERANCE) -> float:
    """Which metrical level an estimated tempo is at.

    Parameters
    ----------
    estimated_bpm, reference_bpm : float
        Beats per minute.
    tolerance : float
        Relative distance within which a level counts.

    Returns
    -------
    float
        One of 1/3, 1/2, 1, 2, 3, or NaN where none is near.

    Notes
    -----
    Accuracy 1 counts only ratio 1, accuracy 2 all five: Gouyon et al., "An experimental comparison of audio tempo
    induction algorithms", IEEE TASLP 14(5), 2006.
    """
    if not (estimated_bpm > 0 and reference_bpm > 0):
        return math.nan
    found = estimated_bpm / reference_bpm
    return next((ratio for ratio in OCTAVES if abs(found / ratio - 1) <= tolerance), math.nan)


def tempo_error(estimated_bpm: float, reference_bpm: float) -> float:
    """Relative error of the tempo with its octave forgiven; NaN where no metrical level is near."""
    ratio = octave_ratio(estimated_bpm, reference_bpm)
    return abs(estimated_bpm / (ratio * reference_bpm) - 1) if ratio == ratio else math.nan


def key_parts(musical_key: str) -> tuple[int, str]:
    """``"Eb minor"`` → (3, "minor"); the tonic as a pitch class."""
    tonic, _, mode = musical_key.partition(" ")
    return TONICS.index(tonic), mode


def key_relation(estimated: str, reference: str) -> str:
    """How an estimated key relates to the reference.

    Returns
    -------
    str
        ``correct``, ``fifth`` (the estimate a perfect fifth above, same mode), ``relative``, ``parallel`` or
        ``other``: the relations of the MIREX key task.
    """
    (tonic, mode), (true_tonic, true_mode) = key_parts(estimated), key_parts(reference)
    step = (tonic - true_tonic) % 12
    if (step, mode) == (0, true_mode):
        return "correct"
    if mode == true_mode and step == 7:
        return "fifth"
    if mode != true_mode and step == (9 if true_mode == "major" else 3):
        return "relative"
    return "parallel" if mode != true_mode and step == 0 else "other"


#: weights of the MIREX key task, as ``mir_eval.key`` has them
KEY_WEIGHTS = {"correct": 1.0, "fifth": 0.5, "relative": 0.3, "parallel": 0.2, "other": 0.0}


def key_score(estimated: str, reference: str) -> float:
    """The MIREX score of one key, 0 to 1 (same values as ``mir_eval.key.weighted_score``)."""
    return KEY_WEIGHTS[key_relation(estimated, reference)]


def wilson_interval(hits: int, n: int, *, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % score interval of a proportion (Wilson 1927); (0, 1) for no trials."""
    if n == 0:
        return 0.0, 1.0
    p = hits / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def isotonic(scores: Floats, hits: Floats) -> tuple[Floats, Floats]:
    """The non-decreasing step function from confidence to probability that fits best (least squares).

    Parameters
    ----------
    scores : ndarray, shape (n,)
        Raw confidences.
    hits : ndarray, shape (n,)
        1.0 where the estimate was right, else 0.0.

    Returns
    -------
    thresholds, probabilities : ndarray, shape (k,)
        From ``thresholds[i]`` on, the probability is ``probabilities[i]``.

    Notes
    -----
    Pool-adjacent-violators (Ayer et al. 1955); calibration by it: Zadrozny and Elkan, KDD 2002. Each block is shrunk
    towards 1/2 by one imagined hit and one miss, so that a handful of songs promises no certainty.
    """
    order = np.argsort(scores, kind="stable")
    blocks: list[list[float]] = []  # threshold, hits, n
    for score, hit in zip(scores[order], hits[order], strict=True):
        blocks.append([float(score), float(hit), 1.0])
        while len(blocks) > 1 and blocks[-2][1] * blocks[-1][2] >= blocks[-1][1] * blocks[-2][2]:
            _, more, n = blocks.pop()
            blocks[-1][1] += more
            blocks[-1][2] += n
    table = np.array(blocks).reshape(-1, 3)
    return table[:, 0], np.maximum.accumulate((table[:, 1] + 1) / (table[:, 2] + 2))


def brier_score(probabilities: Floats, hits: Floats) -> float:
    """Mean squared distance of probabilities from what came (Brier 1950): 0 is best, always saying 1/2 gives 0.25."""
    return float(np.mean((probabilities - hits) ** 2)) if len(hits) else math.nan


def calibration_error(probabilities: Floats, hits: Floats, *, bins_n: int = 5) -> float:
    """Expected calibration error: how far the share of hits lies from the probability, over bins of equal count.

    Naeini, Cooper and Hauskrecht, AAAI 2015. With n near ``bins_n`` it says little; n stands beside it in the card.
    """
    bins = np.array_split(np.argsort(probabilities, kind="stable"), max(min(bins_n, len(hits)), 1))
    parts = [len(one) * abs(float(probabilities[one].mean() - hits[one].mean())) for one in bins if len(one)]
    return sum(parts) / len(hits) if len(hits) else math.nan


def out_of_fold(scores: Floats, hits: Floats, *, folds_n: int = 5) -> Floats:
    """For each estimate, the probability that :func:`isotonic` gives it when it is fitted without that fold."""
    found = np.full(len(scores), math.nan)
    fold = np.arange(len(scores)) % folds_n
    for number in range(folds_n):
        inside, outside = fold == number, fold != number
        if inside.any() and outside.any():
            found[inside] = step_value(*isotonic(scores[outside], hits[outside]), scores[inside])
    return found


def step_value(thresholds: Floats, probabilities: Floats, scores: Floats) -> Floats:
    """The step function of :func:`isotonic` at these scores; NaN at NaN."""
    places = np.searchsorted(thresholds, scores, side="right") - 1
    return np.where(np.isnan(scores), math.nan, np.asarray(probabilities)[np.maximum(places, 0)])


def conformal_width(residuals: Floats, *, level: float = 0.95) -> float:
    """The half-width of an interval that holds the next residual with this probability; infinite for too few.

    Parameters
    ----------
    residuals : ndarray, shape (n,)
        Absolute errors of songs exchangeable with the next one.
    level : float
        0.95 needs at least 19 of them.

    Notes
    -----
    Split conformal prediction: Vovk, Gammerman and Shafer 2005; Lei et al., JASA 113 (2018).
    """
    rank = math.ceil((len(residuals) + 1) * level)
    return float(np.sort(residuals)[rank - 1]) if 0 < rank <= len(residuals) else math.inf


def leave_one_out_coverage(residuals: Floats, *, level: float = 0.95) -> int:
    """How many residuals lie within the conformal width of all the others."""
    return sum(
        bool(residual <= conformal_width(np.delete(residuals, place), level=level))
        for place, residual in enumerate(residuals)
    )


def beat_scores(reference_s: Floats, estimated_s: Floats) -> tuple[float, float]:
    """F-measure within 70 ms (``mir_eval.beat``, its first five seconds included) and the median offset in seconds.

    The offset is of the estimated beats that are within 70 ms of a true one; NaN where there is none.
    """
    from mir_eval.beat import f_measure

    if len(reference_s) == 0 or len(estimated_s) == 0:
        return 0.0, math.nan
    after = np.clip(np.searchsorted(reference_s, estimated_s), 1, max(len(reference_s) - 1, 1))
    near = np.stack([reference_s[np.minimum(after, len(reference_s) - 1)], reference_s[after - 1]])
    late_s = estimated_s - near
    nearest = late_s[np.abs(late_s).argmin(axis=0), np.arange(len(estimated_s))]
    matched = nearest[np.abs(nearest) <= 0.07]
    score = float(f_measure(reference_s, estimated_s))
    return score, float(np.median(matched)) if len(matched) else math.nan
