"""Jobs: waiting, awaiting, and stopping to watch."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

import pytest

from suno_lab.client.loop import io_loop, wait_in_slices
from suno_lab.emulator import EmulatorSettings
from suno_lab.errors import SunoLabError, WaitTimeout
from suno_lab.session import Job
from tests.session.conftest import jumping

SLOW = EmulatorSettings(latency_s=1000.0, default_duration_s=3.0, rate_limit=None)
TUNE = {"instrumental": True, "model": "V5"}


def forever(note) -> object:
    async def wait() -> None:
        note("waiting for ever")
        await asyncio.Event().wait()

    return wait()


def test_a_job_that_is_not_done_times_out_and_goes_on() -> None:
    job = Job("r", forever)
    with pytest.raises(WaitTimeout, match="goes on"):
        job.result(0.01)
    assert job.state == "running"
    assert job.stage == "waiting for ever"
    assert job.cancel()
    for timeout_s in (0, 5):
        with pytest.raises(SunoLabError, match="not watched any more"):
            job.result(timeout_s)
    assert job.state == "cancelled"
    assert job.elapsed_s == job.elapsed_s


def test_a_failed_job_raises_what_went_wrong_every_time() -> None:
    async def broken() -> None:
        raise SunoLabError("no")

    job = Job("r", lambda note: broken())
    for _ in range(2):
        with pytest.raises(SunoLabError, match="no"):
            job.result(5)
    assert job.state == "failed"
    assert "failed" in repr(job)


def test_callbacks_are_called_once_it_has_ended() -> None:
    async def nothing() -> int:
        return 7

    job, called = Job("r", lambda note: nothing()), threading.Event()
    job.add_done_callback(lambda done: called.set())
    assert job.result(5) == 7
    assert called.wait(5)


def test_a_job_can_be_awaited_on_any_loop() -> None:
    async def value() -> int:
        await asyncio.sleep(0)
        return 7

    async def mine() -> int:
        return await Job("r", lambda note: value())

    assert [asyncio.run(mine()), asyncio.run(mine())] == [7, 7]


def test_an_interrupt_leaves_a_resumable_task(open_session) -> None:
    around, interrupted = jumping(), threading.Event()

    async def held(seconds: float) -> None:
        while not interrupted.is_set():
            await asyncio.sleep(0.001)
        await around.sleep(seconds)

    session = open_session(emulator=SLOW, surroundings=replace(around, sleep=held))

    def interrupting(stage: str, elapsed_s: float) -> None:
        if session.tasks["state"].tolist():
            interrupted.set()
            raise KeyboardInterrupt

    job = session.submit_generate("a tune", **TUNE)
    with pytest.raises(KeyboardInterrupt):
        job.watch(interrupting)
    assert session.tasks["finished_at"].isna().tolist() in ([True], [False])
    (task,) = session.resume() or [session.task(session.tasks.index[0])]
    assert task.status == "SUCCESS"
    assert session.requests["attempts_n"].tolist() == [1]


def test_a_cancelled_await_stops_watching_only(open_session) -> None:
    session = open_session(emulator=SLOW)

    async def cancelled() -> None:
        asking = asyncio.ensure_future(session.agenerate("a tune", **TUNE))
        while session.tasks.empty:
            await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(cancelled())
    assert len(session.tasks) == 1
    assert session.generate("a tune", **TUNE).status == "SUCCESS"
    assert session.requests["attempts_n"].tolist() == [1]


def test_the_first_clip_is_here_while_the_second_is_made(open_session) -> None:
    around, seen = jumping(), set[tuple[str, int]]()

    async def looking(seconds: float) -> None:
        for task in session.open_tasks:
            seen.add((task.status, sum(clip.path is not None for clip in task.clips)))
        await around.sleep(seconds)

    session = open_session(emulator=SLOW, surroundings=replace(around, sleep=looking))
    session.generate("a tune", **TUNE)
    assert ("FIRST_SUCCESS", 1) in seen
    assert {here_n for status, here_n in seen if status in ("PENDING", "TEXT_SUCCESS")} == {0}
    assert session.files["status"].tolist() == ["STORED", "STORED"]


def test_there_is_one_loop_thread() -> None:
    assert io_loop() is io_loop()
    assert [t.name for t in threading.enumerate()].count("suno_lab-io") == 1


def test_a_blocking_wait_on_the_loop_thread_is_refused() -> None:
    async def inside() -> None:
        Job("r", forever).result(1)

    with pytest.raises(SunoLabError, match="await"):
        wait_in_slices(io_loop().submit(inside()), timeout_s=5)
