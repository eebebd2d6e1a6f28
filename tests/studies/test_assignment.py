from __future__ import annotations

from collections import Counter

import pytest

from suno_lab.errors import StudyError
from suno_lab.studies.assignment import Assigned, plan_assignment, trials_that_fit

ITEMS = {f"song {i}": {model: [f"{i}-{model}-0", f"{i}-{model}-1"] for model in ("V4", "V4_5", "V5")} for i in range(4)}


def of_purpose(planned: list[list[Assigned]], purpose: str) -> list[Assigned]:
    return [trial for sitting in planned for trial in sitting if trial.purpose == purpose]


@pytest.fixture(scope="module")
def planned() -> list[list[Assigned]]:
    return plan_assignment(ITEMS, listeners_n=10, trials_n=9, seed=3)


def test_comparisons_and_their_orders_are_balanced(planned: list[list[Assigned]]) -> None:
    counts = Counter((t.item, frozenset(t.conditions)) for t in of_purpose(planned, "test"))
    assert len(counts) == 12
    assert max(counts.values()) - min(counts.values()) <= 1
    orders = Counter((t.item, t.conditions) for t in of_purpose(planned, "test"))
    for item, (a, b) in orders:
        assert abs(orders[item, (a, b)] - orders[item, (b, a)]) <= 1


def test_no_comparison_comes_twice_to_a_listener_while_others_wait(planned: list[list[Assigned]]) -> None:
    for sitting in planned:
        heard = Counter((t.item, frozenset(t.conditions)) for t in sitting if t.purpose == "test")
        assert set(heard.values()) == {1}


def test_every_pair_comes_early_and_late(planned: list[list[Assigned]]) -> None:
    half = Counter(
        (frozenset(t.conditions), 2 * i < len(tests))
        for sitting in planned
        for tests in [[t for t in sitting if t.purpose == "test"]]
        for i, t in enumerate(tests)
    )
    assert max(half.values()) - min(half.values()) <= 6
    assert len(half) == 6


def test_the_sibling_is_drawn_for_each_listener(planned: list[list[Assigned]]) -> None:
    heard = Counter(clip_id for t in of_purpose(planned, "test") for clip_id in t.clip_ids)
    assert set(heard) == {clip_id for item in ITEMS.values() for clips in item.values() for clip_id in clips}


def test_repeats_turn_the_order_round_and_come_later(planned: list[list[Assigned]]) -> None:
    for sitting in planned:
        [again] = [t for t in sitting if t.purpose == "repeat"]
        first = sitting[again.repeat_of]
        assert first.purpose == "test"
        assert first.clip_ids == again.clip_ids[::-1]
        assert again.position >= first.position + 3 or again.position == len(sitting) - 1


def test_traps_and_training_stand_where_they_should(planned: list[list[Assigned]]) -> None:
    for sitting in planned:
        assert [t.position for t in sitting] == list(range(len(sitting)))
        purposes = [t.purpose for t in sitting]
        assert purposes[0] == "training"
        assert purposes[1] == "test"
        assert Counter(purposes) == {"training": 1, "test": 9, "repeat": 1, "same": 1, "degraded": 1}
    for trap in of_purpose(planned, "same") + of_purpose(planned, "degraded"):
        assert trap.clip_ids[0] == trap.clip_ids[1]
        assert (trap.spoilt is None) == (trap.purpose == "same")


def test_a_seed_is_a_plan() -> None:
    plan = plan_assignment(ITEMS, listeners_n=2, trials_n=5, seed=1)
    assert plan == plan_assignment(ITEMS, listeners_n=2, trials_n=5, seed=1)
    assert plan != plan_assignment(ITEMS, listeners_n=2, trials_n=5, seed=2)


@pytest.mark.parametrize("size", [1, 3])
def test_other_sizes_are_balanced_over_places(size: int) -> None:
    tests = of_purpose(plan_assignment(ITEMS, listeners_n=6, trials_n=4, size=size, same_n=0, degraded_n=0), "test")
    places = Counter((condition, place) for t in tests for place, condition in enumerate(t.conditions))
    assert len(places) == 3 * size
    assert max(places.values()) - min(places.values()) <= 2


def test_more_trials_than_comparisons_come_round_again() -> None:
    [sitting] = plan_assignment({"one": {"a": ["1"], "b": ["2"]}}, listeners_n=1, trials_n=4, repeats=0)
    assert Counter(t.conditions for t in sitting if t.purpose == "test") == {("a", "b"): 2, ("b", "a"): 2}


def test_a_sitting_fits_its_minutes() -> None:
    assert trials_that_fit(15, excerpt_s=10) == 18
    assert trials_that_fit(0.1, excerpt_s=30) == 1


@pytest.mark.parametrize("wrong", [{"listeners_n": 0}, {"trials_n": 0}, {"repeats": 2.0}])
def test_senseless_numbers_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(StudyError):
        plan_assignment(ITEMS, **{"listeners_n": 1, "trials_n": 1, **wrong})


def test_one_condition_is_no_comparison() -> None:
    with pytest.raises(StudyError, match="2 conditions"):
        plan_assignment({"one": {"a": ["1"]}}, listeners_n=1, trials_n=1)
