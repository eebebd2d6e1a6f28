"""Requests: equal ones are one, ceilings hold, states are kept."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.api import operations
from suno_lab.api.music import Extend, Generate
from suno_lab.errors import BudgetExceeded, InvalidRequest, RefusedByService
from suno_lab.store import Journal, requests, tasks
from suno_lab.store.hashes import canonical, prompt_id, request_fields, request_hash
from suno_lab.store.requests import Draft, RequestState

SONG = Generate(description="a tune", model="V5", instrumental=True)


def record(journal: Journal, request=SONG, *, price: float | None = 12.0, **about):
    draft = Draft(request=request, service="kie", credits_estimated=price, **about)
    return requests.record(journal, draft, now=1.0)


def send(journal: Journal, row, *, ceiling: float | None = None, owner: str = "me") -> bool:
    return requests.mark_sent(journal, row.request_id, owner=owner, body=b"{}", now=2.0, max_credits=ceiling)


def test_an_equal_request_is_the_same_row(journal: Journal) -> None:
    assert record(journal) == record(journal)
    assert record(journal, replicate_n=1).request_id != record(journal).request_id
    assert [row.replicate_n for row in requests.standing(journal, SONG)] == [0, 1]


@pytest.mark.parametrize("state", ["REFUSED", "FAILED", "DROPPED"])
def test_after_a_failure_an_equal_request_is_a_new_row(journal: Journal, state: str) -> None:
    row = record(journal)
    requests.mark(journal, row.request_id, RequestState(state), now=2.0)
    assert record(journal).request_id != row.request_id


def test_what_was_refused_here_is_a_row_with_its_reason(journal: Journal) -> None:
    draft = Draft(request=SONG, service="kie", credits_estimated=12.0)
    row = requests.record(journal, draft, now=1.0, error=InvalidRequest("too long", field="title"))
    assert (row.state, row.error_type, row.error, row.credits) == ("INVALID", "InvalidRequest", "too long", 0.0)
    assert record(journal).state == "NEW"


def test_a_request_is_sent_by_one_only(journal: Journal) -> None:
    row = record(journal)
    assert [send(journal, row), send(journal, row, owner="you")] == [True, False]
    after = requests.get(journal, row.request_id)
    assert (after.state, after.owner, after.attempts_n) == ("SENT", "me", 1)


def test_errors_are_kept_and_cleared(journal: Journal) -> None:
    row = record(journal)
    requests.mark(journal, row.request_id, RequestState.NEW, now=2.0, error=RefusedByService("no", code=422))
    assert requests.get(journal, row.request_id).error_code == 422
    send(journal, row)
    assert requests.get(journal, row.request_id).error is None


def test_a_request_comes_back_as_the_same_value(journal: Journal) -> None:
    request = Extend(clip_id="c", continue_at_s=12.5, lyrics="la\nla", style="folk", title="§ 🎵", model="V5")
    assert record(journal, request).value() == request


def test_the_events_tell_the_story(journal: Journal) -> None:
    row = record(journal)
    send(journal, row)
    tasks.accept(journal, requests.get(journal, row.request_id), "t1", family="music", now=3.0, emulated=False)
    assert [event["state"] for event in journal.rows("select state from events")] == ["NEW", "SENT", "ACCEPTED"]


STEPS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["send", "accept", "refuse", "lose", "fail", "refund", "drop"])),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, prices=st.lists(st.sampled_from([0.4, 2.5, 12.0, 50.0]), min_size=10, max_size=10))
def test_the_ceiling_holds_whatever_happens(tmp_path_factory, steps, prices) -> None:
    journal = Journal(tmp_path_factory.mktemp("budget") / "session.db")
    rows = [record(journal, replicate_n=n, price=price) for n, price in enumerate(prices)]
    for n, step in steps:
        row = requests.get(journal, rows[n].request_id)
        _do(journal, row, step)
        assert requests.spent_credits(journal) <= 60.0 + 1e-9
    journal.close()


def _do(journal: Journal, row, step: str) -> None:
    move = {"refuse": RequestState.NEW, "lose": RequestState.UNKNOWN}
    if step == "send":
        try:
            send(journal, row, ceiling=60.0)
        except BudgetExceeded:
            assert requests.get(journal, row.request_id).state == "NEW"
    elif row.state is RequestState.SENT and step == "accept":
        tasks.accept(journal, row, f"t{row.run_order}", family="music", now=3.0, emulated=False)
    elif row.state is RequestState.SENT and step in move:
        requests.mark(journal, row.request_id, move[step], now=3.0)
    elif row.state is RequestState.ACCEPTED and step in ("fail", "refund"):
        credits = 0.0 if step == "refund" else None
        tasks.fail(journal, row.task_id or "", RefusedByService("no"), now=4.0, credits=credits)


def test_no_price_is_refused_under_a_ceiling_and_free_is_not(journal: Journal) -> None:
    with pytest.raises(BudgetExceeded):
        send(journal, record(journal, price=None), ceiling=1000.0)
    assert send(journal, record(journal, replicate_n=1, price=0.0), ceiling=0.0)


# ── hashes ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_hashes_do_not_change_between_releases() -> None:
    """Kept folders hold these: a change here makes every kept song be asked for again."""
    assert request_hash(SONG) == request_hash(Generate(instrumental=True, model="V5", description="a tune"))
    assert prompt_id(SONG) == prompt_id(
        Generate(description=" a  tune ", model="V4", instrumental=True, style_weight=0.5)
    )
    assert prompt_id(SONG) != prompt_id(Generate(description="a tune", model="V5"))
    assert canonical({"b": 1, "a": [None, True, "é"]}) == '{"a":[null,true,"\\u00e9"],"b":1}'


def test_every_operation_can_be_kept_and_rebuilt() -> None:
    for name, operation in operations().items():
        value = operation.request(**{field.name: "x" for field in dataclasses.fields(operation.request)})
        assert requests.rebuilt(name, request_fields(value)) == value
