from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from suno_lab.errors import StudyError
from suno_lab.studies import rank
from suno_lab.studies.ranking import COLUMNS, FLIP_COLUMNS
from tests.studies.votes import poll, vote

THREE = {"V3": -1.0, "V4": 0.0, "V5": 1.0}


def test_the_order_is_found_and_said() -> None:
    found = rank(poll(THREE, items_n=24))
    assert found.table["condition"].tolist() == ["V5", "V4", "V3"]
    assert found.table["place"].tolist() == [1, 2, 3]
    assert (found.table["low"] < found.table["strength"]).all()
    assert (found.table["strength"] < found.table["high"]).all()
    assert found.table["strength"].sum() == pytest.approx(0)
    assert found.table["first_share"].sum() == pytest.approx(1)
    assert found.verdict.startswith("preference: V5 > V4 > V3; V5 is shown to be first; ")
    assert found.flips["votes_n"].tolist() == [192]
    assert found.flips["tie_parameter"].item() > 0
    assert "<table" in found._repr_html_()


def test_every_vote_is_counted_where_it_belongs() -> None:
    votes = [
        vote("i1", "V4", "V5", "second"),
        vote("i1", "V5", "V4", "first", listener="bob"),
        vote("i2", "V5", "V4", "second"),
        vote("i2", "V4", "V5", "both_bad"),
        vote("i2", "V4", "V5", "tie"),
        vote("i2", "V4", "V5", "first", purpose="repeat"),
        vote("i3", "V4", "V5", "first", listened=False),
        vote("i3", "V4", "V5", "first", question="abx"),
    ]
    first, second = rank(pd.DataFrame(votes)).table.to_dict("records")
    counted = ("condition", "wins_n", "losses_n", "ties_n", "both_bad_n", "items_n", "listeners_n")
    assert [first[name] for name in counted] == ["V5", 2, 1, 1, 1, 2, 2]
    assert [second[name] for name in counted] == ["V4", 1, 2, 1, 1, 2, 2]


def test_two_conditions_are_as_the_odds_of_their_votes() -> None:
    votes = pd.DataFrame(
        [vote("i", "a", "b", answer) for answer in ("first", "first", "first", "second", "tie", "both_bad")]
    )
    apart = {
        (ties, both_bad): float(np.ptp(rank(votes, ties=ties, both_bad=both_bad).table["strength"]))
        for ties in ("davidson", "half", "drop")
        for both_bad in ("tie", "drop")
    }
    assert apart["davidson", "tie"] == pytest.approx(np.log(3))
    assert apart["davidson", "drop"] == pytest.approx(np.log(3))
    assert apart["drop", "tie"] == apart["drop", "drop"] == pytest.approx(np.log(3))
    assert apart["half", "tie"] == pytest.approx(np.log(4 / 2))
    assert apart["half", "drop"] == pytest.approx(np.log(3.5 / 1.5))
    assert rank(votes, ties="half").table["expected_share"].tolist() == pytest.approx([4 / 6, 2 / 6])


def test_many_votes_on_one_item_are_one_item() -> None:
    """The interval is over items: a hundred listeners of one song leave it open."""
    votes = [vote("i", "a", "b", "first" if n % 10 else "second", listener=f"l{n}") for n in range(100)]
    found = rank(pd.DataFrame(votes))
    assert found.table["low"].isna().all()
    assert found.table[["best_place", "worst_place"]].to_numpy().tolist() == [[1, 2], [1, 2]]
    assert "not enough items (1, at least 6)" in found.verdict
    assert "one item says nothing about others: there are no intervals" in found.notes


def test_items_that_disagree_widen_the_interval_though_the_votes_are_the_same() -> None:
    """Each of 8 items is of one mind, or each is split: 8 : 24 votes both times."""
    of_one_mind = [vote(f"i{n}", "a", "b", "first" if n < 2 else "second") for n in range(8) for _ in range(4)]
    split = [vote(f"i{n}", "a", "b", "first" if k == 0 else "second") for n in range(8) for k in range(4)]
    widths = [np.ptp(rank(pd.DataFrame(votes)).table[["low", "high"]].iloc[0]) for votes in (of_one_mind, split)]
    assert widths[0] > 1
    assert widths[1] == pytest.approx(0, abs=1e-6)


