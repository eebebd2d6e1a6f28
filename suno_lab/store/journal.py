"""The journal: one SQLite file in WAL mode, one writer connection a process.

Writes are ``BEGIN IMMEDIATE`` transactions under a lock; a durable one (``synchronous=FULL``) has reached the disk when
it returns. SQLite releases before 3.51.3 can corrupt a WAL file when two processes write and checkpoint at the same
instant, so there every write holds a lock file as well. No other database library may open this file.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import lru_cache
from math import isfinite
from pathlib import Path
from types import TracebackType
from typing import Any

from suno_lab.errors import StorageFull, StoreError
from suno_lab.store.locks import FileLock
from suno_lab.store.migrations import MIGRATIONS

BUSY_TIMEOUT_S = 20.0
#: the first SQLite release without the fault described above
SAFE_SQLITE = (3, 51, 3)
#: a row touches a page a table and a page an index, and each goes to the WAL whole: small pages make small writes
PAGE_BYTES = 2048
#: about how long the WAL becomes before it is carried over into the file
CHECKPOINT_BYTES = 8 * 1024 * 1024
#: with less than this free, a failed write is called a full disk
FULL_BELOW_BYTES = 1024 * 1024


class Journal:
    """The session's database.

    Parameters
    ----------
    path : pathlib.Path
        The file; made with mode 0600 when absent.
    lock_path : pathlib.Path, optional
        Lock file of the writers; by default ``session.lock`` beside the database.
    """

    def __init__(self, path: Path, *, lock_path: Path | None = None) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._read_lock = threading.RLock()
        self._pid = -1
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._durable: bool | None = None  #: what the writer is set to
        self._open_ones: list[sqlite3.Connection] = []
        weakref.finalize(self, _close_all, self._open_ones)
        self._file_lock = FileLock(lock_path or path.with_name("session.lock"))
        self._translated = translated(path)
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    # ── opening ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def _open(self) -> None:
        self._pid = os.getpid()
        with self._lock, self._read_lock, self._translated, self._guard():
            _touch_private(self.path)
            self._durable = None
            _of_parents.extend(self._open_ones)  # after a fork: not ours to close, nor to let go of
            self._open_ones.clear()
            self._writer = _connect(self.path)
            self._open_ones.append(self._writer)
            self._writer.execute(f"pragma page_size={PAGE_BYTES}")  # heard by a new file only
            self._writer.execute("pragma journal_mode=wal")
            self._writer.execute(f"pragma wal_autocheckpoint={CHECKPOINT_BYTES // PAGE_BYTES}")
            _migrate(self._writer)
            self._reader = _connect(self.path)
            self._open_ones.append(self._reader)
            self._reader.execute("pragma query_only=on")

    def _own(self) -> None:
        """A connection does not survive a fork: a child opens its own."""
        if self._pid != os.getpid():
            self._lock, self._read_lock = threading.RLock(), threading.RLock()
            self._file_lock = FileLock(self._file_lock.path)
            self._open()
        if self._writer is None:
            raise StoreError(f"the session {self.path.parent} is closed; open the folder again with SunoSession(path)")

    def _guard(self) -> AbstractContextManager[object]:
        """What writers and checkpoints of all processes pass one by one, where SQLite does not see to it itself."""
        return self._file_lock if sqlite3.sqlite_version_info < SAFE_SQLITE else nullcontext()

    def close(self) -> None:
        """Let go of the file; whatever was acknowledged is in it."""
        if self._pid != os.getpid():
            return
        with self._lock, self._read_lock, self._guard():
            _close_all(self._open_ones)
            self._reader = self._writer = None
        self._file_lock.close()

    # ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def rows(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """All rows of one question."""
        self._own()
        with self._read_lock, self._translated:
            assert self._reader is not None
            return self._reader.execute(sql, parameters).fetchall()

    def read(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The columns' names and all rows of one question, as plain tuples."""
        self._own()
        with self._read_lock, self._translated:
            assert self._reader is not None
            cursor = self._reader.cursor()
            cursor.row_factory = None
            cursor.execute(sql, parameters)
            return [column[0] for column in cursor.description], cursor.fetchall()

    def row(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> sqlite3.Row | None:
        """The first row of one question, or None."""
        found = self.rows(sql, parameters)
        return found[0] if found else None

    def value(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        """The first value of the first row, or None."""
        found = self.row(sql, parameters)
        return None if found is None else found[0]

    @property
    def version(self) -> tuple[int, int]:
        """Number of the last transaction (this process's or another's), and of the last one that took rows away."""
        row = self.row("select change_n, epoch_n from counter")
        assert row is not None
        return int(row[0]), int(row[1])

    # ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────
    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Writing]:
        """One transaction: all of it or nothing.

        Parameters
        ----------
        durable : bool
            Whether it must have reached the disk when this returns.

        Raises
        ------
        StorageFull
            The disk is full; nothing of the transaction was kept.
        """
        self._own()
        with self._lock, self._translated, self._guard():
            connection = self._writer
            assert connection is not None
            if durable is not self._durable:
                connection.execute(f"pragma synchronous={'full' if durable else 'normal'}")
                self._durable = durable
            connection.execute("begin immediate")
            try:
                yield Writing(connection)
                connection.execute("commit")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("rollback")
                raise

    @contextmanager
    def erase(self) -> Iterator[Writing]:
        """One durable transaction; what it takes away is overwritten in the file, and not in the WAL any more."""
        self._own()
        with self._lock, self._translated, self._guard():
            assert self._writer is not None
            self._writer.execute("pragma secure_delete=on")
            try:
                with self.write(durable=True) as writing:
                    yield writing
                self._writer.execute("pragma wal_checkpoint(truncate)").fetchall()
            finally:
                self._writer.execute("pragma secure_delete=off")

    def snapshot(self, target: Path) -> Path:
        """Copy the database to a new file that other programs may open."""
        self._own()
        if target.exists():
            raise StoreError(f"{target} exists; a snapshot is written to a new file")
        with self._read_lock, translated(target):
            assert self._reader is not None
            _touch_private(target)
            copy = sqlite3.connect(target)
            try:
                self._reader.backup(copy)
            finally:
                copy.close()
        return target


class Writing:
    """An open write transaction: the only way rows get in."""

    __slots__ = ("_connection", "change_n")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # two plain statements: one that gives back what it wrote costs SQLite a table of its own
        self.change_n: int = connection.execute("select change_n from counter").fetchall()[0][0] + 1
        connection.execute("update counter set change_n = ?", (self.change_n,))

    def insert(self, table: str, row: Mapping[str, Any]) -> int:
        """Add a row; its id."""
        values = [*map(storable, row.values()), self.change_n]
        cursor = self._connection.execute(insertion(table, tuple(row)), values)
        return int(cursor.lastrowid or 0)

    def upsert(self, table: str, row: Mapping[str, Any], *, key: Sequence[str]) -> None:
        """Add a row, or overwrite the given columns of the one with the same key."""
        rest = [name for name in row if name not in key] + ["change_n"]
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in rest)
        sql = f"{insertion(table, tuple(row))} on conflict ({', '.join(key)}) do update set {changes}"
        self._connection.execute(sql, [*map(storable, row.values()), self.change_n])

    def update(self, table: str, values: Mapping[str, Any], *, where: Mapping[str, Any]) -> int:
        """Change the rows where all columns of ``where`` are equal; how many there were."""
        changed = {**values, "change_n": self.change_n}
        sets = ", ".join(f'"{name}" = ?' for name in changed)
        tests = " and ".join(f'"{name}" = ?' for name in where)
        parameters = [storable(value) for value in (*changed.values(), *where.values())]
        return self._connection.execute(f"update {table} set {sets} where {tests}", parameters).rowcount  # noqa: S608

    def delete(self, table: str, *, where: Mapping[str, Any]) -> int:
        """Take rows away; how many there were."""
        tests = " and ".join(f'"{name}" = ?' for name in where)
        sql = f"delete from {table} where {tests}"  # noqa: S608
        gone = self.execute(sql, tuple(where.values())).rowcount
        if gone:
            self.execute("update counter set epoch_n = change_n")
        return gone

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Any other statement."""
        return self._connection.execute(sql, [storable(value) for value in parameters])

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first value the question finds inside this transaction, or None."""
        found = self.execute(sql, parameters).fetchone()
        return None if found is None else found[0]


