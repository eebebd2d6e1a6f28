"""When a task is over."""

from __future__ import annotations

import pytest

from suno_lab.client.waiting import Patience, Verdict, verdict
from suno_lab.models import ClipRecord, Product, TaskRecord, TaskState


def record(state: TaskState, *urls: str | None, status: str = "", products: tuple[Product, ...] = ()) -> TaskRecord:
    clips = tuple(ClipRecord(clip_id=f"c{n}", task_id="t", sibling=n, audio_url=url) for n, url in enumerate(urls))
    return TaskRecord(task_id="t", state=state, status=status or state, clips=clips, products=products)


def looks(given: TaskRecord, *, makes: str = "clips") -> list[str]:
    """The verdicts for the same record again and again."""
    found, patience = [], Patience(looks_n=3)
    for _ in range(5):
        decision, patience = verdict(given, patience, makes=makes)
        found.append(str(decision))
    return found


@pytest.mark.parametrize("state", [TaskState.PENDING, TaskState.TEXT, TaskState.FIRST])
def test_nothing_but_an_end_state_is_an_end(state) -> None:
    assert set(looks(record(state, "u1", "u2"))) == {"WAIT"}


def test_success_with_audio_is_done() -> None:
    assert verdict(record(TaskState.SUCCESS, "u1", "u2"), Patience())[0] is Verdict.DONE


def test_success_without_audio_is_looked_at_a_few_times_more_then_taken() -> None:
    assert looks(record(TaskState.SUCCESS, "u1", None)) == ["WAIT"] * 3 + ["DONE"] * 2


def test_success_without_any_clip_is_a_failure_in_the_end() -> None:
    assert looks(record(TaskState.SUCCESS)) == ["WAIT"] * 3 + ["FAILED"] * 2


def test_products_are_enough_where_no_clips_are_made() -> None:
    made = record(TaskState.SUCCESS, products=(Product(kind="lyrics"),))
    assert set(looks(made, makes="lyrics")) == {"DONE"}


def test_callback_exception_keeps_audio() -> None:
    failed = TaskState.FAILED
    assert set(looks(record(failed, "u1", "u2", status="CALLBACK_EXCEPTION"))) == {"DONE"}
    assert looks(record(failed, "u1", None, status="CALLBACK_EXCEPTION")) == ["WAIT"] * 3 + ["DONE"] * 2
    assert looks(record(failed, status="CALLBACK_EXCEPTION")) == ["WAIT"] * 3 + ["FAILED"] * 2


def test_other_failures_are_final() -> None:
    assert set(looks(record(TaskState.FAILED, "u1", status="GENERATE_AUDIO_FAILED"))) == {"FAILED"}
