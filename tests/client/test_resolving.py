"""What the balance proves: property tests of the one-sided rule, and callbacks."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.api.music import Generate
from suno_lab.client.policy import Policy
from suno_lab.client.resolving import Finding, judge_balance
from suno_lab.errors import OutcomeUnknown, TaskFailed
from suno_lab.store import balances, inbox, tasks
from suno_lab.store.balances import Account, Reading
from tests.client.conftest import envelope

PRICES = st.sampled_from([0.4, 2.5, 5.0, 12.0, 50.0])
CALLS = st.lists(st.tuples(PRICES, st.booleans()), max_size=6)


@given(certain=st.lists(PRICES, max_size=6), failed=CALLS, refunds=CALLS, unknown=CALLS)
def test_not_charged_is_only_said_when_it_is_true(certain, failed, refunds, unknown) -> None:
    """Whatever was charged or given back behind our back: a call is never sent again when it was paid."""
    fell = sum(certain) + sum(p for p, charged in failed + unknown if charged) - sum(p for p, back in refunds if back)
    account = Account(
        certain=sum(certain),
        maybe_charged=sum(p for p, _ in failed),
        maybe_refunded=sum(p for p, _ in refunds),
        unknown=tuple(p for p, _ in unknown),
    )
    finding = judge_balance(1000.0 - fell, Reading(at=0.0, balance=1000.0), account)
    if any(charged for _, charged in unknown):
        assert finding is not Finding.NOT_CHARGED


@given(certain=st.lists(PRICES, max_size=6), unknown=st.lists(PRICES, min_size=1, max_size=6))
def test_an_exact_balance_decides_both_ways(certain, unknown) -> None:
    account = Account(certain=sum(certain), maybe_charged=0.0, maybe_refunded=0.0, unknown=tuple(unknown))
    before = Reading(at=0.0, balance=1000.0)
    assert judge_balance(1000.0 - sum(certain), before, account) is Finding.NOT_CHARGED
    assert judge_balance(1000.0 - sum(certain) - sum(unknown), before, account) is Finding.ALL_CHARGED
    assert judge_balance(1000.0 - sum(certain) - sum(unknown) - 7, before, account) is Finding.FOREIGN


def test_a_balance_that_rose_decides_nothing() -> None:
    account = Account(certain=12.0, maybe_charged=0.0, maybe_refunded=0.0, unknown=(12.0,))
    assert judge_balance(1500.0, Reading(at=0.0, balance=1000.0), account) is Finding.OPEN


SONG = Generate(description="a tune", instrumental=True, model="V5")
PATH, RECORD = "/api/v1/generate", "/api/v1/generate/record-info"


def lost(bench):
    bench.service.on(PATH, OutcomeUnknown("broke off"))
    return bench.record(SONG)


def test_a_callback_names_the_task_of_a_lost_answer(make_bench) -> None:
    bench = make_bench(callback_url="https://public.test/cb", policy=Policy(settle_s=0.0, callback_wait_s=30.0))
    row = lost(bench)
    bench.service.on(RECORD, envelope(data={"taskId": "t1", "status": "PENDING"}))

    def deliver_and_call_back(request):
        inbox.keep(
            bench.journal, intent=row.request_id, task_id="t1", stage="text", signed=None, body=b"{}", now=bench.clock()
        )
        raise OutcomeUnknown("broke off")

    bench.service.on(PATH, deliver_and_call_back)
    after = bench.deliver(row)
    assert (after.state, after.task_id) == ("ACCEPTED", "t1")
    assert len(bench.service.asked_for(PATH)) == 1


def test_a_callback_that_names_a_stranger_is_not_believed(make_bench) -> None:
    bench = make_bench(callback_url="https://public.test/cb", policy=Policy(settle_s=0.0, callback_wait_s=1.0))
    row = lost(bench)
    bench.service.on(RECORD, envelope(data=None))
    inbox.keep(bench.journal, intent=row.request_id, task_id="forged", stage="text", signed=None, body=b"", now=1.0)
    with pytest.raises(OutcomeUnknown):
        bench.deliver(row)
    after = bench.row(row)
    assert (after.state, after.task_id) == ("NEEDS_USER", None)


def test_a_refund_nobody_saw_yet_does_not_hide_a_charge(make_bench) -> None:
    """One task fails and its credits come back, while another call is charged and its answer lost: nothing moved."""
    bench = make_bench(policy=Policy(settle_s=5.0, callback_wait_s=0.0))
    first, second = bench.record(SONG), bench.record(SONG, replicate_n=1)

    def charge_and_lose(request):
        raise OutcomeUnknown("charged 12, while the 12 of the first came back")

    def charge(request):
        bench.service.balance -= 12
        return envelope(data={"taskId": "t" * 32})

    bench.service.on(PATH, charge, charge_and_lose)
    bench.service.on(RECORD, envelope(data={"taskId": "t" * 32, "status": "SENSITIVE_WORD_ERROR"}))

    async def both() -> None:
        client = bench.fresh_client()
        await client.sender.deliver(first.request_id)
        await client.sender.deliver(second.request_id)

    with pytest.raises(OutcomeUnknown):
        asyncio.run(both())
    assert bench.row(second).state == "NEEDS_USER"
    assert len(bench.service.asked_for(PATH)) == 2


def test_a_failure_that_is_seen_while_the_balance_is_read_hides_nothing_either(make_bench) -> None:
    """The account was made up with the first task running; its end is written down before its record is asked for."""
    bench = make_bench(policy=Policy(settle_s=5.0, callback_wait_s=0.0))
    first, second = bench.record(SONG), bench.record(SONG, replicate_n=1)
    bench.service.on(PATH, envelope(data={"taskId": "t" * 32}), OutcomeUnknown("charged, while the first came back"))
    bench.service.on(RECORD, envelope(data={"taskId": "t" * 32, "status": "SENSITIVE_WORD_ERROR"}))

    def balance(request):
        if bench.row(second).state == "UNKNOWN":
            tasks.fail(bench.journal, "t" * 32, TaskFailed("flagged"), now=bench.clock(), credits=0.0)
        elif bench.row(first).state == "ACCEPTED":
            return envelope(data=988.0)
        return envelope(data=1000.0 if bench.row(second).state == "NEW" else 988.0)

    bench.service.on("/api/v1/chat/credit", balance)

    async def both() -> None:
        client = bench.fresh_client()
        await client.sender.deliver(first.request_id)
        await client.sender.deliver(second.request_id)

    with pytest.raises(OutcomeUnknown):
        asyncio.run(both())
    assert bench.row(second).state == "NEEDS_USER"
    assert len(bench.service.asked_for(PATH)) == 2


@pytest.mark.parametrize(("late_s", "refunded"), [(0.0, 0.0), (600.0, 12.0)])
def test_a_refund_may_come_late(bench, late_s, refunded) -> None:
    bench.service.on(PATH, envelope(data={"taskId": "t1"}))
    bench.deliver(bench.record(SONG))
    tasks.fail(bench.journal, "t1", TaskFailed("flagged"), now=bench.clock(), credits=0.0)
    reading = Reading(at=bench.clock() + 60.0, balance=988.0)
    assert balances.since(bench.journal, reading, late_s=late_s).maybe_refunded == refunded


def test_a_callback_cannot_take_the_task_of_another_request(make_bench) -> None:
    bench = make_bench(callback_url="https://public.test/cb", policy=Policy(settle_s=0.0, callback_wait_s=1.0))
    first, second = bench.record(SONG), bench.record(SONG, replicate_n=1)
    bench.service.on(PATH, envelope(data={"taskId": "t1"}), OutcomeUnknown("broke off"))
    bench.service.on(RECORD, envelope(data={"taskId": "t1", "status": "PENDING"}))
    bench.deliver(first)
    inbox.keep(
        bench.journal, intent=second.request_id, task_id="t1", stage="text", signed=True, body=b"", now=bench.clock()
    )
    with pytest.raises(OutcomeUnknown):
        bench.deliver(second)
    assert (bench.row(first).task_id, bench.row(second).task_id) == ("t1", None)


def test_a_badly_signed_callback_does_not_count(make_bench) -> None:
    bench = make_bench()
    inbox.keep(bench.journal, intent="i", task_id="t", stage="text", signed=False, body=b"", now=1.0)
    assert inbox.task_ids(bench.journal, "i") == []


def test_the_same_callback_twice_is_kept_once(make_bench) -> None:
    bench = make_bench()
    about = {"intent": "i", "task_id": "t", "stage": "text", "signed": None, "body": b"", "now": 1.0}
    assert [inbox.keep(bench.journal, **about), inbox.keep(bench.journal, **about)] == [True, False]


def test_settling_waits_for_calls_under_way(bench) -> None:
    """Nothing is concluded from a balance while a call is on its way."""
    from suno_lab.client.resolving import Gate

    async def work() -> list[str]:
        gate, log = Gate(), list[str]()

        async def call() -> None:
            async with gate:
                await asyncio.sleep(0.01)
                log.append("home")

        async def decide() -> None:
            log.append("decided")

        calling = asyncio.ensure_future(call())
        await asyncio.sleep(0)
        await gate.closed(decide)
        await calling
        return log

    assert asyncio.run(work()) == ["home", "decided"]
