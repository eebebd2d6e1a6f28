"""The arithmetic of ranking by pairs: strengths, their connection, what it takes to overturn them. Arrays in and out.

The model is Bradley & Terry's ("Rank analysis of incomplete block designs", 1952) with Davidson's ties ("On extending
the Bradley–Terry model to accommodate ties", 1970): of two things with strengths a and b (natural logarithms), the odds
of *first : second : tie* are exp(a) : exp(b) : ν · exp((a + b) / 2).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from suno_lab.errors import StudyError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FIRST, SECOND, TIE = 0, 1, 2  #: places of the outcomes in an array of counts
STEPS_N = 200
LARGEST_STEP = 2.0
CLOSE = 1e-18  #: what likelihood a step would gain when there is nothing left to gain
ROUNDING = 1e-12
AHEAD = 1e-7  #: a smaller difference of strengths is none
EASE = 1e-6  #: of a vote; keeps a fit finite once a side has lost all its votes


@dataclass(frozen=True, kw_only=True)
class Strengths:
    """What was fitted; leading axes are those of the counts.

    Attributes
    ----------
    strengths : ndarray, shape (…, things)
        Natural logarithms, of mean 0.
    tie : ndarray, shape (…)
        Davidson's ν: 0 where ties are not part of the model, 1 when equals tie in a third of their meetings.
    """

    strengths: Floats
    tie: Floats


def fit_strengths(counts: npt.ArrayLike, pairs: npt.ArrayLike, things_n: int, *, ties: bool = True) -> Strengths:
    """Strengths of greatest likelihood, by Newton's method (the likelihood is concave in these parameters).

    Parameters
    ----------
    counts : array_like, shape (…, pairs, 3)
        How often the first and the second of a pair were chosen, and how often neither; may be weighted. Leading axes
        are fits of their own, all made at once.
    pairs : array_like, shape (pairs, 2)
        Which things met, by number.
    things_n : int
    ties : bool
        Whether ties are an outcome of their own (Davidson); else each is half a vote for either side.

    Raises
    ------
    StudyError
        When there is no finite answer; see :func:`check_connected`, which says why.
    """
    counted, met = np.asarray(counts, dtype=float), np.asarray(pairs, dtype=int)
    modelled = ties and bool((counted[..., TIE].sum(axis=-1) > 0).all())
    if not modelled:
        counted = counted[..., :2] + counted[..., TIE:] / 2
    effects = _effects(met, things_n, ties=modelled)
    solved = _newton(counted, effects, things_n)
    tie = np.exp(solved[..., things_n]) if modelled else np.zeros(solved.shape[:-1])
    return Strengths(strengths=solved[..., :things_n], tie=tie)


def _effects(pairs: Ints, things_n: int, *, ties: bool) -> Floats:
    """What each outcome of each pair adds up; shape (pairs, outcomes, parameters)."""
    rows = np.arange(len(pairs))
    effects = np.zeros((len(pairs), 3 if ties else 2, things_n + ties))
    for side in (FIRST, SECOND):
        effects[rows, side, pairs[:, side]] = 1.0
        if ties:
            effects[rows, TIE, pairs[:, side]] = 0.5
    if ties:
        effects[:, TIE, things_n] = 1.0
    return effects


def _newton(counts: Floats, effects: Floats, things_n: int) -> Floats:
    """Parameters of greatest likelihood; a step that would lose likelihood is taken shorter."""
    parameters_n = effects.shape[-1]
    held = np.zeros((parameters_n, parameters_n))
    held[:things_n, :things_n] = 1.0  # strengths are known but for their mean: hold it at 0
    at = np.zeros((*counts.shape[:-2], parameters_n))
    votes = counts.sum(axis=-1, keepdims=True)
    reach = np.ones((*at.shape[:-1], 1))
    known, chances = _likelihood(counts, effects, at)
    for _ in range(STEPS_N):
        slope = np.einsum("...po,pok->...k", counts - votes * chances, effects)
        centred = effects - np.einsum("...po,pok->...pk", chances, effects)[..., None, :]
        bend = np.einsum("...po,...pok,...pol->...kl", votes * chances, centred, centred)
        step = np.linalg.solve(bend + held, slope[..., None])[..., 0]
        if not (step * slope).sum(axis=-1).max(initial=0.0) > CLOSE:
            return at
        step *= reach * np.minimum(1.0, LARGEST_STEP / np.maximum(np.abs(step).max(axis=-1, keepdims=True), 1e-300))
        tried, then = _likelihood(counts, effects, at + step)
        better = tried >= known - ROUNDING * (1 + np.abs(known))
        at = np.where(better[..., None], at + step, at)
        known, chances = np.where(better, tried, known), np.where(better[..., None, None], then, chances)
        reach = np.where(better[..., None], np.minimum(2 * reach, 1.0), reach / 4)
    raise StudyError(f"no strengths were found in {STEPS_N} steps: the votes hardly join the conditions")


def _likelihood(counts: Floats, effects: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Logarithm of the likelihood, shape (…), and the chances of the outcomes, shape (…, pairs, outcomes)."""
    odds = np.einsum("pok,...k->...po", effects, at)
    odds -= odds.max(axis=-1, keepdims=True)
    log_chances = odds - np.log(np.exp(odds).sum(axis=-1, keepdims=True))
    return (counts * log_chances).sum(axis=(-1, -2)), np.exp(log_chances)


