from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, combinations_with_replacement
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from suno_lab.errors import StudyError
from suno_lab.studies.strengths import (
    check_connected,
    cluster_interval,
    cluster_weights,
    expected_shares,
    fit_strengths,
    votes_to_flip,
)

#: games of the American League East in 1987, row over column (A. Agresti, *Categorical Data Analysis*, 2002, §10.6):
#: Milwaukee, Detroit, Toronto, New York, Boston, Cleveland, Baltimore
BASEBALL = np.array(
    [
        [0, 7, 9, 7, 7, 9, 11],
        [6, 0, 7, 5, 11, 9, 9],
        [4, 6, 0, 7, 7, 8, 12],
        [6, 8, 6, 0, 6, 7, 10],
        [6, 2, 6, 7, 0, 7, 12],
        [4, 4, 5, 6, 6, 0, 6],
        [2, 4, 1, 3, 1, 7, 0],
    ]
)
#: as the R package BradleyTerry2 prints them, Baltimore being 0
BASEBALL_STRENGTHS = [1.5814, 1.4364, 1.2945, 1.2476, 1.1077, 0.6839, 0.0]
#: the same as choix 0.4.2 and evalica 0.4.2 give them, of mean 0
BASEBALL_CENTRED = [0.53115334, 0.3862059, 0.24428259, 0.19741531, 0.05749517, -0.36634977, -1.05020254]

#: six brands of chocolate pudding (Davidson 1970, table 1): brands i and j, votes for i, for j, for neither
PUDDING = np.array(
    [
        (1, 2, 19, 22, 16), (1, 3, 16, 19, 12), (2, 3, 19, 19, 10), (1, 4, 18, 23, 13), (2, 4, 23, 19, 9),
        (3, 4, 19, 20, 15), (1, 5, 13, 19, 18), (2, 5, 16, 20, 12), (3, 5, 16, 15, 17), (4, 5, 17, 14, 16),
        (1, 6, 18, 21, 12), (2, 6, 22, 20, 12), (3, 6, 13, 18, 10), (4, 6, 14, 19, 18), (5, 6, 11, 21, 12),
    ]
)  # fmt: skip
#: shares of strength and ν, as the R package PlackettLuce prints them for Davidson's seven steps of iteration
PUDDING_SHARES = [0.1388005, 0.1729985, 0.1617420, 0.1653930, 0.1586805, 0.2023855]
PUDDING_TIE = 0.7468147


def baseball() -> tuple[Any, Any]:
    pairs = np.array(list(combinations(range(7), 2)))
    return np.array([(BASEBALL[i, j], BASEBALL[j, i], 0) for i, j in pairs]), pairs


def drawn(seed: int, *, things_n: int = 3, votes_n: int = 20, tied: float = 0.25) -> tuple[Any, Any]:
    """Votes of a listener who is not wholly consistent."""
    rng = np.random.default_rng(seed)
    pairs = np.array(list(combinations(range(things_n), 2)))
    counts = np.zeros((len(pairs), 3))
    for _ in range(votes_n):
        chance = (1 - tied) * rng.uniform(0.35, 0.75)
        counts[rng.integers(len(pairs)), rng.choice(3, p=[chance, 1 - tied - chance, tied])] += 1
    return counts, pairs


# ── strengths ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_season_of_baseball() -> None:
    found = fit_strengths(*baseball(), 7)
    assert (found.strengths - found.strengths[-1]).round(4).tolist() == BASEBALL_STRENGTHS
    assert found.strengths == pytest.approx(BASEBALL_CENTRED, abs=1e-8)
    assert found.tie == 0.0


def test_chocolate_pudding_with_ties() -> None:
    found = fit_strengths(PUDDING[:, 2:], PUDDING[:, :2] - 1, 6)
    worth = np.exp(found.strengths)
    assert worth / worth.sum() == pytest.approx(PUDDING_SHARES, abs=3e-5)
    assert found.tie == pytest.approx(PUDDING_TIE, abs=3e-5)


