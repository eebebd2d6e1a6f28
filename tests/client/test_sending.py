"""A call that may cost something: sent once, refusals again, anything else never by itself."""

from __future__ import annotations

import asyncio
import json
import sqlite3

import pytest

from suno_lab.api.music import Generate
from suno_lab.errors import (
    AlreadyExists,
    BudgetExceeded,
    ContentRefused,
    FeatureDisabled,
    InsufficientCredits,
    Maintenance,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    RefusedByService,
    SourceUnavailable,
    SunoLabError,
    Unauthorized,
)
from suno_lab.models import HttpReply
from suno_lab.store.requests import RequestState
from suno_lab.tables import TABLES
from tests.client.conftest import CANARY, envelope

PATH, RECORD = "/api/v1/generate", "/api/v1/generate/record-info"
SONG = Generate(description="a tune", instrumental=True, model="V5")
ACCEPTED = envelope(data={"taskId": "t" * 32})
LOST = OutcomeUnknown("POST broke off after it was sent")


def test_an_accepted_request_has_its_task_and_its_price(bench) -> None:
    bench.service.on(PATH, ACCEPTED)
    row = bench.deliver(bench.record(SONG))
    assert (row.state, row.task_id, row.credits, row.attempts_n) == ("ACCEPTED", "t" * 32, 12.0, 1)
    (sent,) = bench.service.asked_for(PATH)
    body = json.loads(sent.body)
    assert body["callBackUrl"] == f"https://callback.invalid/{row.request_id}"
    assert sent.headers["authorization"] == f"Bearer {CANARY}"


REFUSED_FOR_GOOD = [
    ("kie", 400, "lyrics contain copyrighted material", ContentRefused),
    ("kie", 401, "You do not have access permissions", Unauthorized),
    ("kie", 402, "insufficient", InsufficientCredits),
    ("kie", 404, "not found", NotFound),
    ("kie", 409, "already exists", AlreadyExists),
    ("kie", 413, "matches existing work of art", ContentRefused),
    ("kie", 422, "customMode cannot be null", RefusedByService),
    ("kie", 451, "cannot fetch", SourceUnavailable),
    ("kie", 505, "disabled", FeatureDisabled),
    ("sunoapi", 400, "model cannot be null", RefusedByService),
    ("sunoapi", 401, "no", Unauthorized),
    ("sunoapi", 413, "too long", RefusedByService),
    ("sunoapi", 429, "insufficient credits", InsufficientCredits),
]


@pytest.mark.parametrize(("profile", "code", "words", "error"), REFUSED_FOR_GOOD)
def test_a_refusal_is_an_error_and_is_not_repeated(make_bench, profile, code, words, error) -> None:
    bench = make_bench(profile=profile)
    bench.service.on(PATH, envelope(code, msg=words))
    row = bench.record(SONG)
    with pytest.raises(error):
        bench.deliver(row)
    after = bench.row(row)
    assert (after.state, after.credits, after.error_type) == ("REFUSED", 0.0, error.__name__)
    assert len(bench.service.asked_for(PATH)) == 1


PASSING = [
    ("kie", envelope(429, msg="call frequency too high"), RateLimited),
    ("kie", envelope(430, msg="call frequency too high"), RateLimited),
    ("kie", envelope(455, msg="maintenance"), Maintenance),
    ("sunoapi", envelope(430, msg="Your call frequency is too high."), RateLimited),
    ("sunoapi", envelope(405, msg="rate limit"), RateLimited),
    ("kie", HttpReply(status=429, body=b"<html>slow down</html>"), RateLimited),
    ("kie", NotSent("connection refused"), NotSent),
]


@pytest.mark.parametrize(("profile", "answer", "error"), PASSING)
def test_what_passes_is_tried_again_until_it_does(make_bench, profile, answer, error) -> None:
    bench = make_bench(profile=profile)
    bench.service.on(PATH, answer, answer, ACCEPTED)
    row = bench.deliver(bench.record(SONG))
    assert (row.state, row.attempts_n) == ("ACCEPTED", 3)