@lru_cache(maxsize=256)
def insertion(table: str, names: tuple[str, ...]) -> str:
    """The statement that adds a row with these columns and the number of the change."""
    columns = ", ".join(f'"{name}"' for name in (*names, "change_n"))
    return f"insert into {table} ({columns}) values ({', '.join('?' * (len(names) + 1))})"  # noqa: S608


def storable(value: Any) -> Any:
    """What SQLite can hold without a surprise: no NaN turned NULL by accident, no lone surrogates, no huge integers."""
    if isinstance(value, str):
        if value.isascii():
            return value if type(value) is str else str(value)
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, int):
        return int(value) if -(2**63) <= value < 2**63 else str(value)
    return value


#: connections that a forked child has from its parent
_of_parents: list[sqlite3.Connection] = []


def _close_all(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()


def _touch_private(path: Path) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    os.close(descriptor)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def _migrate(connection: sqlite3.Connection) -> None:
    known = int(connection.execute("pragma user_version").fetchone()[0])
    if known > len(MIGRATIONS):
        raise StoreError(
            f"this folder was written by a newer suno_lab (schema {known}, known here {len(MIGRATIONS)}): "
            "upgrade to open it"
        )
    if known == len(MIGRATIONS):
        return
    connection.execute("begin immediate")
    try:
        start = int(connection.execute("pragma user_version").fetchone()[0])  # another process may have been faster
        for number, migrate in enumerate(MIGRATIONS[start:], start + 1):
            migrate(connection)
            connection.execute(f"pragma user_version = {number}")
        connection.execute("commit")
    except BaseException:
        connection.execute("rollback")
        raise


class translated:
    """SQLite's errors in this package's words."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        ours = isinstance(problem, sqlite3.Error | OSError)
        if ours and not isinstance(problem, sqlite3.IntegrityError | StoreError):
            raise _store_error(problem, self.path) from None


def _store_error(problem: BaseException | None, path: Path) -> StoreError:
    import errno

    full = getattr(problem, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or (
        isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT)
    )
    if not full and "i/o" in str(problem).lower():
        with suppress(OSError):
            full = shutil.disk_usage(path.parent).free < FULL_BELOW_BYTES
    if full:
        return StorageFull(
            f"the disk is full: {path} could not be written. What was acknowledged before is safe; "
            "free some space and call session.resume()"
        )
    return StoreError(f"the journal {path} cannot be used: {problem}")
