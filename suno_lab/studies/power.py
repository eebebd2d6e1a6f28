"""How many prompts a comparison needs, and what a number of prompts can show."""

from __future__ import annotations

import math

from suno_lab.errors import StudyError

MOST_PROMPTS_N = 100_000


def power_of(prompts_n: int, effect: float, *, alpha: float = 0.05) -> float:
    """Chance that a paired comparison of ``prompts_n`` prompts shows a true effect.

    Parameters
    ----------
    prompts_n : int
        Pairs: prompts that both conditions answer.
    effect : float
        The true mean difference in standard deviations of the differences between prompts (Cohen's d_z).
    alpha : float
        Two-sided level of the test.

    Notes
    -----
    Exact for normal differences: noncentral t (Cohen, *Statistical Power Analysis*, 1988).
    """
    from scipy.stats import nct, t

    if prompts_n < 2:
        return 0.0
    limit = t.ppf(1 - alpha / 2, prompts_n - 1)
    shift = abs(effect) * math.sqrt(prompts_n)
    return float(nct.sf(limit, prompts_n - 1, shift) + nct.cdf(-limit, prompts_n - 1, shift))


def prompts_needed(difference: float, sd: float, *, power: float = 0.8, alpha: float = 0.05) -> int:
    """The fewest prompts by which a true ``difference`` is shown with this power.

    Parameters
    ----------
    difference : float
        The difference worth finding, in the feature's unit (for log-scale features: of natural logarithms).
    sd : float
        Standard deviation of the differences between prompts, from a pilot: half the width of the interval of a
        :class:`Comparison` over its t quantile, times the root of its prompts.

    Raises
    ------
    StudyError
        For no difference, no spread, or more than 100,000 prompts.
    """
    _check(power, alpha)
    if not sd > 0 or difference == 0 or not math.isfinite(difference / sd):
        raise StudyError(f"a difference of {difference} with SD {sd} leaves nothing to plan")
    low, high = 2, 4
    while power_of(high, difference / sd, alpha=alpha) < power:
        low, high = high, 2 * high
        if high > MOST_PROMPTS_N:
            raise StudyError(
                f"more than {MOST_PROMPTS_N} prompts: a difference of {difference / sd:.2g} SD is too small"
            )
    while low < high:
        middle = (low + high) // 2
        enough = power_of(middle, difference / sd, alpha=alpha) >= power
        low, high = (low, middle) if enough else (middle + 1, high)
    return high


def detectable_difference(prompts_n: int, sd: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """The smallest true difference that ``prompts_n`` prompts show with this power, in the unit of ``sd``.

    Raises
    ------
    StudyError
        For fewer than two prompts or no spread.
    """
    _check(power, alpha)
    if prompts_n < 2 or not sd > 0:
        raise StudyError(f"{prompts_n} prompts with SD {sd} leave nothing to plan")
    low, high = 0.0, 1.0
    while power_of(prompts_n, high, alpha=alpha) < power:
        high *= 2
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if power_of(prompts_n, middle, alpha=alpha) >= power else (middle, high)
    return high * sd


def _check(power: float, alpha: float) -> None:
    if not 0 < alpha < power < 1:
        raise StudyError(f"power {power} and level {alpha} must satisfy 0 < level < power < 1")