@pytest.mark.parametrize(("profile", "answer", "error"), PASSING)
def test_what_does_not_pass_is_given_up(make_bench, profile, answer, error) -> None:
    bench = make_bench(profile=profile)
    bench.service.on(PATH, answer)
    row = bench.record(SONG)
    with pytest.raises(error):
        bench.deliver(row)
    assert bench.row(row).state == "REFUSED"
    assert bench.clock.now - 1_000_000 <= bench.policy.refusal_budget_s


UNKNOWN = [
    LOST,
    envelope(500, msg="Internal Error"),
    envelope(501, msg="failed"),
    envelope(531, msg="failed"),
    envelope(408, msg="upstream silent"),
    envelope(599, msg="never heard of"),
    envelope(200, data={}),
    envelope(200, data=None),
    HttpReply(status=200, body=b"<html>hello</html>"),
    HttpReply(status=200, body=b'{"code": 200, "data": {"taskId'),
    HttpReply(status=200, body=b""),
    HttpReply(status=200, body=b"[]"),
    HttpReply(status=200, body=b'{"msg": "no code"}'),
    HttpReply(status=200, body=b'{"code": NaN}'),
    HttpReply(status=200, body=b"[" * 100_000),
    HttpReply(status=502, body=b"bad gateway"),
    HttpReply(status=504, body=b""),
]


@pytest.mark.parametrize("answer", UNKNOWN, ids=str)
def test_any_other_answer_leaves_it_unknown_and_it_is_never_sent_again(bench, answer) -> None:
    def charge(request):
        bench.service.balance -= 12
        if isinstance(answer, Exception):
            raise answer
        return answer

    bench.service.on(PATH, charge)
    row = bench.record(SONG)
    with pytest.raises(OutcomeUnknown, match="12 credits are at risk"):
        bench.deliver(row)
    with pytest.raises(OutcomeUnknown):
        bench.deliver(row)
    assert bench.row(row).state == "NEEDS_USER"
    assert len(bench.service.asked_for(PATH)) == 1


def test_what_the_balance_proves_unpaid_is_sent_again(bench) -> None:
    """An earlier call showed that charges are visible at once; then one is lost before it was charged."""

    def charge(request):
        bench.service.balance -= 12
        return envelope(data={"taskId": f"{len(bench.service.asked):032d}"})

    bench.service.on(PATH, charge, LOST, charge)
    bench.service.on(RECORD, envelope(data={"taskId": "t", "status": "PENDING"}))
    client = bench.fresh_client()

    async def both():
        await client.sender.deliver(bench.record(SONG).request_id)
        return await client.sender.deliver(bench.record(SONG, replicate_n=1).request_id)

    row = asyncio.run(both())
    assert (row.state, row.attempts_n) == ("ACCEPTED", 2)
    assert bench.service.balance == 1000 - 24


def test_an_unmoved_balance_proves_nothing_where_charges_were_never_seen(bench) -> None:
    bench.service.on(PATH, LOST)
    row = bench.record(SONG)
    with pytest.raises(OutcomeUnknown):
        bench.deliver(row)
    assert bench.row(row).state == "NEEDS_USER"


def test_retry_after_is_followed(bench) -> None:
    bench.service.on(PATH, envelope(429, msg="too many", retry_after="17"), ACCEPTED)
    bench.deliver(bench.record(SONG))
    assert 17.0 in bench.clock.slept_s


def test_a_wait_longer_than_the_budget_is_an_error_and_no_sleep(bench) -> None:
    bench.service.on(PATH, envelope(429, msg="too many", retry_after="100000"), ACCEPTED)
    with pytest.raises(RateLimited):
        bench.deliver(bench.record(SONG))
    assert max(bench.clock.slept_s, default=0) < 1000


