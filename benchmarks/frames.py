"""What a frame costs while a study grows: ``python -m benchmarks frames``.

Processor time of every frame of a session after one more row was journaled, with ``--n`` clips kept, all measured, and
as many rows in each other table; of ``session.clips`` against reading the whole table again; and of ``n`` rows of that
table journaled one by one, each in a transaction of its own, and one frame at the end, against the same rows in a frame
that grows by ``concat``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks._outcome import conclude
from suno_lab import SunoSession, features
from suno_lab.store import Journal
from suno_lab.store.frames import Frames
from suno_lab.store.journal import Writing

AT_MOST_MS = 5.0
EVERY = (
    "df", "requests", "exchanges", "tasks", "clips", "files", "words", "features", "ratings", "credits", "events",
    "comparisons",
)  # fmt: skip
#: rows → how many times cheaper than ``concat`` it has to be
RATIOS = {1_000: 30.0, 4_000: 300.0}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks frames", description=__doc__)
    parser.add_argument("--n", type=int, default=100_000, help="clips in the journal")
    parser.add_argument("--best-of", type=int, default=7)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="frames-") as folder:
        large = after_one(Path(folder) / "large.db", options.n, options.best_of)
        every = every_after_one(Path(folder) / "session", options.n, options.best_of)
        ratios = {n: against_concat(Path(folder), n, options.best_of) for n in RATIOS}
    goals = {
        f"one more of {options.n} costs at most {AT_MOST_MS:g} ms": max(every.values()) <= AT_MOST_MS,
        "it equals the whole table read again": bool(large["equal"]),
    }
    goals |= {f"at least {least:g} times concat at {n}": ratios[n]["times"] >= least for n, least in RATIOS.items()}
    return conclude("frames", {"large": large, "after_one_ms": every, "against_concat": ratios}, goals)


def after_one(path: Path, n: int, best_of: int) -> dict[str, Any]:
    """Processor time of the frame after one more clip, in ms."""
    journal = Journal(path)
    add(journal, range(n), at_once=True)
    frames = Frames(journal)
    first_ms = cpu_ms(lambda: frames.table("clips"))
    taken = []
    for k in range(best_of):
        add(journal, range(n + k, n + k + 1))
        taken.append(cpu_ms(lambda: frames.table("clips")))
    unchanged_ms = min(cpu_ms(lambda: frames.table("clips")) for _ in range(best_of))
    again_ms = cpu_ms(lambda: whole(journal))
    equal = frames.table("clips").equals(whole(journal))
    journal.close()
    return {
        "n": n, "first_ms": round(first_ms, 1), "after_one_ms": round(min(taken), 3),
        "unchanged_ms": round(unchanged_ms, 3), "read_again_ms": round(again_ms, 1),
        "times": round(again_ms / min(taken), 1), "equal": equal,
    }  # fmt: skip


def every_after_one(folder: Path, n: int, best_of: int) -> dict[str, float]:
    """Processor time of each frame of a session after one more row in every table, in ms."""
    with SunoSession(folder, service="emulator", progress=False) as session:
        add_everything(session.journal, range(n), at_once=True)
        taken = {name: [] for name in EVERY}
        for name in EVERY:
            getattr(session, name)
        for k in range(best_of):
            add_everything(session.journal, range(n + k, n + k + 1))
            for name in EVERY:
                taken[name].append(cpu_ms(lambda name=name: getattr(session, name)))
    return {name: round(min(each), 3) for name, each in taken.items()}


def against_concat(folder: Path, n: int, best_of: int) -> dict[str, float]:
    """Processor time of ``n`` rows and a frame, both ways, in ms; ours the best of a few, theirs (minutes) once."""
    taken, rows = [], list[dict[str, Any]]()
    for k in range(best_of):
        journaled_ms, rows = journaled(folder / f"{n}-{k}.db", n)
        taken.append(journaled_ms)
    concat_ms = cpu_ms(lambda: grown(rows))
    return {
        "journal_ms": round(min(taken), 1), "concat_ms": round(concat_ms, 1),
        "times": round(concat_ms / min(taken), 1),
    }  # fmt: skip


def journaled(path: Path, n: int) -> tuple[float, list[dict[str, Any]]]:
    """Processor time of ``n`` rows in a journal and a frame of them, in ms; and the rows."""
    journal = Journal(path)
    frames = Frames(journal)
    add(journal, range(2), at_once=True)
    frames.table("clips")  # imports and caches are nobody's merit
    numbers = range(2, n + 2)
    with journal.write() as writing:
        for number in numbers:
            write_request(writing, number)
    taken_ms = cpu_ms(lambda: (append_clips(journal, numbers), frames.table("clips")))
    rows = frames.table("clips").reset_index().to_dict("records")[:n]
    journal.close()
    return taken_ms, rows


def grown(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The habit: a frame that grows by ``concat``."""
    made = pd.DataFrame([rows[0]])
    for row in rows[1:]:
        made = pd.concat([made, pd.DataFrame([row])], ignore_index=True)
    return made


