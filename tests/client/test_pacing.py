"""When to ask again."""

from __future__ import annotations

import heapq
import itertools
import random
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.client.pacing import (
    LEAST_POLL_GAP_S,
    SLACK,
    Limiter,
    Place,
    PollPlan,
    backoff_s,
    limiter_for,
    plan_from,
    poll_flow,
    retry_after_s,
)

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("7", 7.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("-inf", None),
        ("1e400", None),
        (formatdate(NOW + 30, usegmt=True), 30.0),
        (formatdate(NOW - 30, usegmt=True), 0.0),
        ("Mon, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_retry_after(header, seconds) -> None:
    assert retry_after_s(header, now=NOW) == seconds


@given(st.integers(0, 2**31), st.integers(0, 40))
def test_backoff_lies_between_half_and_all_of_its_step(seed, attempt) -> None:
    step = min(0.5 * 2**attempt, 30.0)
    assert step / 2 <= backoff_s(attempt, rng=random.Random(seed)) <= step


def test_no_two_waits_are_equal() -> None:
    rng = random.Random(1)
    assert len({backoff_s(3, rng=rng) for _ in range(100)}) == 100


def test_polls_grow_up_to_a_bound_and_end_with_the_time() -> None:
    flow = poll_flow(PollPlan(first_s=1.0, grow=2.0, most_s=4.0, jitter=0.0), timeout_s=12.0, rng=random.Random(0))
    waits = [next(flow), *(flow.send(0.0) for _ in range(4))]
    assert waits == [1.0, 2.0, 4.0, 4.0, 1.0]
    with pytest.raises(StopIteration):
        flow.send(0.0)


def test_the_time_a_look_takes_counts() -> None:
    flow = poll_flow(PollPlan(first_s=1.0, jitter=0.0), timeout_s=10.0, rng=random.Random(0))
    next(flow)
    with pytest.raises(StopIteration):
        flow.send(20.0)


@given(st.lists(st.floats(0, 1e4), max_size=20), st.booleans(), st.integers(0, 2**31))
def test_a_task_is_never_asked_for_more_than_three_times_a_second(latencies, emulated, seed) -> None:
    flow = poll_flow(plan_from(latencies, emulated=emulated), timeout_s=None, rng=random.Random(seed))
    next(flow)
    assert all(flow.send(0.0) >= LEAST_POLL_GAP_S for _ in range(20))


def test_quick_tasks_are_looked_at_soon() -> None:
    assert plan_from([0.1, 0.1, 0.2], emulated=False).first_s < 0.1
    assert plan_from([90.0, 100.0], emulated=False).first_s == 15.0


@given(
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 0.9)), min_size=1, max_size=120), st.integers(1, 20),
    st.floats(0.5, 10),
)  # fmt: skip
def test_no_window_holds_more_calls_than_allowed(calls_made, calls, per_s) -> None:
    """Calls come at any time, and are held up by up to nine tenths of a window between their turn and their leaving."""
    limiter, went, places = Limiter(calls, per_s), list[float](), dict[int, Place]()
    came = itertools.accumulate(gap for gap, _ in calls_made)
    moments = [(at, n) for n, at in enumerate(came)]
    heapq.heapify(moments)
    while moments:
        now, n = heapq.heappop(moments)
        place = places.get(n) or places.setdefault(n, limiter.reserve(now))
        pause = limiter.wait_s(place, now)
        if pause > 0:
            heapq.heappush(moments, (now + pause, n))
            continue
        went.append(now + calls_made[n][1] * per_s)
        limiter.left(place, went[-1])
    went.sort()
    for i in range(len(went) - calls):
        assert went[i + calls] - went[i] >= per_s - 1e-6


def test_a_call_that_was_held_up_holds_up_the_one_a_window_behind() -> None:
    limiter = Limiter(1, 10.0)
    first, second = limiter.reserve(0.0), limiter.reserve(0.0)
    assert (limiter.wait_s(first, 0.0), limiter.wait_s(second, 0.0)) == (0.0, 10.0 * SLACK)
    limiter.left(first, 3.0)
    assert limiter.wait_s(second, 10.0 * SLACK) == pytest.approx(3.0)


def test_sessions_of_one_account_share_a_limiter() -> None:
    one = limiter_for("https://a.test", 1, calls=20, per_s=10.0)
    assert limiter_for("https://a.test", 1, calls=20, per_s=10.0) is one
    assert limiter_for("https://a.test", 2, calls=20, per_s=10.0) is not one
