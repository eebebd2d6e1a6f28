"""Prices, ceilings, and calls whose answer was lost."""

from __future__ import annotations

import asyncio
import json

import pytest

from suno_lab.api.hosts import USD_RATE_DATE
from suno_lab.api.lyrics import WriteLyrics
from suno_lab.api.music import Generate
from suno_lab.emulator import EmulatorSettings
from suno_lab.errors import BudgetExceeded, InvalidRequest, OutcomeUnknown

SONG = Generate(description="a tune", instrumental=True, model="V5")


def faulty(*faults: tuple[str, float], **about) -> EmulatorSettings:
    return EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None, faults=faults, **about)


def test_a_price_is_told_without_asking(session) -> None:
    frame = session.price([SONG, WriteLyrics(description="rain")])
    assert frame["credits"].tolist() == [12.0, 0.4]
    assert frame["usd"].tolist() == pytest.approx([0.06, 0.002])
    assert not frame["kept"].any()
    assert set(frame["rate_date"]) == {USD_RATE_DATE}
    session.run(SONG)
    assert session.price(SONG)["kept"].tolist() == [True]
    assert len(session.requests) == 1


def test_a_dry_run_shows_what_would_be_sent_and_sends_nothing(open_session) -> None:
    session = open_session(max_credits=30.0)
    frame = session.generate("a tune", instrumental=True, model="V5", n=3, dry_run=True)
    assert json.loads(frame["body"].iloc[0])["prompt"] == "a tune"
    assert frame["url"].iloc[0].endswith("/api/v1/generate")
    assert frame["refused"].isna().tolist() == [True, True, False]
    assert "max_credits=" in frame["refused"].iloc[2]
    assert session.submit_generate("a tune", model="V5", duration_s=10.0, dry_run=True)["refused"].notna().all()
    assert asyncio.run(session.awrite_lyrics("rain", dry_run=True))["credits"].tolist() == [0.4]
    assert session.run(SONG, dry_run=True)["kept"].tolist() == [False]
    assert session.requests.empty
    assert session.exchanges.empty


def test_a_ceiling_is_kept_over_sessions(open_session) -> None:
    session = open_session(max_credits=20.0)
    session.run(SONG)
    with pytest.raises(BudgetExceeded, match="max_credits=20"):
        session.generate("another tune")
    assert session.requests["error_type"].tolist()[1:] == ["BudgetExceeded"]
    session.close()
    again = open_session(max_credits=20.0)
    assert again.spent_credits == 12.0
    with pytest.raises(BudgetExceeded):
        again.generate("a third tune")
    assert again.run(SONG).status == "SUCCESS"


def test_a_lost_answer_is_listed_with_the_credits_at_risk(open_session) -> None:
    session = open_session(emulator=faulty(("lost_answer", 1.0), seed=1))
    session._line().sender._ready = _done()
    with pytest.raises(OutcomeUnknown, match="unresolved"):
        session.run(SONG)
    frame = session.unresolved()
    assert frame["credits_at_risk"].tolist() == [12.0]
    assert frame["state"].tolist() == ["NEEDS_USER"]
    with pytest.raises(OutcomeUnknown):
        session.run(SONG)
    assert session.requests["attempts_n"].tolist() == [1]


def test_a_task_found_elsewhere_is_adopted_and_a_stranger_is_not(open_session) -> None:
    other = open_session("other")
    session = open_session(emulator=faulty(("lost_answer", 0.0)))
    made = session.run(SONG)
    lost = _lose(session, made)
    with pytest.raises(InvalidRequest, match="does not know"):
        session.adopt(lost, "f" * 32)
    assert session.adopt(lost, made.task_id).status == "SUCCESS"
    assert session.unresolved().empty
    assert other.unresolved().empty


def test_asking_again_needs_a_sum_and_dropping_needs_nothing(open_session) -> None:
    session = open_session()
    lost = _lose(session, session.run(SONG))
    with pytest.raises(BudgetExceeded):
        session.resubmit(lost, max_extra_credits=5)
    task = session.resubmit(lost, max_extra_credits=12)
    assert task.status == "SUCCESS"
    assert session.requests["state"].tolist() == ["DROPPED", "ACCEPTED"]
    with pytest.raises(InvalidRequest, match="not unresolved"):
        session.drop(lost)


def test_what_was_not_charged_is_found_out(open_session) -> None:
    session = open_session(emulator=faulty(("connection_reset", 0.5), seed=3))
    tasks = [session.generate(f"tune {n}", model="V5", instrumental=True) for n in range(4)]
    assert [task.status for task in tasks] == ["SUCCESS"] * 4
    assert session.requests["attempts_n"].sum() > 4
    assert session.unresolved().empty


def test_resolve_decides_what_can_be_decided(open_session) -> None:
    session = open_session()
    session.balance()
    lost = _lose(session, session.run(SONG), state="UNKNOWN")
    assert session.resolve()["state"].tolist() == ["NEEDS_USER"]
    assert session.unresolved().index.tolist() == [lost]


def _lose(session, task, *, state: str = "NEEDS_USER") -> str:
    """Make a request look as if its answer had been lost."""
    with session.journal.write() as writing:
        change = {"state": state, "status": state, "task_id": None, "error": "lost"}
        writing.update("requests", change, where={"request_id": task.request_id})
    return task.request_id


def _done():
    import asyncio

    from suno_lab.client.loop import io_loop

    async def nothing() -> None:
        return None

    async def made():
        return asyncio.ensure_future(nothing())

    return io_loop().run(made())
