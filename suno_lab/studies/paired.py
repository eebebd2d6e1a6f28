"""The arithmetic of paired comparisons: plain arrays in, plain values out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

EXACT_UP_TO_N = 16  #: 65,536 sign patterns are all tried; beyond, they are drawn
DRAWS_N = 20_000


@dataclass(frozen=True, kw_only=True)
class PairedResult:
    """What differences of pairs say: their mean, its t-interval, and a sign-flip p. NaN where n is too small."""

    n: int
    mean: float
    low: float
    high: float
    p_value: float


def paired_result(differences: npt.ArrayLike, *, confidence: float = 0.95, seed: int = 0) -> PairedResult:
    """Mean of paired differences with Student's t-interval (Student 1908) and Fisher's sign-flip test (1935).

    Parameters
    ----------
    differences : array_like, shape (pairs,)
        One difference a pair.
    confidence : float
        Coverage of the interval.
    seed : int
        Of the drawn sign patterns, used beyond :data:`EXACT_UP_TO_N` pairs.
    """
    values = np.asarray(differences, dtype=float)
    if len(values) == 0:
        return PairedResult(n=0, mean=math.nan, low=math.nan, high=math.nan, p_value=math.nan)
    half = half_width(values, confidence=confidence)
    mean = float(values.mean())
    p_value = sign_flip_p(values, seed=seed)
    return PairedResult(n=len(values), mean=mean, low=mean - half, high=mean + half, p_value=p_value)


def half_width(values: Array, *, confidence: float = 0.95) -> float:
    """Half the width of the t-interval of a mean; NaN for fewer than two values."""
    if len(values) < 2:
        return math.nan
    from scipy.special import stdtrit

    quantile = float(stdtrit(len(values) - 1, 0.5 + confidence / 2))
    return quantile * float(values.std(ddof=1)) / math.sqrt(len(values))


def sign_flip_p(differences: npt.ArrayLike, *, seed: int = 0) -> float:
    """Two-sided p of the mean under random signs (R. A. Fisher, *The Design of Experiments*, 1935, §21).

    Exact up to 16 pairs; beyond, 20,000 drawn patterns and the observed one (Phipson & Smyth 2010, so never 0).
    """
    values = np.asarray(differences, dtype=float)
    n = len(values)
    if n == 0:
        return math.nan
    observed = abs(values.sum()) - 1e-9 * max(np.abs(values).sum(), 1e-300)
    if n <= EXACT_UP_TO_N:
        patterns = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ values) >= observed))
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(DRAWS_N, n))
    return float((1 + np.count_nonzero(np.abs(signs @ values) >= observed)) / (1 + DRAWS_N))


def holm(p_values: npt.ArrayLike) -> Array:
    """p-values corrected for their number (Holm 1979), in the order given; NaN stays NaN and is not counted."""
    p = np.asarray(p_values, dtype=float)
    adjusted = np.full(len(p), np.nan)
    order = [i for i in np.argsort(p) if not math.isnan(p[i])]
    worst = 0.0
    for rank, i in enumerate(order):
        worst = max(worst, min(1.0, (len(order) - rank) * p[i]))
        adjusted[i] = worst
    return adjusted


def pooled_sd(groups: list[Array]) -> float:
    """SD within groups, pooled over their degrees of freedom; NaN when no group has two values."""
    freedom = sum(len(group) - 1 for group in groups)
    if freedom <= 0:
        return math.nan
    return math.sqrt(sum(float(np.sum((group - group.mean()) ** 2)) for group in groups) / freedom)


def chance_exceeds(a: Array, b: Array) -> float:
    """Chance that a value of ``a`` exceeds one of ``b``, ties counting half (Vargha & Delaney's A, 2000)."""
    return float(np.mean((a[:, None] > b) + 0.5 * (a[:, None] == b)))


def agreement(a: npt.NDArray[np.object_], b: npt.NDArray[np.object_]) -> float:
    """Share of pairs, one from each, that are equal."""
    return float(np.mean(a[:, None] == b[None, :]))


def agreement_within(values: npt.NDArray[np.object_]) -> float:
    """Share of pairs within ``values`` that are equal; NaN for fewer than two."""
    pairs = [x == y for x, y in combinations(values, 2)]
    return float(np.mean(pairs)) if pairs else math.nan