def whole(journal: Journal) -> pd.DataFrame:
    """The table, read from the first row to the last."""
    return Frames(journal).table("clips")


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def add(journal: Journal, numbers: range, *, at_once: bool = False) -> None:
    """Journal a finished clip for every number, each in a transaction of its own unless ``at_once``."""
    for part in [numbers] if at_once else [range(n, n + 1) for n in numbers]:
        with journal.write() as writing:
            for n in part:
                write_request(writing, n)
                write_clip(writing, n)
                write_file(writing, n)


def add_everything(journal: Journal, numbers: range, *, at_once: bool = False) -> None:
    """Journal a finished, measured clip and a row of everything else for every number."""
    add(journal, numbers, at_once=at_once)
    with journal.write() as writing:
        for n in numbers:
            write_beside(writing, n)


def append_clips(journal: Journal, numbers: range) -> None:
    """Journal clips of requests that are there, each in a transaction of its own."""
    for n in numbers:
        with journal.write() as writing:
            write_clip(writing, n)


def write_request(writing: Writing, n: int) -> None:
    """A request that was carried out."""
    now = 1.7e9 + n
    writing.insert("requests", {
        "request_id": f"{n:032x}", "run_order": n + 1, "operation": "generate", "request_hash": f"{n}",
        "prompt_id": f"{n % 50}", "request": f'{{"description":"song {n}","instrumental":true}}',
        "model_requested": "V5", "service": "emulator", "emulated": True, "state": "ACCEPTED", "status": "SUCCESS",
        "credits": 12.0, "task_id": f"{n:032x}", "requested_at": now, "answered_at": now + 1, "finished_at": now + 9,
    })  # fmt: skip


def write_clip(writing: Writing, n: int) -> None:
    """Its clip."""
    writing.insert("clips", {
        "clip_id": f"clip-{n}", "task_id": f"{n:032x}", "sibling": 0, "title": f"Song {n}", "tags": "piano",
        "model_reported": "chirp-crow", "audio_url": f"https://example.org/{n}.mp3", "duration_s": 60.0 + n % 7,
        "created_at": 1.7e9 + n + 8, "service": "emulator", "emulated": True,
    })  # fmt: skip


def write_file(writing: Writing, n: int) -> None:
    """Its file."""
    writing.insert("files", {
        "task_id": f"{n:032x}", "clip_id": f"clip-{n}", "kind": "mp3", "status": "STORED",
        "path": f"audio/{n % 256:02x}/{n}.mp3", "sha256": f"{n:064x}", "size_bytes": 10**6, "stored_at": 1.7e9 + n + 9,
    })  # fmt: skip


def write_beside(writing: Writing, n: int) -> None:
    """What else a song leaves."""
    now, song = 1.7e9 + n, {"request_id": f"{n:032x}"}
    of_task = {**song, "task_id": f"{n:032x}", "operation": "generate"}
    writing.insert("tasks", {
        **of_task, "family": "music", "state": "SUCCESS", "status": "SUCCESS", "service": "emulator", "emulated": True,
        "accepted_at": now, "finished_at": now + 9,
    })  # fmt: skip
    writing.insert("exchanges", {
        **of_task, "purpose": "poll", "method": "GET", "url": "http://127.0.0.1/api/v1/generate/record-info",
        "status": 200, "code": 200, "got": b'{"code":200}', "asked_at": now, "latency_s": 0.1,
    })  # fmt: skip
    writing.insert("events", {**song, "at": now, "state": "SENT"})
    if n % 10 == 0:
        writing.insert("balances", {"at": now, "balance": 1e7 - n, "quiet": 1})
    clip = {"clip_id": f"clip-{n}"}
    writing.insert("words", {
        "clip_id": f"clip-{n // 100}", "position": n % 100, "word": f"la{n % 977}", "start_s": (n % 100) * 0.5,
        "end_s": (n % 100) * 0.5 + 0.4, "success": True,
    })  # fmt: skip
    writing.insert("ratings", {**clip, "rater": "me", "kind": "rating", "scale": "liking", "value": 3.0, "at": now})
    writing.insert("comparisons", {"at": now, "feature": "tempo_bpm", "by": "model", "table": "[]"})
    for family in ("rhythm", "level"):
        module = features.families()[family]
        measured = json.dumps({feature.name: float(n % 100) for feature in module.FEATURES})
        row = {"sha256": f"{n:064x}", "family": family, "version": module.VERSION, "estimator": "suno_lab"}
        writing.insert("features", {**row, "measured": measured, "at": now})


def cpu_ms(work: Callable[[], Any]) -> float:
    """Processor time of one call, in ms."""
    started = time.process_time()
    work()
    return 1000 * (time.process_time() - started)
