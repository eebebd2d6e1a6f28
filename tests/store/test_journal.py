"""The journal: nothing acknowledged is lost, nothing half-written is seen."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.errors import StorageFull, StoreError
from suno_lab.store import Journal
from suno_lab.store.journal import storable
from suno_lab.store.migrations import MIGRATIONS

WRITER = """
import sys
from pathlib import Path
from suno_lab.store import Journal
journal = Journal(Path(sys.argv[1]))
for n in range(int(sys.argv[2])):
    with journal.write(durable=sys.argv[3] == "durable") as writing:
        writing.insert("events", {"at": float(n), "request_id": sys.argv[4], "state": "x" * 500})
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
"""


def write_event(journal: Journal, name: str = "r", **about: bool) -> None:
    with journal.write(**about) as writing:
        writing.insert("events", {"at": 0.0, "request_id": name, "state": "NEW"})


def writer(path: Path, *, n: int, how: str = "plain", name: str = "r") -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(path), str(n), how, name]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_files_are_private(journal: Journal) -> None:
    write_event(journal)
    modes = {file.name: file.stat().st_mode & 0o777 for file in journal.path.parent.iterdir()}
    assert set(modes.values()) == {0o600}, modes


def test_the_schema_is_made_once_and_known_by_number(journal: Journal) -> None:
    assert journal.value("pragma user_version") == len(MIGRATIONS)
    assert journal.value("pragma journal_mode") == "wal"
    journal.close()
    again = Journal(journal.path)
    assert again.value("pragma user_version") == len(MIGRATIONS)
    again.close()


def test_every_step_of_the_schema_can_be_taken_from_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    con = sqlite3.connect(path)
    MIGRATIONS[0](con)
    con.execute("pragma user_version = 1")
    con.commit()
    con.close()
    journal = Journal(path)
    assert journal.value("pragma user_version") == len(MIGRATIONS)
    journal.close()


def test_a_newer_folder_is_refused(journal: Journal) -> None:
    journal.close()
    con = sqlite3.connect(journal.path)
    con.execute("pragma user_version = 9999")
    con.close()
    with pytest.raises(StoreError, match="newer suno_lab"):
        Journal(journal.path)


def test_a_broken_transaction_leaves_nothing(journal: Journal) -> None:
    def broken() -> None:
        with journal.write() as writing:
            writing.insert("events", {"at": 0.0, "request_id": "r", "state": "NEW"})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert journal.value("select count(*) from events") == 0
    write_event(journal)
    assert journal.value("select count(*) from events") == 1


def test_every_row_says_which_transaction_wrote_it(journal: Journal) -> None:
    write_event(journal)
    first = journal.version
    write_event(journal)
    assert journal.version[0] == first[0] + 1
    assert [row[0] for row in journal.rows("select change_n from events")] == [first[0], first[0] + 1]


def test_readers_cannot_write(journal: Journal) -> None:
    with pytest.raises(StoreError, match="readonly"):
        journal.rows("delete from events")


def test_a_full_disk_is_one_clear_error_and_loses_nothing(journal: Journal) -> None:
    write_event(journal, durable=True)
    assert journal._writer is not None
    pages = journal.value("pragma page_count")
    journal._writer.execute(f"pragma max_page_count = {pages}")

    def fill() -> None:
        for _ in range(1000):
            with journal.write() as writing:
                writing.insert("events", {"at": 0.0, "request_id": "r", "state": "x" * 1000})

    with pytest.raises(StorageFull, match="the disk is full"):
        fill()
    assert journal.value("select count(*) from events where state = 'NEW'") == 1
    journal._writer.execute("pragma max_page_count = 1000000")
    write_event(journal)
    assert journal.value("pragma integrity_check") == "ok"


def test_a_closed_journal_says_so(journal: Journal) -> None:
    journal.close()
    with pytest.raises(StoreError, match="closed"):
        journal.rows("select 1")


def test_a_folder_that_cannot_be_used_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "session.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StoreError, match="cannot be used"):
        Journal(tmp_path / "session.db")


@pytest.mark.parametrize("how", ["plain", "durable"])
def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path, how: str) -> None:
    path = tmp_path / "session.db"
    process = writer(path, n=10**6, how=how)
    assert process.stdout is not None
    for _ in range(50):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    acknowledged = 50 + len([line for line in process.stdout.read().splitlines() if line])
    process.stdout.close()
    process.wait()
    journal = Journal(path)
    assert journal.value("select count(*) from events") >= acknowledged
    assert journal.value("pragma integrity_check") == "ok"
    write_event(journal)
    journal.close()


def test_two_processes_write_without_losing_a_row(tmp_path: Path) -> None:
    path, n = tmp_path / "session.db", 200
    Journal(path).close()
    processes = [writer(path, n=n, name=name) for name in ("a", "b")]
    for process in processes:
        assert process.communicate()[0].count("\n") == n
        assert process.returncode == 0
    journal = Journal(path)
    counts = dict(tuple(row) for row in journal.rows("select request_id, count(*) from events group by 1"))
    assert counts == {"a": n, "b": n}
    assert journal.value("select count(distinct change_n) from events") == 2 * n
    assert journal.value("pragma integrity_check") == "ok"
    journal.close()


def _child(journal: Journal, answers: multiprocessing.Queue) -> None:
    write_event(journal, "child")
    answers.put(journal.value("select count(*) from events"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_opens_its_own_connection(journal: Journal) -> None:
    write_event(journal, "parent")
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_child, args=(journal, answers))
    child.start()
    assert answers.get(timeout=30) == 2
    child.join(30)
    write_event(journal, "parent")
    assert journal.value("select count(*) from events") == 3


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none(), st.binary()))
def test_anything_can_be_stored(value: object) -> None:
    con = sqlite3.connect(":memory:")
    con.execute("select ?", (storable(value),))
    con.close()


def test_no_accidents_with_strange_values() -> None:
    assert storable(float("nan")) is None
    assert storable("a\ud800b") == "a?b"
    assert storable(2**70) == str(2**70)
    assert storable(True) == 1
