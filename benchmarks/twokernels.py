"""Several kernels on one folder: ``python -m benchmarks twokernels --writers 2 --rows 10000``.

Writers and a reader, each a process of its own, on one journal: every row must arrive, nobody may see a lock error, and
what the reader counts may only grow. Beside it the habit (deferred transactions that read before they write). Then a
probe: while a transaction is open, every public method of a session that reads is called, and after each a second
process must still find the database locked (two SQLite libraries in one process would silently drop the lock).
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks._outcome import conclude
from benchmarks._processes import python
from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
from suno_lab.store.journal import Journal
from suno_lab.tables import TABLES

PROBE = """
import sqlite3, sys
con = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
try:
    con.execute("begin immediate")
    print("free")
except sqlite3.OperationalError as problem:
    print("locked" if "locked" in str(problem) else problem)
"""


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks twokernels", description=__doc__)
    parser.add_argument("--writers", type=int, default=2)
    parser.add_argument("--rows", "--n", type=int, default=10_000, help="rows of each writer")
    parser.add_argument("--naive-rows", type=int, default=2_000, help="rows of each writer of the habit")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="twokernels-") as name:
        folder = Path(name)
        ours = compete(folder, options.writers, options.rows)
        habit = compete_deferred(folder, options.writers, options.naive_rows)
        held = held_through(folder / "session")
    wanted_n = options.writers * options.rows
    lost = {name: state for name, state in held.items() if state != "locked"}
    goals = {
        f"{wanted_n} rows": ours["rows_n"] == wanted_n,
        "no error": ours["errors_n"] == 0,
        "the reader's count only grows": bool(ours["monotonic"]),
        "the file is whole": bool(ours["whole"]),
        "the lock holds through every method": not lost,
    }
    return conclude("twokernels", {"journal": ours, "deferred": habit, "probes_n": len(held), "lock_lost": lost}, goals)


# ── writers and a reader ─────────────────────────────────────────────────────────────────────────────────────────────
def compete(folder: Path, writers_n: int, rows_n: int) -> dict[str, Any]:
    """Writers against each other, and a reader that watches."""
    journal = Journal(folder / "session.db")
    said = run_writers("events", folder, writers_n, rows_n, watch=lambda: int(journal.value(COUNT)))
    result = {
        "rows_n": int(journal.value(COUNT)),
        "errors_n": said["errors_n"],
        "reads_n": len(said["seen"]),
        "monotonic": said["seen"] == sorted(said["seen"]),
        "whole": journal.value("pragma integrity_check") == "ok",
    }
    journal.close()
    return result


COUNT = "select count(*) from events where state = 'ROW'"


def compete_deferred(folder: Path, writers_n: int, rows_n: int) -> dict[str, Any]:
    """The same with the library's default transactions."""
    said = run_writers("deferred", folder, writers_n, rows_n)
    con = sqlite3.connect(folder / "habit.db")
    kept = con.execute("select count(*) from rows").fetchone()[0]
    con.close()
    return {"wanted_n": writers_n * rows_n, "rows_n": kept, "errors_n": said["errors_n"]}


def run_writers(
    kind: str, folder: Path, writers_n: int, rows_n: int, *, watch: Callable[[], int] | None = None
) -> dict[str, Any]:
    """Run writers to their end; what they said, and what ``watch`` saw meanwhile."""
    seen: list[int] = []
    with ExitStack() as stack, tempfile.TemporaryFile() as said:
        writers = [
            stack.enter_context(
                python(["-m", "benchmarks._writers", kind, folder, "--rows", str(rows_n), "--name", f"w{k}"],
                       stdout=said.fileno())
            )
            for k in range(writers_n)
        ]  # fmt: skip
        while any(writer.poll() is None for writer in writers):
            if watch is not None:
                seen.append(watch())
            try:
                writers[0].wait(timeout=0.005)
            except subprocess.TimeoutExpired:
                continue
        said.seek(0)
        errors_n = said.read().count(b"!") + sum(writer.returncode != 0 for writer in writers)
    return {"errors_n": errors_n, "seen": seen}


#: the probe's own control
FREE = "(after it)"


# ── the lock, while everything else happens ──────────────────────────────────────────────────────────────────────────
def held_through(folder: Path) -> dict[str, str]:
    """Call each reading method inside an open transaction; what a second process finds after it."""
    settings = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None)
    with SunoSession(folder, "emulator", emulator=settings, songs=PlainSongs(), progress=False) as session:
        task = session.generate("a tune", model="V5", instrumental=True)
        session.analyze("integrity")
        states = {}
        with session.journal.write() as writing:
            writing.execute("update meta set value = value")
            states["(nothing)"] = probe(session.journal.path)
            for name, call in reading_calls(session, task, folder.parent).items():
                call()
                states[name] = probe(session.journal.path)
        states[FREE] = "locked" if probe(session.journal.path) == "free" else "the probe sees locks that are not there"
    return states


def reading_calls(session: SunoSession, task: Any, outside: Path) -> dict[str, Callable[[], Any]]:
    """Every public method that reads, by name."""
    from suno_lab.api.music import Generate

    clip = task.clips[0]
    frames: dict[str, Callable[[], Any]] = {
        name: lambda name=name: getattr(session, name) for name in (*TABLES, "df", "clip_ids", "spent_credits")
    }
    return frames | {
        "repr": lambda: repr(session),
        "session[id]": lambda: session[clip.clip_id],
        "unresolved": session.unresolved,
        "open_tasks": lambda: session.open_tasks,
        "price": lambda: session.price(Generate(description="another tune")),
        "verify": session.verify,
        "sql": lambda: session.sql("select count(*) from clips"),
        "compact": lambda: session.compact(outside / "parquet"),
        "snapshot": lambda: session.snapshot(outside / "snapshot.db"),
        "lineage": lambda: session.lineage(clip),
        "task card": task._repr_html_,
        "clip card": clip._repr_html_,
        "clip.audio": lambda: clip.audio,
        "clip.words": lambda: clip.words,
        "export": lambda: session.export(outside / "dataset"),
        "report": lambda: session.report(outside / "report.html"),
    }


def probe(path: Path) -> str:
    """``locked`` or ``free``, as a second process finds the database."""
    found = subprocess.run([sys.executable, "-c", PROBE, str(path)], capture_output=True, text=True, check=True)
    return found.stdout.strip()