def expected_shares(fit: Strengths) -> Floats:
    """Of votes between the things in row and column, the row's expected share, ties half; shape (…, things, things)."""
    apart = fit.strengths[..., :, None] - fit.strengths[..., None, :]
    tied = fit.tie[..., None, None] / 2
    ahead, behind = np.exp(apart / 2), np.exp(-apart / 2)
    return (ahead + tied) / (ahead + behind + 2 * tied)


# ── what joins them ──────────────────────────────────────────────────────────────────────────────────────────────────
def check_connected(counts: npt.ArrayLike, pairs: npt.ArrayLike, names: Sequence[str]) -> None:
    """Refuse votes that give no finite strengths (L. R. Ford, "Solution of a ranking problem from binary comparisons",
    1957: however the things are parted in two, each part must have got a vote against the other).

    Parameters
    ----------
    counts : array_like, shape (pairs, 3)
    pairs : array_like, shape (pairs, 2)

    Raises
    ------
    StudyError
        Naming the parts that were never compared, or the part that lost no vote to the rest.
    """
    from scipy.sparse.csgraph import connected_components

    counted, met = np.asarray(counts, dtype=float), np.asarray(pairs, dtype=int)
    beats = np.zeros((len(names), len(names)))
    for (first, second), (won, lost, tied) in zip(met, counted, strict=True):
        beats[first, second] += won + tied / 2
        beats[second, first] += lost + tied / 2
    parts_n, part = connected_components(beats, connection="weak")
    if parts_n > 1:
        parts = " | ".join(_listed(names, part == number) for number in range(parts_n))
        raise StudyError(f"no vote joins {parts}: how they stand to each other is unknown; rank each part by itself")
    parts_n, part = connected_components(beats, connection="strong")
    if parts_n > 1:
        unbeaten = next(number for number in range(parts_n) if not beats[part != number][:, part == number].any())
        one, rest = _listed(names, part == unbeaten), _listed(names, part != unbeaten)
        raise StudyError(
            f"no vote went against {one} where it met {rest}: how far it is ahead has no bound; "
            "take more votes, or prior_n= (that many votes more for either side of every pair)"
        )


def _listed(names: Sequence[str], chosen: npt.NDArray[np.bool_]) -> str:
    return ", ".join(name for name, taken in zip(names, chosen, strict=True) if taken)


# ── how easily it is overturned ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Flip:
    """The votes that, given to the other side, put another thing first: how many, and which thing; None where no
    number of them does.
    """

    votes_n: int | None
    rival: int | None