@pytest.mark.parametrize("ties", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_no_other_strengths_are_likelier(seed: int, ties: bool) -> None:
    """The same likelihood, written down plainly and climbed by another method."""
    counts, pairs = drawn(seed, things_n=4, votes_n=60)

    def unlikeliness(at: Any) -> float:
        worth, tie = np.exp(at[:4]), np.exp(at[4]) if ties else 0.0
        total = 0.0
        for (i, j), (won, lost, tied) in zip(pairs, counts, strict=True):
            level = np.sqrt(worth[i] * worth[j])
            sides = worth[i] + worth[j] + tie * level
            won, lost, tied = (won, lost, tied) if ties else (won + tied / 2, lost + tied / 2, 0)
            total -= won * np.log(worth[i] / sides) + lost * np.log(worth[j] / sides)
            total -= tied * np.log(tie * level / sides) if tied else 0.0
        return total

    climbed = minimize(unlikeliness, np.zeros(4 + ties), method="Nelder-Mead", options={"xatol": 1e-9, "maxiter": 9000})
    found = fit_strengths(counts, pairs, 4, ties=ties)
    ours = [*found.strengths, *([np.log(found.tie)] if ties else [])]
    assert unlikeliness(np.array(ours)) <= climbed.fun + 1e-9
    assert found.strengths == pytest.approx(climbed.x[:4] - climbed.x[:4].mean(), abs=1e-3)


def test_many_fits_at_once_are_the_same_as_one_by_one() -> None:
    counts, pairs = drawn(1)
    weighted = np.random.default_rng(0).exponential(size=(5, len(pairs), 1)) * counts
    together = fit_strengths(weighted, pairs, 3).strengths
    assert together == pytest.approx(np.array([fit_strengths(one, pairs, 3).strengths for one in weighted]), abs=1e-7)


def test_the_shares_to_expect_give_back_the_votes() -> None:
    """At the greatest likelihood, each thing's expected votes are those it got."""
    counts, pairs = drawn(2, votes_n=40)
    shares = expected_shares(fit_strengths(counts, pairs, 3))
    votes = counts.sum(axis=1)
    got = np.zeros(3)
    to_expect = np.zeros(3)
    for (i, j), (won, lost, tied), n in zip(pairs, counts, votes, strict=True):
        got[[i, j]] += [won + tied / 2, lost + tied / 2]
        to_expect[[i, j]] += [n * shares[i, j], n * shares[j, i]]
    assert to_expect == pytest.approx(got)
    assert shares + shares.T == pytest.approx(np.ones((3, 3)))


# ── connection ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_was_never_compared_is_named() -> None:
    with pytest.raises(StudyError, match=r"no vote joins a, b \| c, d"):
        check_connected([(1, 1, 0), (1, 1, 0)], [(0, 1), (2, 3)], "abcd")


def test_what_lost_no_vote_is_named() -> None:
    with pytest.raises(StudyError, match="no vote went against b where it met a, c"):
        check_connected([(0, 3, 0), (1, 1, 0), (2, 0, 0)], [(0, 1), (0, 2), (1, 2)], "abc")
    check_connected([(0, 3, 1), (1, 1, 0), (2, 0, 0)], [(0, 1), (0, 2), (1, 2)], "abc")


def test_a_round_of_wins_is_joined() -> None:
    check_connected([(1, 0, 0), (0, 1, 0), (1, 0, 0)], [(0, 1), (0, 2), (1, 2)], "abc")


# ── turned votes ─────────────────────────────────────────────────────────────────────────────────────────────────────
def fewest_by_trying(counts: Any, pairs: Any, things_n: int, *, most_n: int, ties: bool) -> int:
    """The fewest votes whose turning puts another first, every choice of votes and outcomes being tried."""
    ease = np.array([1e-6, 1e-6, 1e-6 if ties and counts[:, 2].sum() else 0.0])
    first = fit_strengths(counts + ease, pairs, things_n, ties=ties).strengths.argmax()
    for number in range(1, most_n + 1):
        tried = np.array(list(turned(counts, number)))
        strengths = fit_strengths(tried + ease, pairs, things_n, ties=ties).strengths
        if (strengths.max(axis=1) > strengths[:, first] + 1e-7).any():
            return number
    raise AssertionError("more than were tried")


def turned(counts: Any, number: int) -> Iterator[Any]:
    kinds = [(p, a, b) for p in range(len(counts)) for a in range(3) for b in range(3) if a != b and counts[p, a]]
    for chosen in combinations_with_replacement(kinds, number):
        moved = counts.copy()
        for pair, had, gets in chosen:
            moved[pair, had] -= 1
            moved[pair, gets] += 1
        if (moved >= 0).all():
            yield moved


@pytest.mark.parametrize("ties", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_the_fewest_turned_votes_are_those_that_trying_all_finds(seed: int, ties: bool) -> None:
    counts, pairs = drawn(seed)
    found = votes_to_flip(counts, pairs, 3, ties=ties)
    assert found.votes_n == fewest_by_trying(counts, pairs, 3, most_n=found.votes_n or 0, ties=ties)


def test_two_turned_games_would_have_made_detroit_first() -> None:
    found = votes_to_flip(*baseball(), 7)
    assert (found.votes_n, found.rival) == (2, 1)


def test_votes_that_were_added_cannot_be_turned() -> None:
    found = votes_to_flip([(2, 0, 0)], [(0, 1)], 2, prior_n=5.0)
    assert (found.votes_n, found.rival) == (2, 1)


# ── intervals ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_weights_are_of_whole_clusters_and_none_is_nothing() -> None:
    weights = cluster_weights(7, 500, seed=1)
    assert weights.shape == (500, 7)
    assert weights.mean(axis=1) == pytest.approx(np.ones(500))
    assert weights.min() > 0


def test_the_interval_of_a_mean_is_students() -> None:
    """Draws of a mean of normal clusters, widened: the interval is that of t, but for what drawing adds."""
    values = np.random.default_rng(0).normal(size=9)
    draws = cluster_weights(9, 100_000, seed=0) @ values / 9
    low, high = cluster_interval(values.mean(), draws, 9, confidence=0.95)
    half = 2.306004 * values.std(ddof=1) / 3
    assert high - low == pytest.approx(2 * half, rel=0.06)


def test_one_cluster_has_no_interval() -> None:
    assert np.isnan(cluster_interval(np.zeros(2), np.zeros((9, 2)), 1, confidence=0.9)).all()
