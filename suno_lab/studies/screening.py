"""Which listeners can be relied on: traps, repeats and hidden references, judged by rules that are stated beforehand.

Votes come in as a frame with the columns of a session's ``listening_votes()``; nobody is left out in silence: every
listener is a row, with reasons.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

HEADPHONE_RIGHT_N = 5  #: of six, after Woods et al. 2017
OF_PAIRS = ("first", "second", "tie", "both_bad")  #: answers that choose between two; others are places on a scale
ALIKE_POINTS = 10.0  #: of 100; so far apart two ratings of the same sound are still alike

#: columns of :func:`screen_listeners` with their dtype
COLUMNS = {
    "listener": "string",
    "trials_n": "Int64",
    "heard_share": "float64",
    "repeats_n": "Int64",
    "repeats_equal_share": "float64",
    "traps_n": "Int64",
    "traps_failed_n": "Int64",
    "same_preferred_share": "float64",
    "first_share": "float64",
    "median_took_s": "float64",
    "keep": "boolean",
    "reasons": "string",
}


@dataclass(frozen=True, kw_only=True)
class Rules:
    """When a listener is left out.

    Attributes
    ----------
    least_heard_share : float
        Of the answers, how many came after everything was heard long enough.
    most_traps_failed_n : int
        Spoilt versions preferred, or rated as high as the unspoilt one (as the listener's median, where that was not
        rated).
    least_equal_share, from_repeats_n : float, int
        Repeated answers that are alike, once there are that many: the same choice, the same word, or ratings within
        ten points.
    least_took_s : float
        Median time a trial.
    """

    least_heard_share: float = 0.9
    most_traps_failed_n: int = 0
    least_equal_share: float = 0.25
    from_repeats_n: int = 4
    least_took_s: float = 3.0


def screen_listeners(votes: pd.DataFrame, rules: Rules | None = None) -> pd.DataFrame:
    """Judge every listener by traps and repeats.

    Parameters
    ----------
    votes : pandas.DataFrame
        Columns ``listener, page, purpose, question, clip_id, answer, value, treatment, repeat_of, listened, took_s``.
    rules : Rules, optional

    Returns
    -------
    pandas.DataFrame
        One row a listener; ``keep`` and, where it is False, the ``reasons``. ``first_share`` is how often the first of
        two was preferred (a habit, not a fault), ``same_preferred_share`` how often one of two equal ones was.
    """
    import pandas as pd

    wanted = rules or Rules()
    rows = [_listener_row(str(who), group, wanted) for who, group in votes.groupby("listener", sort=True)]
    data = {name: pd.Series([row[name] for row in rows], dtype=dtype) for name, dtype in COLUMNS.items()}
    return pd.DataFrame(data)


def _listener_row(who: str, votes: pd.DataFrame, rules: Rules) -> dict[str, Any]:
    counted = votes[votes["purpose"] != "training"]
    tests = counted[counted["purpose"] == "test"]
    traps, same = counted[counted["purpose"] == "degraded"], counted[counted["purpose"] == "same"]
    equal = _repeats_equal(counted)
    decided = tests[tests["answer"].isin(["first", "second"])]
    row: dict[str, Any] = {
        "listener": who,
        "trials_n": counted["page"].nunique(),
        "heard_share": float(counted["listened"].mean()) if len(counted) else math.nan,
        "repeats_n": len(equal),
        "repeats_equal_share": sum(equal) / len(equal) if equal else math.nan,
        "traps_n": len(traps),
        "traps_failed_n": sum(_trap_failed(trap, tests) for trap in traps.to_dict("records")),
        "same_preferred_share": _share(same["answer"].isin(["first", "second"])),
        "first_share": _share(decided["answer"] == "first"),
        "median_took_s": float(counted["took_s"].median()) if len(counted) else math.nan,
    }
    reasons = _reasons(row, rules)
    return {**row, "keep": not reasons, "reasons": "; ".join(reasons) or None}


def _repeats_equal(counted: pd.DataFrame) -> list[bool]:
    """Whether each repeated answer was like the one before; the sides are turned round in a repeat."""
    given = {_asked(row, row["page"]): row for row in counted.to_dict("records")}
    repeats = counted[counted["purpose"] == "repeat"].to_dict("records")
    before = [(given.get(_asked(row, row["repeat_of"])), row) for row in repeats]
    return [_alike(first, again) for first, again in before if first is not None]


def _asked(row: dict[Any, Any], page: Any) -> tuple[Any, ...]:
    """What an answer is to: a question of a page, on a scale a question about one clip."""
    return (page, row["question"], None if row["answer"] in OF_PAIRS else row["clip_id"])


def _alike(before: dict[Any, Any], again: dict[Any, Any]) -> bool:
    turned = {"first": "second", "second": "first"}
    if before["answer"] == turned.get(again["answer"], again["answer"]):
        return True
    numbers = all(row["answer"] == f"{row['value']:g}" for row in (before, again))
    return numbers and abs(before["value"] - again["value"]) <= ALIKE_POINTS


def _trap_failed(trap: dict[Any, Any], tests: pd.DataFrame) -> bool:
    """Whether the spoilt side was preferred, or rated no lower than the unspoilt one; at the bottom none is lower."""
    if trap["answer"] in OF_PAIRS:
        return bool(trap["answer"] == ("first" if trap["treatment"] == "degraded" else "second"))
    others = tests[tests["question"] == trap["question"]]
    same = others[others["clip_id"] == trap["clip_id"]]["value"]
    usual = same.mean() if len(same) else others["value"].median()
    return bool(usual > others["value"].min() and trap["value"] >= usual)


def _reasons(row: dict[str, Any], rules: Rules) -> list[str]:
    found = {
        "answered without listening": row["heard_share"] < rules.least_heard_share,
        "preferred a spoilt version": row["traps_failed_n"] > rules.most_traps_failed_n,
        "answered repeated trials otherwise": (
            row["repeats_n"] >= rules.from_repeats_n and row["repeats_equal_share"] < rules.least_equal_share
        ),
        "answered too fast to have judged": row["median_took_s"] < rules.least_took_s,
    }
    return [reason for reason, holds in found.items() if holds]


def _share(claims: pd.Series) -> float:
    return float(claims.mean()) if len(claims) else math.nan


def screen_mushra(votes: pd.DataFrame, *, least_reference: float = 90.0, most_share: float = 0.15) -> pd.DataFrame:
    """Post-screening of ITU-R BS.1534-3, §4.1.2: who rates the hidden reference below 90 in more than 15 % of the
    trials is left out. One slip in ten stays, two do not.

    Parameters
    ----------
    votes : pandas.DataFrame
        Columns ``listener, purpose, role, value``.

    Returns
    -------
    pandas.DataFrame
        One row a listener: ``references_n``, ``missed_n``, ``missed_share``, ``keep``.
    """
    hidden = votes[(votes["role"] == "reference") & (votes["purpose"] == "test")]
    missed = hidden.assign(missed=hidden["value"] < least_reference).groupby("listener", sort=True)["missed"]
    table = missed.agg(references_n="count", missed_n="sum", missed_share="mean").reset_index()
    return table.assign(keep=table["missed_share"] <= most_share)