def votes_to_flip(
    counts: npt.ArrayLike, pairs: npt.ArrayLike, things_n: int, *, ties: bool = True, prior_n: float = 0.0
) -> Flip:
    """How few votes would have to be turned for another thing to come first.

    One vote after the other is turned, each time the one that brings a rival nearest, and all is fitted anew; votes of
    the leader's and the rival's meetings only, each turned for the rival or against the leader. (Dropping votes instead
    of turning them is the variant of J. Y. Huang et al., "Dropping just a handful of preferences can change top large
    language model rankings", 2025.)

    Parameters
    ----------
    counts, pairs, things_n, ties
        As for :func:`fit_strengths`; whole votes.
    prior_n : float
        Votes that stand on either side of every pair and cannot be turned.
    """
    counted, met = np.asarray(counts, dtype=float), np.asarray(pairs, dtype=int)
    modelled = ties and bool(counted[:, TIE].sum())
    fixed = np.array([prior_n + EASE, prior_n + EASE, EASE * modelled])

    def fitted(votes: Floats) -> Floats:
        return fit_strengths(votes + fixed, met, things_n, ties=modelled).strengths

    order = [int(place) for place in np.argsort(-fitted(counted), kind="stable")]
    best = Flip(votes_n=None, rival=None)
    for rival in order[1:]:
        needed = _turned(counted, met, leader=order[0], rival=rival, fitted=fitted, most_n=best.votes_n)
        if needed is not None:
            best = Flip(votes_n=needed, rival=rival)
    return best


def _turned(
    counts: Floats, pairs: Ints, *, leader: int, rival: int, fitted: Callable[[Floats], Floats], most_n: int | None
) -> int | None:
    """Votes to turn until ``rival`` stands before ``leader``; None when it takes ``most_n`` or more, or cannot be."""
    held = counts
    for turned_n in range(1, int(counts.sum()) + 1 if most_n is None else most_n):
        tried = [_moved(held, *turn) for turn in _turns(held, pairs, leader=leader, rival=rival)]
        if not tried:
            return None
        strengths = fitted(np.array(tried))
        gains = strengths[:, rival] - strengths[:, leader]
        if gains.max() > AHEAD:
            return turned_n
        held = tried[int(gains.argmax())]
    return None


def _turns(counts: Floats, pairs: Ints, *, leader: int, rival: int) -> list[tuple[int, int, int]]:
    """What can be turned: pair, outcome it has, outcome it gets."""
    turns = []
    for number, pair in enumerate(pairs.tolist()):
        if rival in pair:
            to = pair.index(rival)
        elif leader in pair:
            to = 1 - pair.index(leader)
        else:
            continue
        turns += [(number, had, to) for had in (FIRST, SECOND, TIE) if had != to and counts[number, had] >= 1]
    return turns


def _moved(counts: Floats, pair: int, had: int, gets: int) -> Floats:
    moved = counts.copy()
    moved[pair, had] -= 1
    moved[pair, gets] += 1
    return moved


# ── how sure it is ───────────────────────────────────────────────────────────────────────────────────────────────────
def cluster_weights(clusters_n: int, draws_n: int, *, seed: int) -> Floats:
    """Weights of clusters in each draw of the Bayesian bootstrap (Rubin 1981), of mean 1; shape (draws, clusters).

    Whole clusters are weighted, never single votes; and as no weight is 0, every draw stays as connected as the votes.
    """
    drawn = np.random.default_rng(seed).exponential(size=(draws_n, clusters_n))
    return drawn / drawn.mean(axis=1, keepdims=True)


def cluster_interval(estimate: Floats, draws: Floats, clusters_n: int, *, confidence: float) -> tuple[Floats, Floats]:
    """Percentile interval over draws, widened for few clusters; NaN for fewer than two.

    Draws of n clusters vary by (n − 1) / (n + 1) of what they should, and a normal quantile stands for Student's: both
    are made good.

    Parameters
    ----------
    estimate : ndarray, shape (…)
    draws : ndarray, shape (draws, …)
    """
    if clusters_n < 2:
        nothing = np.full_like(estimate, math.nan)
        return nothing, nothing
    from scipy.special import ndtri, stdtrit

    upper = 0.5 + confidence / 2
    wider = math.sqrt((clusters_n + 1) / (clusters_n - 1)) * float(stdtrit(clusters_n - 1, upper) / ndtri(upper))
    low, high = np.quantile(draws - estimate, (1 - upper, upper), axis=0)
    return estimate + wider * low, estimate + wider * high
