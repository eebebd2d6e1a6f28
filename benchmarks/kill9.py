"""What survives ``kill -9``: ``python -m benchmarks kill9 --trials 100``.

A writer acknowledges every row on a pipe once its transaction has returned, and is killed at a random moment; every
acknowledged row must be there afterwards, whole. Beside it the notebook habit (a frame that grows by ``concat`` and is
written with ``to_csv`` after every row) under the same kills. ``kill -9`` says nothing about a power cut.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks._outcome import conclude
from benchmarks._processes import kill9, python
from suno_lab.errors import StoreError
from suno_lab.store.journal import Journal

WRITERS = "benchmarks._writers"


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks kill9", description=__doc__)
    parser.add_argument("--trials", type=int, default=100, help="kills of the journal's writer")
    parser.add_argument("--naive-trials", type=int, default=20, help="kills of the habit beside it")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    rng = random.Random(options.seed)
    ours = _trials("journal", options.trials, rng, judge_journal)
    habit = _trials("csv", options.naive_trials, rng, judge_csv)
    goals = {
        "no acknowledged row lost": ours["lost_n"] == 0,
        "every file whole": ours["broken_n"] == 0,
        "rows were written": ours["acknowledged_n"] > options.trials,
    }
    return conclude("kill9", {"journal": ours, "concat_to_csv": habit}, goals)


def _trials(kind: str, trials_n: int, rng: random.Random, judge: Callable[[Path], tuple[int, bool]]) -> dict:
    lost_n = broken_n = acknowledged_n = 0
    with tempfile.TemporaryDirectory(prefix="kill9-") as folder:
        for trial in range(trials_n):
            path = Path(folder) / f"{trial}"
            path.mkdir()
            acknowledged = _killed(kind, path, after_s=rng.uniform(0.02, 0.4))
            kept, whole = judge(path)
            acknowledged_n += acknowledged
            lost_n += max(acknowledged - kept, 0)
            broken_n += not whole
    return {"trials_n": trials_n, "acknowledged_n": acknowledged_n, "lost_n": lost_n, "broken_n": broken_n}


def _killed(kind: str, folder: Path, *, after_s: float) -> int:
    """Rows acknowledged by a writer that was killed ``after_s`` seconds after its first."""
    with python(["-m", WRITERS, kind, folder], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        first = writer.stdout.read(1)
        time.sleep(after_s)
        kill9(writer)
        return len(first + writer.stdout.read())


def judge_journal(folder: Path) -> tuple[int, bool]:
    """How many rows are kept, and whether the file is whole: every row with its event, in order, nothing torn."""
    try:
        journal = Journal(folder / "session.db")
    except StoreError:
        return 0, False
    kept = int(journal.value("select count(*) from requests where state = 'SENT'"))
    sent = int(journal.value("select count(*) from events where state = 'SENT'"))
    last = int(journal.value("select coalesce(max(run_order), 0) from requests"))
    sound = journal.value("pragma integrity_check") == "ok"
    journal.close()
    return kept, sound and kept == sent and 0 <= last - kept <= 1


def judge_csv(folder: Path) -> tuple[int, bool]:
    """The same for the habit's file."""
    import pandas as pd

    with suppress(OSError, ValueError):  # an empty or torn file
        rows = pd.read_csv(folder / "rows.csv")
        return len(rows), not rows.isna().any(axis=None)
    return 0, False
