"""Conditions ranked by votes of pairs: how strong each is, how sure that is, and how few votes would overturn it."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from suno_lab.errors import StudyError
from suno_lab.studies import strengths
from suno_lab.studies.preference import BothBad, counted_votes
from suno_lab.studies.strengths import AHEAD, FIRST, SECOND, TIE, Floats, Ints, Strengths

if TYPE_CHECKING:
    import pandas as pd

Ties = Literal["davidson", "half", "drop"]
TIES = ("davidson", "half", "drop")
LEAST_ITEMS_N = 6  #: as for paired comparisons: with fewer, nothing could be shown
EMULATED = "emulated – not Suno: these votes are on songs of the emulator, not of any model of the service"

#: columns of :attr:`Ranking.table` with their dtype
COLUMNS = {
    "question": "string",
    "condition": "string",
    "place": "Int64",
    "best_place": "Int64",
    "worst_place": "Int64",
    "strength": "float64",
    "low": "float64",
    "high": "float64",
    "expected_share": "float64",
    "first_share": "float64",
    "wins_n": "Int64",
    "losses_n": "Int64",
    "ties_n": "Int64",
    "both_bad_n": "Int64",
    "items_n": "Int64",
    "listeners_n": "Int64",
}
#: columns of :attr:`Ranking.flips` with their dtype
FLIP_COLUMNS = {
    "question": "string",
    "first": "string",
    "rival": "string",
    "votes_to_flip_n": "Int64",
    "votes_n": "Int64",
    "tie_parameter": "float64",
    "verdict": "string",
}


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """What votes say about the order of conditions.

    Attributes
    ----------
    table : DataFrame
        One row a question and condition, the strongest first. ``strength`` is a natural logarithm, of mean 0 within a
        question: e to the difference of two is the odds that one is chosen over the other. ``low`` and ``high`` are its
        interval over items. ``best_place`` and ``worst_place`` are the places that the votes leave open: as many
        conditions as are shown to be stronger stand before it, as many as are shown to be weaker behind (each
        difference judged by its own interval). ``expected_share`` is the share of votes to expect against the other
        conditions, ties counting half; ``first_share`` in how many draws it came first. ``both_bad_n`` counts the
        votes against both that it was in.
    flips : DataFrame
        One row a question: how many votes would have to be turned round for ``rival`` to be first, of how many, and
        Davidson's tie parameter (0 where ties are no outcome of the model).
    ties, both_bad : str
        How votes for neither were treated.
    confidence : float
        Coverage of the intervals.
    emulated : bool
        Whether the clips are the emulator's.
    notes : tuple of str
        What a reader must know.
    """

    table: pd.DataFrame
    flips: pd.DataFrame
    ties: Ties
    both_bad: BothBad
    confidence: float
    emulated: bool
    notes: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """One sentence a question."""
        return "\n".join(self.flips["verdict"])

    def __str__(self) -> str:
        return "\n".join([*self.flips["verdict"], *(f"  {note}" for note in self.notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in (*self.flips["verdict"], *self.notes))
        table = self.table.to_html(index=False, escape=True, float_format="{:.3g}".format, border=0)
        return f'<div class="tex2jax_ignore mathjax_ignore">{lines}{table}</div>'


def rank(
    votes: pd.DataFrame,
    *,
    ties: Ties = "davidson",
    both_bad: BothBad = "tie",
    confidence: float = 0.95,
    prior_n: float = 0.0,
    draws_n: int = 1000,
    seed: int = 0,
    emulated: bool = False,
) -> Ranking:
    """Rank conditions by votes of pairs (Bradley & Terry 1952, with ties after Davidson 1970).

    Intervals come from weighting whole items at random (Rubin's Bayesian bootstrap, 1981), never single votes: all
    votes on one item share its songs. They are widened where items are few.

    Parameters
    ----------
    votes : pandas.DataFrame
        Columns ``listener, purpose, listened, item, question, condition, other_condition, answer``, as of a session's
        ``listening_votes()``. Only tests that were listened to count.
    ties : str
        ``"davidson"``: an outcome of its own; ``"half"``: half a vote for either side; ``"drop"``: no vote.
    both_bad : str
        Whether "both are bad" counts as a tie or not at all.
    confidence : float
        Coverage of the intervals.
    prior_n : float
        So many votes are added for either side of every pair that was compared. 0 gives the strengths of greatest
        likelihood; more draws them together, and gives an answer where a condition has won every vote.
    draws_n, seed : int
        Of the draws of items.
    emulated : bool
        Whether the clips are the emulator's, to be said with the result.

    Raises
    ------
    StudyError
        When no vote counts; when conditions were never compared, even through others; when one has not lost a single
        vote, so that its strength has no bound (see ``prior_n``); or for an option that is none of these.
    """
    import pandas as pd

    if ties not in TIES:
        raise StudyError(f"ties is one of {', '.join(TIES)}, got {ties!r}")
    if not 0 < confidence < 1 or prior_n < 0 or draws_n < 1:
        raise StudyError("confidence lies between 0 and 1, prior_n is 0 or more, draws_n at least 1")
    counted = counted_votes(votes, both_bad=both_bad)
    polls = [
        _poll(str(question), group, ties=ties, both_bad=both_bad, prior_n=prior_n)
        for question, group in counted.groupby("question", sort=True)
    ]
    if not polls:
        raise StudyError("no vote between two conditions counts: an A/B test that was listened to gives some")
    rows: list[dict[str, Any]] = []
    flips = []
    for poll in polls:
        rows += sorted(_rows(poll, confidence=confidence, draws_n=draws_n, seed=seed), key=lambda row: row["place"])
        flips.append(_flip_row(poll, rows[-len(poll.names) :]))
    return Ranking(
        table=pd.DataFrame({c: pd.Series([row[c] for row in rows], dtype=dtype) for c, dtype in COLUMNS.items()}),
        flips=pd.DataFrame({c: pd.Series([row[c] for row in flips], dtype=d) for c, d in FLIP_COLUMNS.items()}),
        ties=ties,
        both_bad=both_bad,
        confidence=confidence,
        emulated=emulated,
        notes=_notes(polls, prior_n=prior_n, emulated=emulated),
    )


# ── one question ─────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class _Poll:
    """The votes on one question, counted.

    ``by_item`` has the shape (items, pairs, 3); ``prior_n`` votes are added for either side of each pair of their sum.
    """

    question: str
    votes: pd.DataFrame
    names: Sequence[str]
    pairs: Ints
    by_item: Floats
    prior_n: float
    fit: Strengths
    model_ties: bool


def _poll(question: str, votes: pd.DataFrame, *, ties: Ties, both_bad: BothBad, prior_n: float) -> _Poll:
    neither = (["both_bad"] if both_bad == "drop" else []) + (["tie", "both_bad"] if ties == "drop" else [])
    used = votes[~votes["answer"].isin(neither)]
    names = sorted({*used["condition"], *used["other_condition"]})
    if len(names) < 2:
        raise StudyError(f"no vote on {question!r} is for one of two conditions")
    pairs, by_item = _counts(used, names)
    total = by_item.sum(axis=0) + _prior(prior_n)
    if not total[:, [FIRST, SECOND]].sum():
        raise StudyError(f"every vote on {question!r} is for neither: there is no order to find")
    strengths.check_connected(total, pairs, names)
    model_ties = ties == "davidson"
    fit = strengths.fit_strengths(total, pairs, len(names), ties=model_ties)
    return _Poll(
        question=question, votes=votes, names=names, pairs=pairs, by_item=by_item, prior_n=prior_n, fit=fit,
        model_ties=model_ties,
    )  # fmt: skip


def _prior(prior_n: float) -> Floats:
    return np.array([prior_n, prior_n, 0.0])


def _counts(votes: pd.DataFrame, names: Sequence[str]) -> tuple[Ints, Floats]:
    """Pairs that met, and how their votes went, item by item."""
    place = {name: number for number, name in enumerate(names)}
    items = {item: number for number, item in enumerate(sorted(votes["item"].unique(), key=str))}
    every = {pair: number for number, pair in enumerate(combinations(range(len(names)), 2))}
    counts = np.zeros((len(items), len(every), 3))
    told = zip(votes["item"], votes["condition"], votes["other_condition"], votes["answer"], strict=True)
    for item, condition, other, answer in told:
        a, b = place[condition], place[other]
        outcome = {"first": FIRST, "second": SECOND}.get(answer, TIE)
        if a > b and outcome != TIE:
            outcome = SECOND - outcome
        counts[items[item], every[min(a, b), max(a, b)], outcome] += 1
    met = counts.sum(axis=(0, 2)) > 0
    return np.array(list(every), dtype=int)[met], counts[:, met]


def _rows(poll: _Poll, *, confidence: float, draws_n: int, seed: int) -> list[dict[str, Any]]:
    """A row a condition."""
    items_n, names_n = len(poll.by_item), len(poll.names)
    weights = strengths.cluster_weights(items_n, draws_n, seed=seed)
    weighted = np.einsum("di,ipo->dpo", weights, poll.by_item) + _prior(poll.prior_n)
    drawn = strengths.fit_strengths(weighted, poll.pairs, names_n, ties=poll.model_ties).strengths
    found = poll.fit.strengths
    low, high = strengths.cluster_interval(found, drawn, items_n, confidence=confidence)
    apart = found[:, None] - found
    apart_low, apart_high = strengths.cluster_interval(
        apart, drawn[:, :, None] - drawn[:, None, :], items_n, confidence=confidence
    )
    shares = strengths.expected_shares(poll.fit)
    firsts = np.bincount(drawn.argmax(axis=1), minlength=names_n) / draws_n
    return [
        {
            "question": poll.question,
            "condition": name,
            "place": 1 + int((found > found[i] + AHEAD).sum()),
            "best_place": 1 + int((apart_high[i] < 0).sum()),
            "worst_place": names_n - int((apart_low[i] > 0).sum()),
            "strength": found[i],
            "low": low[i],
            "high": high[i],
            "expected_share": (shares[i].sum() - 0.5) / (names_n - 1),
            "first_share": firsts[i] if items_n > 1 else math.nan,
            **_told(poll.votes, name),
        }
        for i, name in enumerate(poll.names)
    ]


def _told(votes: pd.DataFrame, name: str) -> dict[str, int]:
    """How the votes that a condition was in went, as they were given."""
    ahead, behind = votes["condition"] == name, votes["other_condition"] == name
    answer, mine = votes["answer"], votes[ahead | behind]
    return {
        "wins_n": int(((ahead & (answer == "first")) | (behind & (answer == "second"))).sum()),
        "losses_n": int(((ahead & (answer == "second")) | (behind & (answer == "first"))).sum()),
        "ties_n": int((mine["answer"] == "tie").sum()),
        "both_bad_n": int((mine["answer"] == "both_bad").sum()),
        "items_n": mine["item"].nunique(),
        "listeners_n": mine["listener"].nunique(),
    }


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _flip_row(poll: _Poll, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    counts = poll.by_item.sum(axis=0)
    flip = strengths.votes_to_flip(counts, poll.pairs, len(poll.names), ties=poll.model_ties, prior_n=poll.prior_n)
    row = {
        "question": poll.question,
        "first": rows[0]["condition"],
        "rival": None if flip.rival is None else poll.names[flip.rival],
        "votes_to_flip_n": flip.votes_n,
        "votes_n": int(poll.by_item.sum()),
        "tie_parameter": float(poll.fit.tie),
    }
    return {**row, "verdict": _verdict(row, rows, items_n=len(poll.by_item))}


def _verdict(row: dict[str, Any], rows: Sequence[dict[str, Any]], *, items_n: int) -> str:
    order = " > ".join(one["condition"] for one in rows)
    first, second = rows[0], rows[1]
    if items_n < LEAST_ITEMS_N:
        sure = f"not enough items ({items_n}, at least {LEAST_ITEMS_N}): this decides nothing"
    elif first["worst_place"] == 1:
        sure = f"{first['condition']} is shown to be first"
    else:
        open_n = sum(one["best_place"] == 1 for one in rows)
        sure = f"who is first is not shown ({open_n} of {len(rows)} may be)"
    if first["place"] == second["place"]:
        easily = "the first are level"
    elif row["votes_to_flip_n"] is None:
        easily = "no turned votes would put another first"
    else:
        votes = "1 turned vote" if row["votes_to_flip_n"] == 1 else f"{row['votes_to_flip_n']} turned votes"
        easily = f"{votes} of {row['votes_n']} would put {row['rival']} first"
    items = "1 item" if items_n == 1 else f"{items_n} items"
    return f"{row['question']}: {order}; {sure}; {easily} ({items})"


def _notes(polls: Sequence[_Poll], *, prior_n: float, emulated: bool) -> tuple[str, ...]:
    notes = [EMULATED] if emulated else []
    if prior_n:
        notes.append(f"{prior_n:g} votes were added for either side of every pair: differences are drawn together")
    if any(len(poll.by_item) < 2 for poll in polls):
        notes.append("one item says nothing about others: there are no intervals")
    if len(polls) > 1:
        notes.append(f"{len(polls)} questions were asked: the more, the likelier that one shows something by chance")
    return tuple(notes)
