"""Writers that are killed or compete, each a process of its own: ``python -m benchmarks._writers KIND FOLDER``.

They write until they are stopped (or ``--rows`` are written) and acknowledge every row with one byte on stdout.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from suno_lab.api.music import Generate
from suno_lab.store import requests as ledger
from suno_lab.store.journal import Journal
from suno_lab.store.requests import Draft


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(WRITERS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=10**9)
    parser.add_argument("--name", default="w")
    options = parser.parse_args(argv)
    WRITERS[options.kind](options.folder, options.rows, options.name)
    return 0


def acknowledge(mark: bytes = b".") -> None:
    """Say that a row is safe: unbuffered, so that nothing is said that did not happen."""
    os.write(sys.stdout.fileno(), mark)


def write_journal(folder: Path, rows_n: int, name: str) -> None:
    """Requests as a session records them: the row, then the durable intent; acknowledged when the second returns."""
    journal = Journal(folder / "session.db")
    for n in range(rows_n):
        request = Generate(description=f"song {n} of {name}", instrumental=True)
        row = ledger.record(journal, Draft(request=request, service="emulator", credits_estimated=12.0), now=float(n))
        if ledger.mark_sent(journal, row.request_id, owner=name, body=b"{}", now=float(n), max_credits=None):
            acknowledge()


def write_events(folder: Path, rows_n: int, name: str) -> None:
    """Plain rows through the journal; an error is acknowledged as ``!``."""
    journal = Journal(folder / "session.db")
    for n in range(rows_n):
        try:
            with journal.write() as writing:
                writing.insert("events", {"at": time.time(), "request_id": name, "state": "ROW", "note": str(n)})
            acknowledge()
        except Exception as problem:  # noqa: BLE001 - counted by the parent, whatever it is
            sys.stderr.write(f"{type(problem).__name__}: {problem}\n")
            acknowledge(b"!")


def write_deferred(folder: Path, rows_n: int, name: str) -> None:
    """The habit: the library's default transactions, read first, then write."""
    con = sqlite3.connect(folder / "habit.db", isolation_level=None)
    con.execute("pragma journal_mode=wal")
    con.execute("create table if not exists rows (n integer, name text)")
    for _ in range(rows_n):
        try:
            con.execute("begin")
            n = con.execute("select count(*) from rows where name = ?", (name,)).fetchone()[0]
            con.execute("insert into rows values (?, ?)", (n, name))
            con.execute("commit")
            acknowledge()
        except sqlite3.OperationalError:
            if con.in_transaction:
                con.execute("rollback")
            acknowledge(b"!")


def write_csv(folder: Path, rows_n: int, name: str) -> None:
    """The habit: a frame that grows by ``concat`` and is written out after every row."""
    import pandas as pd

    frame = pd.DataFrame()
    for n in range(rows_n):
        row = pd.DataFrame([{"n": n, "prompt": f"song {n} of {name}", "status": "SENT", "credits": 12.0}])
        frame = pd.concat([frame, row], ignore_index=True)
        frame.to_csv(folder / "rows.csv", index=False)
        acknowledge()


WRITERS = {"journal": write_journal, "events": write_events, "deferred": write_deferred, "csv": write_csv}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
