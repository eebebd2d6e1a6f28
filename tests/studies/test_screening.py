from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from suno_lab.studies.screening import COLUMNS, Rules, screen_listeners, screen_mushra


def vote(listener: str, page: str, purpose: str, answer: str, **about: Any) -> dict[str, Any]:
    plain = {"treatment": "plain", "other_treatment": "plain", "repeat_of": None, "listened": True, "took_s": 20.0}
    return {
        "listener": listener, "page": page, "purpose": purpose, "question": "preference", "clip_id": "c",
        "answer": answer, "value": 1.0, **plain, **about,
    }  # fmt: skip


def sitting(listener: str, *, trap: str = "second", took_s: float = 20.0, repeats: str = "second") -> list[dict]:
    tests = [vote(listener, f"t{i}", "test", "first", took_s=took_s) for i in range(4)]
    again = [vote(listener, f"r{i}", "repeat", repeats, repeat_of=f"t{i}", took_s=took_s) for i in range(4)]
    trapped = vote(listener, "d", "degraded", trap, treatment="degraded", took_s=took_s)
    same = vote(listener, "s", "same", "tie", took_s=took_s)
    return [*tests, *again, trapped, same, vote(listener, "x", "training", "second", took_s=1.0)]


def test_listeners_are_judged_by_traps_repeats_and_time() -> None:
    votes = [
        *sitting("good"),
        *sitting("trapped", trap="first"),
        *sitting("hasty", took_s=1.0),
        *sitting("wavering", repeats="first"),
    ]
    table = screen_listeners(pd.DataFrame(votes)).set_index("listener")
    assert table["keep"].to_dict() == {"good": True, "hasty": False, "trapped": False, "wavering": False}
    assert table.loc["trapped", "reasons"] == "preferred a spoilt version"
    assert table.loc["hasty", "reasons"] == "answered too fast to have judged"
    assert table.loc["wavering", "reasons"] == "answered repeated trials otherwise"
    good = table.loc["good"]
    assert (good["trials_n"], good["repeats_n"], good["repeats_equal_share"]) == (10, 4, 1.0)
    assert (good["first_share"], good["same_preferred_share"]) == (1.0, 0.0)


def test_few_repeats_decide_nothing() -> None:
    votes = [vote("ann", "t0", "test", "first"), vote("ann", "r0", "repeat", "first", repeat_of="t0")]
    [row] = screen_listeners(pd.DataFrame(votes)).to_dict("records")
    assert (row["repeats_equal_share"], row["keep"]) == (0.0, True)
    [strict] = screen_listeners(pd.DataFrame(votes), Rules(from_repeats_n=1)).to_dict("records")
    assert strict["keep"] is False


def test_answers_without_listening_are_a_reason() -> None:
    votes = [vote("ann", f"t{i}", "test", "tie", listened=i > 1) for i in range(10)]
    assert screen_listeners(pd.DataFrame(votes))["reasons"].tolist() == ["answered without listening"]


def rating(page: str, purpose: str, clip_id: str, value: float, **about: Any) -> dict[str, Any]:
    return vote("ann", page, purpose, f"{value:g}", clip_id=clip_id, value=value, **about)


def test_repeated_ratings_are_compared_clip_by_clip() -> None:
    votes = [
        *(rating("t", "test", clip, value) for clip, value in (("a", 20.0), ("b", 80.0), ("c", 50.0))),
        *(rating("r", "repeat", clip, value, repeat_of="t") for clip, value in (("b", 72.0), ("a", 45.0), ("c", 50.0))),
    ]
    [row] = screen_listeners(pd.DataFrame(votes)).to_dict("records")
    assert (row["repeats_n"], row["repeats_equal_share"]) == (3, pytest.approx(2 / 3))


@pytest.mark.parametrize(("spoilt", "failed_n"), [(1, 0), (2, 0), (3, 1), (5, 1)])
def test_a_spoilt_piece_is_held_against_the_unspoilt_one(spoilt: float, failed_n: int) -> None:
    words = {1: "bad", 2: "poor", 3: "fair", 5: "excellent"}
    tests = [
        vote("ann", f"t{i}", "test", words[v], clip_id=c, value=v) for i, (c, v) in enumerate((("a", 3), ("b", 1)))
    ]
    trap = vote("ann", "d", "degraded", words[int(spoilt)], clip_id="a", value=spoilt, treatment="degraded")
    [row] = screen_listeners(pd.DataFrame([*tests, trap])).to_dict("records")
    assert (row["traps_n"], row["traps_failed_n"]) == (1, failed_n)


def test_who_finds_everything_bad_is_not_caught_by_that() -> None:
    tests = [vote("ann", f"t{i}", "test", "bad", value=1.0) for i in range(3)]
    trap = vote("ann", "d", "degraded", "bad", value=1.0, treatment="degraded")
    assert screen_listeners(pd.DataFrame([*tests, trap]))["traps_failed_n"].tolist() == [0]


def test_no_votes_give_the_same_columns() -> None:
    empty = pd.DataFrame([vote("a", "p", "test", "tie")]).iloc[:0]
    assert {name: str(dtype) for name, dtype in screen_listeners(empty).dtypes.items()} == COLUMNS


@pytest.mark.parametrize(("slips_n", "kept"), [(0, True), (1, True), (2, False)])
def test_one_slip_in_ten_is_forgiven_two_are_not(slips_n: int, kept: bool) -> None:
    values = [60.0] * slips_n + [95.0] * (10 - slips_n)
    rows = [{"listener": "ann", "purpose": "test", "role": "reference", "value": value} for value in values]
    rows.append({"listener": "ann", "purpose": "test", "role": "clip", "value": 5.0})
    [row] = screen_mushra(pd.DataFrame(rows)).to_dict("records")
    assert (row["references_n"], row["missed_n"], row["keep"]) == (10, slips_n, kept)
