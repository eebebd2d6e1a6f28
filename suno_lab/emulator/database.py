"""The file behind the state: its schema, its migrations, and who may write when.

Writes are ``BEGIN IMMEDIATE`` and, on SQLite before 3.51.3, serialised between processes by a lock file (two
connections that write a WAL at the same instant may corrupt it there). Commits are ``synchronous=NORMAL``: they survive
the death of the process, which is what a restart has to survive.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

#: appended to, never edited
MIGRATIONS: list[str] = [
    """
    create table tasks (
        task_id text primary key, operation text not null, family text not null, body text not null,
        accepted_at real not null, takes_s real not null, seed integer not null, credits real not null,
        callback_url text not null, detail text not null, faults text not null, failure text,
        refund_at real, refunded integer not null default 0
    ) without rowid;
    create index tasks_by_time on tasks (accepted_at);
    create index tasks_to_refund on tasks (refund_at) where refund_at is not null and not refunded;
    create table pieces (
        piece_id text primary key, task_id text not null, kind text not null, place integer not null,
        name text not null, facts text
    ) without rowid;
    create index pieces_by_task on pieces (task_id, kind, place);
    create table repeats (body_hash blob primary key, n integer not null) without rowid;
    create table account (name text primary key, value real not null) without rowid;
    create table ledger (
        id integer primary key, at real not null, kind text not null, path text not null, task_id text not null,
        credits real not null, balance real not null, code integer not null, note text not null
    );
    create table callbacks (
        id integer primary key, task_id text not null, url text not null, stage text not null, due_at real not null,
        attempts integer not null default 0, state text not null default 'due'
    );
    create index callbacks_due on callbacks (due_at) where state = 'due';
    create table kept (kind text not null, name text not null, value text not null, primary key (kind, name))
        without rowid;
    """,
]
_SAFE_SQLITE = (3, 51, 3)


class Database:
    """One connection to the file, migrated to the newest schema. Not safe between threads by itself.

    Parameters
    ----------
    path, guard : Path
        The database, and the file whose lock is held while it is written.
    """

    def __init__(self, path: Path, *, guard: Path) -> None:
        path.touch(mode=0o600)
        self._guard = _open_guard(guard)
        self.con = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30.0)
        self.close = weakref.finalize(self, _close, self.con, self._guard)
        with _held(self._guard):
            self.con.execute("pragma journal_mode = wal")
        self.con.execute("pragma synchronous = normal")
        with self.writing() as con:
            _migrate(con)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; nothing of it remains when the block raises."""
        with _held(self._guard):
            self.con.execute("begin immediate")
            try:
                yield self.con
                self.con.execute("commit")
            except BaseException:
                if self.con.in_transaction:
                    self.con.execute("rollback")
                raise


def _migrate(con: sqlite3.Connection) -> None:
    start = con.execute("pragma user_version").fetchone()[0]
    for number, script in enumerate(MIGRATIONS[start:], start + 1):
        for statement in script.split(";"):
            con.execute(statement)
        con.execute(f"pragma user_version = {number}")


def _open_guard(path: Path) -> IO[bytes] | None:
    if sqlite3.sqlite_version_info >= _SAFE_SQLITE:
        return None
    path.touch(mode=0o600)
    return path.open("ab")


def _close(con: sqlite3.Connection, guard: IO[bytes] | None) -> None:
    con.close()
    if guard is not None:
        guard.close()


@contextmanager
def _held(guard: IO[bytes] | None) -> Iterator[None]:
    """The lock between processes, where the platform has one."""
    if guard is None:
        yield
        return
    try:
        import fcntl
    except ImportError:  # Windows: SQLite's own locks remain
        yield
        return
    fcntl.flock(guard, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(guard, fcntl.LOCK_UN)
