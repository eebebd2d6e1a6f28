"""Frames: right, whole, and read again only where something changed."""

from __future__ import annotations

import pandas as pd
import pytest

from suno_lab.api.music import Generate
from suno_lab.models import ClipRecord, TaskRecord, TaskState
from suno_lab.store import Journal, frames, requests, tasks
from suno_lab.store.frames import CHUNK_N, QUESTIONS, Frames
from suno_lab.store.requests import Draft
from suno_lab.tables import TABLES


def song(journal: Journal, n: int) -> str:
    request = Generate(description=f"tune {n}", instrumental=True, model="V5")
    row = requests.record(journal, Draft(request=request, service="kie", credits_estimated=12.0), now=float(n))
    requests.mark_sent(journal, row.request_id, owner="me", body=b"{}", now=float(n), max_credits=None)
    task_id = f"t{n}"
    tasks.accept(journal, requests.get(journal, row.request_id), task_id, family="music", now=float(n), emulated=False)
    clips = tuple(ClipRecord(clip_id=f"c{n}-{k}", task_id=task_id, sibling=k, title=f"Tune {n}") for k in (0, 1))
    record = TaskRecord(task_id=task_id, state=TaskState.SUCCESS, status="SUCCESS", clips=clips)
    tasks.keep_record(journal, record, now=float(n))
    return task_id


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_its_question_with_its_columns(journal: Journal, name: str) -> None:
    frame = Frames(journal).table(name)
    assert [*filter(None, frame.index.names), *frame.columns] == sorted(
        TABLES[name].names, key=lambda column: (column not in TABLES[name].index, TABLES[name].names.index(column))
    )
    for column in TABLES[name].columns:
        if column.name in frame:
            assert str(frame[column.name].dtype) == column.dtype.split("[py")[0], column.name
    assert set(QUESTIONS) == {*TABLES, "df"}


def test_nothing_is_read_when_nothing_changed(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    song(journal, 1)
    made = Frames(journal)
    first = made.table("clips")
    monkeypatch.setattr(frames, "frame", lambda *args, **kwargs: pytest.fail("read again"))
    pd.testing.assert_frame_equal(made.table("clips"), first)


def test_only_the_last_chunk_is_read_after_an_addition(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(CHUNK_N + 5):
        song(journal, n)
    made = Frames(journal)
    made.table("clips")
    song(journal, CHUNK_N + 5)
    read = []
    original = journal.rows
    monkeypatch.setattr(
        journal, "rows", lambda sql, parameters=(): read.append(parameters) or original(sql, parameters)
    )
    after = made.table("clips")
    assert [parameters["low"] for parameters in read if "low" in parameters] == [CHUNK_N]
    pd.testing.assert_frame_equal(after, Frames(journal).table("clips"))


@pytest.mark.parametrize("name", ["requests", "tasks", "clips", "events"])
def test_an_old_row_that_changed_is_seen(journal: Journal, name: str) -> None:
    made = Frames(journal)
    for n in range(CHUNK_N + 3):
        song(journal, n)
        if n % 50 == 0:
            made.table(name)
    with journal.write() as writing:
        writing.update("requests", {"status": "changed", "model_requested": "V9"}, where={"task_id": "t3"})
        writing.update("tasks", {"status": "changed"}, where={"task_id": "t3"})
        writing.update("events", {"note": "changed"}, where={"event_id": 3})
    pd.testing.assert_frame_equal(made.table(name), Frames(journal).table(name))


def test_a_row_that_was_taken_away_is_gone(journal: Journal) -> None:
    song(journal, 1)
    made = Frames(journal)
    assert len(made.table("events")) == 3
    with journal.write() as writing:
        writing.delete("events", where={"event_id": 2})
    assert len(made.table("events")) == 2


def test_another_connections_rows_are_seen(journal: Journal) -> None:
    made = Frames(journal)
    assert made.table("clips").empty
    other = Journal(journal.path)
    song(other, 1)
    other.close()
    assert len(made.table("clips")) == 2


def test_frames_are_copies(journal: Journal) -> None:
    song(journal, 1)
    made = Frames(journal)
    frame = made.table("clips")
    frame.loc[:, "title"] = "mine"
    frame["new"] = 1
    assert made.table("clips")["title"].tolist() == ["Tune 1", "Tune 1"]
    assert "new" not in made.table("clips")


def test_rows_are_counted_through(journal: Journal) -> None:
    for n in range(150):
        song(journal, n)
    events = Frames(journal).table("events")
    assert len(events) > CHUNK_N
    assert events.index.tolist() == list(range(len(events)))
