"""Measures kept in one file, so that a second run computes nothing."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

from suno_lab.errors import StoreError
from suno_lab.features._feature import Row

Cache = MutableMapping[tuple[str, ...], Row]
TABLE = "create table if not exists measures (key text primary key, row text not null)"


class FileCache(Cache):
    """Rows by key in an SQLite file, which is made where it is missing; every row is kept as soon as it is there.

    Parameters
    ----------
    path : path
        The file.

    Raises
    ------
    StoreError
        When there is a file that is something else, or it cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        try:
            self._connection = sqlite3.connect(path, timeout=60, isolation_level=None)
            self._connection.execute(TABLE)
        except sqlite3.Error as error:
            raise StoreError(f"{os.fspath(path)} cannot keep measures: {error}") from error

    def __getitem__(self, key: tuple[str, ...]) -> Row:
        found = self._connection.execute("select row from measures where key = ?", (json.dumps(key),)).fetchone()
        if found is None:
            raise KeyError(key)
        return dict(json.loads(found[0]))

    def __setitem__(self, key: tuple[str, ...], row: Row) -> None:
        values = (json.dumps(key), json.dumps(row))
        self._connection.execute("insert or replace into measures values (?, ?)", values)

    def __delitem__(self, key: tuple[str, ...]) -> None:
        if not self._connection.execute("delete from measures where key = ?", (json.dumps(key),)).rowcount:
            raise KeyError(key)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return (tuple(json.loads(key)) for (key,) in self._connection.execute("select key from measures").fetchall())

    def __len__(self) -> int:
        return int(self._connection.execute("select count(*) from measures").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


@contextmanager
def opened(cache: Cache | str | os.PathLike[str] | None) -> Iterator[Cache | None]:
    """The mapping itself, or that in a file."""
    if not isinstance(cache, (str, os.PathLike)):
        yield cache
        return
    kept = FileCache(cache)
    try:
        yield kept
    finally:
        kept.close()
