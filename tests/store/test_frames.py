"""Frames: right, whole, and read again only where something changed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.api.music import Generate
from suno_lab.models import ClipRecord, TaskRecord, TaskState
from suno_lab.store import Journal, frames, requests, tasks
from suno_lab.store.columns import Cut, Grown
from suno_lab.store.frames import QUESTIONS, Frames
from suno_lab.store.requests import Draft
from suno_lab.tables import BOOLEAN, FLOAT, INTEGER, STRING, TABLES, TIME, Column, frame


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
    made = Frames(journal).table(name)
    assert [*filter(None, made.index.names), *made.columns] == sorted(
        TABLES[name].names, key=lambda column: (column not in TABLES[name].index, TABLES[name].names.index(column))
    )
    for column in TABLES[name].columns:
        if column.name in made:
            assert str(made[column.name].dtype) == column.dtype.split("[py")[0], column.name
    assert set(QUESTIONS) == {*TABLES, "df", "features", "charges", "balances"} - {"credits"}


@pytest.fixture
def read(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The spans of positions that were read."""
    spans: list[tuple[int, int]] = []
    original = journal.read

    def reading(sql, parameters):
        spans.append((parameters["low"], parameters["high"]))
        return original(sql, parameters)

    monkeypatch.setattr(journal, "read", reading)
    return spans


def test_nothing_is_read_when_nothing_changed(journal: Journal, read: list[tuple[int, int]]) -> None:
    song(journal, 1)
    made = Frames(journal)
    first = made.table("clips")
    read.clear()
    pd.testing.assert_frame_equal(made.table("clips"), first)
    assert read == []


def test_only_the_new_rows_are_read_after_an_addition(journal: Journal, read: list[tuple[int, int]]) -> None:
    for n in range(50):
        song(journal, n)
    made = Frames(journal)
    made.table("clips")
    song(journal, 50)
    read.clear()
    after = made.table("clips")
    assert read == [(51, 51)]
    pd.testing.assert_frame_equal(after, Frames(journal).table("clips"))


@pytest.mark.parametrize("name", ["requests", "tasks", "clips", "events"])
def test_an_old_row_that_changed_is_seen(journal: Journal, name: str) -> None:
    made = Frames(journal)
    for n in range(60):
        song(journal, n)
        if n % 20 == 0:
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
    mine = made.table("clips")
    mine.loc[:, "title"] = "mine"
    mine["new"] = 1
    assert made.table("clips")["title"].tolist() == ["Tune 1", "Tune 1"]
    assert "new" not in made.table("clips")


def test_rows_are_counted_through(journal: Journal) -> None:
    for n in range(20):
        song(journal, n)
    events = Frames(journal).table("events")
    assert events.index.tolist() == list(range(len(events)))


@pytest.mark.parametrize("name", ["requests", "clips", "exchanges", "words", "events", "credits"])
def test_a_frame_that_was_handed_out_stays_as_it_was(journal: Journal, name: str) -> None:
    filled(journal, range(5))
    made = Frames(journal)
    mine, before = made.table(name), made.table(name)
    filled(journal, range(5, 8))
    after = made.table(name)
    for column in mine:
        mine.isetitem(mine.columns.get_loc(column), mine[column].shift(1))
        mine.loc[mine.index[0], column] = mine[column].iloc[-1]
    pd.testing.assert_frame_equal(made.table(name), after)
    pd.testing.assert_frame_equal(made.table(name).iloc[: len(before)], before)


@pytest.mark.parametrize("name", TABLES)
def test_what_grew_row_by_row_is_what_is_read_at_once(
    journal: Journal, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "ADDED_N", 3)
    made = Frames(journal)
    for n in range(10):
        filled(journal, range(n, n + 1))
        if n in (3, 8):
            with journal.write() as writing:
                writing.update("requests", {"state": "FAILED", "credits": 0.0, "finished_at": n + 0.5}, where={
                    "task_id": f"t{n - 2}"})  # fmt: skip
                writing.update("words", {"word": "other"}, where={"clip_id": f"c{n - 2}-0", "position": 1})
        pd.testing.assert_frame_equal(made.table(name), Frames(journal).table(name))


def test_words_are_found_by_clip_and_time(journal: Journal) -> None:
    made = Frames(journal)
    made.table("words")
    for n in (3, 1, 2):
        filled(journal, range(n, n + 1))
        made.table("words")
    words = made.table("words").query("word != 'la3'").sort_index()
    assert words.loc["c1-0", "word"].tolist() == ["la0", "la1", "la2"]
    assert words.loc[("c2-0", slice(0.3, 1.2)), "word"].tolist() == ["la1", "la2"]


def filled(journal: Journal, numbers: range) -> None:
    """Rows in every table that has some after a song."""
    for n in numbers:
        song(journal, n)
        with journal.write() as writing:
            writing.insert("balances", {"at": n + 0.25, "balance": 100.0 - n, "quiet": 1})
            writing.insert("exchanges", {"purpose": "poll", "method": "GET", "url": "/", "asked_at": float(n)})
            for k in range(4):
                times = {"start_s": None if k == 3 else k * 0.5, "end_s": k * 0.5 + 0.1 * n}
                writing.insert("words", {"clip_id": f"c{n}-0", "position": k, "word": f"la{k}", **times})


# ── columns that grow ────────────────────────────────────────────────────────────────────────────────────────────────
COLUMNS = [
    Column(name=f"c{n}", dtype=dtype, description="") for n, dtype in enumerate([STRING, FLOAT, INTEGER, BOOLEAN, TIME])
]


@settings(deadline=None, max_examples=40)
@given(cuts=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6), st.integers(0, 6)), max_size=12))
def test_rows_in_the_place_of_others_are_as_in_a_list(cuts: list[tuple[int, int, int]]) -> None:
    grown = Grown(COLUMNS)
    wanted: list[tuple[Any, ...]] = []
    for turn, (start, taken_n, rows_n) in enumerate(cuts):
        first = min(start, len(wanted))
        stop = min(first + taken_n, len(wanted))
        rows = [with_gaps(turn + n, (f"{turn}·{n}", n / 3, n, n % 2, 1e9 + n)) for n in range(rows_n)]
        wanted[first:stop] = rows
        values = {column.name: [row[place] for row in rows] for place, column in enumerate(COLUMNS)}
        grown.splice([Cut(start=first, stop=stop, rows_n=rows_n)], range(rows_n), values)
        pd.testing.assert_frame_equal(grown.frame(), frame(wanted, COLUMNS))


def with_gaps(n: int, row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(None if (n + place) % 5 == 0 else value for place, value in enumerate(row))


def test_numbers_no_column_can_hold_are_missing() -> None:
    made = frame([("a", 1.0, 2**70, 1, 1e300), ("b", 1.0, 7, 0, 1e9)], COLUMNS)
    assert made["c2"].tolist() == [pd.NA, 7]
    assert made["c4"].isna().tolist() == [True, False]