def test_the_intent_is_on_the_disk_before_the_first_byte(bench) -> None:
    seen = []

    def look(request):
        other = sqlite3.connect(bench.journal.path)
        seen.append(other.execute("select state, body is not null, attempts_n from requests").fetchone())
        other.close()
        return ACCEPTED

    bench.service.on(PATH, look)
    bench.deliver(bench.record(SONG))
    assert seen == [("SENT", 1, 1)]


def test_a_cancelled_asker_does_not_cut_the_call(bench) -> None:
    reached = asyncio.Event()

    async def asked_and_cancelled():
        client = bench.fresh_client()
        original = bench.service.send

        async def slow(request):
            if request.path == PATH:
                reached.set()
                await asyncio.sleep(0.01)
            return await original(request)

        bench.service.send = slow
        asking = asyncio.ensure_future(client.perform(row.request_id))
        await reached.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await client.sender.close()

    row = bench.record(SONG)
    bench.service.on(PATH, ACCEPTED)
    asyncio.run(asked_and_cancelled())
    assert bench.row(row).state == "ACCEPTED"
    assert bench.row(row).status == "INTERRUPTED"  # accepted, and nobody watches


def test_two_askers_of_one_request_send_it_once(bench) -> None:
    bench.service.on(PATH, ACCEPTED)
    row = bench.record(SONG)

    async def both():
        client = bench.fresh_client()
        return await asyncio.gather(client.sender.deliver(row.request_id), client.sender.deliver(row.request_id))

    first, second = asyncio.run(both())
    assert first.task_id == second.task_id
    assert len(bench.service.asked_for(PATH)) == 1


def test_a_call_of_a_dead_process_is_unknown(bench) -> None:
    row = bench.record(SONG)
    with bench.journal.write() as writing:
        about = {"state": RequestState.SENT, "owner": "long-gone", "sent_at": bench.clock(), "attempts_n": 1}
        writing.update("requests", about, where={"request_id": row.request_id})
    with pytest.raises(OutcomeUnknown):
        bench.deliver(row)
    assert bench.service.asked_for(PATH) == []


def test_a_ceiling_is_kept_under_concurrency(make_bench) -> None:
    from suno_lab.client.policy import Policy

    bench = make_bench(policy=Policy(max_credits=30.0))
    counted = iter(range(100))
    bench.service.on(PATH, lambda request: envelope(data={"taskId": f"{next(counted):032d}"}))
    rows = [bench.record(SONG, replicate_n=n) for n in range(6)]

    async def all_at_once():
        client = bench.fresh_client()
        return await asyncio.gather(*(client.sender.deliver(row.request_id) for row in rows), return_exceptions=True)

    outcomes = asyncio.run(all_at_once())
    assert sum(isinstance(o, BudgetExceeded) for o in outcomes) == 4
    assert len(bench.service.asked_for(PATH)) == 2


def test_no_price_is_refused_under_a_ceiling(make_bench) -> None:
    from suno_lab.client.policy import Policy

    bench = make_bench(policy=Policy(max_credits=30.0))
    with pytest.raises(BudgetExceeded, match="no price is published"):
        bench.deliver(bench.record(SONG, credits=None))
    assert bench.service.asked_for(PATH) == []


def test_the_key_is_nowhere_but_in_the_header(bench, caplog) -> None:
    caplog.set_level("DEBUG")
    bench.service.on(PATH, LOST)
    with pytest.raises(SunoLabError) as caught:
        bench.deliver(bench.record(SONG))
    shown = [repr(bench.account), repr(bench.service.asked), str(caught.value), caplog.text]
    frame = caught.tb
    while frame is not None:
        shown.append(repr(frame.tb_frame.f_locals))
        frame = frame.tb_next
    assert not any(CANARY in text for text in shown)
    bench.folder.close()
    files = [file for file in bench.folder.path.rglob("*") if file.is_file()]
    assert not any(CANARY.encode() in file.read_bytes() for file in files)
    assert "authorization" not in {column.name for table in TABLES.values() for column in table.columns}
