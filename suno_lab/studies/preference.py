"""Who is preferred over whom, counted so that neither listeners nor items pass for more than they are."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from suno_lab.errors import StudyError
from suno_lab.studies.paired import paired_result

if TYPE_CHECKING:
    import pandas as pd

BothBad = Literal["tie", "drop"]

#: columns of :func:`preferences` with their dtype
COLUMNS = {
    "question": "string",
    "a": "string",
    "b": "string",
    "share_a": "float64",
    "low": "float64",
    "high": "float64",
    "p_value": "float64",
    "wins_a_n": "Int64",
    "wins_b_n": "Int64",
    "ties_n": "Int64",
    "both_bad_n": "Int64",
    "items_n": "Int64",
    "listeners_n": "Int64",
}


def preferences(votes: pd.DataFrame, *, both_bad: BothBad = "tie", confidence: float = 0.95) -> pd.DataFrame:
    """Share of votes for one of two conditions, with an interval over items.

    Votes are averaged within an item first: many listeners of few items are few items. The interval is Student's over
    the items, cut at 0 and 1, the p-value Fisher's sign flip (see :mod:`suno_lab.studies.paired`).

    Parameters
    ----------
    votes : pandas.DataFrame
        Columns ``listener, purpose, listened, item, question, condition, other_condition, answer, value``; only tests
        that were listened to count.
    both_bad : str
        Whether "both are bad" counts as a tie or not at all.

    Returns
    -------
    pandas.DataFrame
        One row a question and pair of conditions; a tie counts half.

    Raises
    ------
    StudyError
        For an unknown way to treat votes for neither.
    """
    import pandas as pd

    counted = counted_votes(votes, both_bad=both_bad)
    rows = [
        _pair_row(str(question), a, b, chosen, both_bad=both_bad, confidence=confidence)
        for question, group in counted.groupby("question", sort=True)
        for a, b in combinations(sorted({*group["condition"], *group["other_condition"]}), 2)
        for chosen in [_oriented(group, a, b)]
        if len(chosen)
    ]
    data = {name: pd.Series([row[name] for row in rows], dtype=dtype) for name, dtype in COLUMNS.items()}
    return pd.DataFrame(data)


def counted_votes(votes: pd.DataFrame, *, both_bad: BothBad) -> pd.DataFrame:
    """The votes for one of two conditions that count: tests, not practice, repeats or traps, and listened to.

    Raises
    ------
    StudyError
        For an unknown way to treat votes for neither.
    """
    if both_bad not in ("tie", "drop"):
        raise StudyError(f'both_bad is "tie" or "drop", got {both_bad!r}')
    of_pairs = votes["other_condition"].notna() & (votes["question"] != "abx")
    return votes[(votes["purpose"] == "test") & votes["listened"] & of_pairs]


def _oriented(group: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """The votes between two conditions, ``for_a`` being 1 for a vote for the first."""
    ahead = (group["condition"] == a) & (group["other_condition"] == b)
    behind = (group["condition"] == b) & (group["other_condition"] == a)
    return group.assign(for_a=group["value"].where(ahead, 1 - group["value"]))[ahead | behind]


def _pair_row(
    question: str, a: str, b: str, votes: pd.DataFrame, *, both_bad: BothBad, confidence: float
) -> dict[str, Any]:
    neither = votes["answer"] == "both_bad"
    used = votes[~neither] if both_bad == "drop" else votes
    by_item = used.groupby("item")["for_a"].mean()
    result = paired_result(by_item.to_numpy() - 0.5, confidence=confidence)
    bounds = [math.nan if math.isnan(x) else min(max(0.5 + x, 0.0), 1.0) for x in (result.low, result.high)]
    return {
        "question": question,
        "a": a,
        "b": b,
        "share_a": 0.5 + result.mean,
        "low": bounds[0],
        "high": bounds[1],
        "p_value": result.p_value,
        "wins_a_n": int((votes["for_a"] == 1).sum()),
        "wins_b_n": int((votes["for_a"] == 0).sum()),
        "ties_n": int((votes["answer"] == "tie").sum()),
        "both_bad_n": int(neither.sum()),
        "items_n": result.n,
        "listeners_n": votes["listener"].nunique(),
    }


def abx_p_value(right_n: int, trials_n: int) -> float:
    """Chance of so many right answers or more by guessing (one-sided exact binomial test).

    >>> round(abx_p_value(12, 16), 4)
    0.0384
    """
    if not 0 <= right_n <= trials_n:
        raise StudyError(f"{right_n} right answers of {trials_n}")
    return sum(math.comb(trials_n, k) for k in range(right_n, trials_n + 1)) / 2**trials_n