def test_the_same_votes_give_the_same_intervals() -> None:
    votes = poll(THREE)
    pd.testing.assert_frame_equal(rank(votes).table, rank(votes.sample(frac=1, random_state=1)).table)


def test_what_is_not_shown_is_left_open() -> None:
    found = rank(poll({"V3": 0.0, "V4": 0.0, "V5": 0.05}, items_n=8))
    assert (found.table["best_place"] == 1).all()
    assert "who is first is not shown (3 of 3 may be)" in found.verdict


def test_each_question_has_an_order_of_its_own() -> None:
    votes = pd.concat([poll(THREE), poll({"V3": 1.0, "V4": 0.0, "V5": -1.0}, question="fit")])
    found = rank(votes, emulated=True)
    assert found.flips.set_index("question")["first"].to_dict() == {"fit": "V3", "preference": "V5"}
    assert found.notes[0].startswith("emulated – not Suno")
    assert found.notes[-1].startswith("2 questions")


def test_conditions_that_never_met_are_not_ranked() -> None:
    votes = pd.DataFrame(
        [vote("i", a, b, answer) for a, b in (("V3", "V4"), ("V5", "V6")) for answer in ("first", "second")]
    )
    with pytest.raises(StudyError, match=r"no vote joins V3, V4 \| V5, V6"):
        rank(votes)


def test_a_condition_that_won_every_vote_has_no_bound_unless_votes_are_added() -> None:
    votes = pd.DataFrame([vote(f"i{n}", "V4", "V5", "second") for n in range(8)])
    with pytest.raises(StudyError, match=r"no vote went against V5 where it met V4.*prior_n="):
        rank(votes)
    found = rank(votes, prior_n=0.5)
    assert np.ptp(found.table["strength"]) == pytest.approx(np.log(8.5 / 0.5))
    assert found.flips["votes_to_flip_n"].tolist() == [5]
    assert found.notes[0].startswith("0.5 votes were added")


def test_where_the_first_are_level_it_is_said() -> None:
    votes = pd.DataFrame([vote(f"i{n}", "V4", "V5", ("first", "second")[n % 2]) for n in range(8)])
    assert rank(votes).table["place"].tolist() == [1, 1]
    assert "the first are level" in rank(votes).verdict


@pytest.mark.parametrize("answer", ["tie", "both_bad"])
def test_votes_for_nobody_give_no_order(answer: str) -> None:
    votes = pd.DataFrame([vote("i", "V4", "V5", answer)])
    for options in ({}, {"ties": "half"}, {"ties": "drop"}, {"both_bad": "drop"}):
        with pytest.raises(StudyError, match=r"for neither|no vote"):
            rank(votes, **options)


def test_without_votes_it_is_said() -> None:
    with pytest.raises(StudyError, match="no vote between two conditions counts"):
        rank(pd.DataFrame([vote("i", "a", "b", "tie", listened=False)]))


@pytest.mark.parametrize(
    "options", [{"ties": "win"}, {"both_bad": "win"}, {"confidence": 1}, {"prior_n": -1}, {"draws_n": 0}]
)
def test_options_that_make_no_sense_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(StudyError):
        rank(poll(THREE), **options)  # type: ignore[arg-type]


def test_the_columns_are_these() -> None:
    found = rank(poll(THREE))
    assert {name: str(dtype) for name, dtype in found.table.dtypes.items()} == COLUMNS
    assert {name: str(dtype) for name, dtype in found.flips.dtypes.items()} == FLIP_COLUMNS


def test_hostile_names_stay_text() -> None:
    found = rank(poll({"<b>": 0.5, "$x$": 0.0}))
    assert "<b>V" not in found._repr_html_()
    assert "&lt;b&gt;" in found._repr_html_()
