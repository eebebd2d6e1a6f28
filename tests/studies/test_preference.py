from __future__ import annotations

import pandas as pd
import pytest

from suno_lab.errors import StudyError
from suno_lab.studies.preference import COLUMNS, abx_p_value, preferences
from tests.studies.votes import vote


def test_sides_do_not_matter_and_ties_count_half() -> None:
    votes = [
        vote("i1", "V4", "V5", "second"),
        vote("i1", "V5", "V4", "first", listener="bob"),
        vote("i2", "V4", "V5", "tie"),
        vote("i2", "V5", "V4", "second", listener="bob"),
        vote("i2", "V5", "V4", "second", purpose="repeat"),
        vote("i3", "V4", "V5", "first", listened=False),
    ]
    [row] = preferences(pd.DataFrame(votes)).to_dict("records")
    assert (row["a"], row["b"], row["wins_a_n"], row["wins_b_n"], row["ties_n"]) == ("V4", "V5", 1, 2, 1)
    assert row["share_a"] == pytest.approx((0 + 0.75) / 2)
    assert (row["items_n"], row["listeners_n"]) == (2, 2)


def test_many_listeners_of_one_item_are_one_item() -> None:
    votes = [vote("i1", "V4", "V5", "first", listener=f"l{i}") for i in range(100)]
    [row] = preferences(pd.DataFrame(votes)).to_dict("records")
    assert (row["share_a"], row["p_value"], row["items_n"]) == (1.0, 1.0, 1)


def test_six_items_of_one_mind_are_significant() -> None:
    votes = [vote(f"i{i}", "V4", "V5", "second") for i in range(6)]
    [row] = preferences(pd.DataFrame(votes)).to_dict("records")
    assert row["p_value"] == pytest.approx(2 / 64)
    assert (row["low"], row["high"]) == (0.0, 0.0)


def test_neither_is_a_tie_or_nothing() -> None:
    votes = pd.DataFrame([vote("i1", "V4", "V5", "first"), vote("i1", "V4", "V5", "both_bad")])
    assert preferences(votes)["share_a"].tolist() == [0.75]
    assert preferences(votes, both_bad="drop")["share_a"].tolist() == [1.0]
    with pytest.raises(StudyError):
        preferences(votes, both_bad="win")


def test_which_one_is_x_is_no_preference() -> None:
    assert preferences(pd.DataFrame([vote("i1", "V4", "V5", "first", question="abx")])).empty


def test_no_votes_give_the_same_columns() -> None:
    empty = pd.DataFrame([vote("i", "a", "b", "tie")]).iloc[:0]
    assert {name: str(dtype) for name, dtype in preferences(empty).dtypes.items()} == COLUMNS


def test_abx_by_guessing() -> None:
    assert abx_p_value(12, 16) == pytest.approx(0.0384, abs=5e-5)
    assert abx_p_value(0, 5) == 1.0
    with pytest.raises(StudyError):
        abx_p_value(6, 5)
