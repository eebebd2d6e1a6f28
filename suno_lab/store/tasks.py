"""What the service made: tasks, clips, products, timed words."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from statistics import median
from typing import Any

from suno_lab.errors import SunoLabError
from suno_lab.models import ClipRecord, Product, TaskRecord, TaskState, TimedLyrics, Word
from suno_lab.store.hashes import canonical
from suno_lab.store.journal import Journal, Writing
from suno_lab.store.requests import RequestRow, RequestState, mark_in


def accept(
    journal: Journal, row: RequestRow, task_id: str, *, family: str, now: float, emulated: bool, note: str | None = None
) -> None:
    """Keep the id of a task before anything else is done with the answer; durable."""
    service = "emulator" if emulated else row.service
    with journal.write(durable=True) as writing:
        task = {
            "task_id": task_id,
            "request_id": row.request_id,
            "operation": row.operation,
            "family": family,
            "state": TaskState.PENDING,
            "status": "PENDING",
            "service": service,
            "emulated": emulated,
            "accepted_at": now,
        }
        writing.upsert("tasks", task, key=("task_id",))
        mark_in(
            writing, row.request_id, RequestState.ACCEPTED, now=now, note=note, task_id=task_id, answered_at=now,
            service=service, emulated=emulated, credits=row.credits_estimated,
        )  # fmt: skip
        writing.update("requests", {"status": "PENDING"}, where={"request_id": row.request_id})


def keep_record(journal: Journal, record: TaskRecord, *, now: float) -> None:
    """Keep what a record endpoint said: the task's state, its clips and products."""
    with journal.write() as writing:
        task = writing.execute("select * from tasks where task_id = ?", (record.task_id,)).fetchone()
        if task is None:
            return
        ready = record.state in (TaskState.FIRST, TaskState.SUCCESS)
        change: dict[str, Any] = {"state": record.state, "status": record.status or record.state}
        change["first_at"] = task["first_at"] or (now if ready else None)
        if record.parent_clip_id:
            change["parent_clip_id"] = record.parent_clip_id
        writing.update("tasks", change, where={"task_id": record.task_id})
        writing.update("requests", {"status": change["status"]}, where={"task_id": record.task_id})
        for clip in record.clips:
            _keep_clip(writing, clip, task)
        for position, product in enumerate(record.products):
            _keep_product(writing, record.task_id, position, product)


def _keep_clip(writing: Writing, clip: ClipRecord, task: sqlite3.Row) -> None:
    known = {name: value for name, value in asdict(clip).items() if value is not None}
    row = {**known, "task_id": task["task_id"], "service": task["service"], "emulated": task["emulated"]}
    writing.upsert("clips", row, key=("clip_id",))


def _keep_product(writing: Writing, task_id: str, position: int, product: Product) -> None:
    plain = asdict(product)
    value = None if product.value is None else canonical(plain["value"])
    row = {**plain, "value": value, "task_id": task_id, "position": position}
    writing.upsert("products", row, key=("task_id", "position"))


def finish(journal: Journal, task_id: str, *, now: float) -> None:
    """The task is complete, and so is its request."""
    with journal.write() as writing:
        writing.update("tasks", {"finished_at": now, "interrupted_at": None}, where={"task_id": task_id})
        writing.update("requests", {"finished_at": now}, where={"task_id": task_id})


def fail(journal: Journal, task_id: str, error: SunoLabError, *, now: float, credits: float | None = None) -> None:
    """The task failed at the service."""
    code = getattr(error, "code", None) or None
    with journal.write() as writing:
        change = {"state": TaskState.FAILED, "finished_at": now, "error_code": code, "error": str(error)}
        writing.update("tasks", change, where={"task_id": task_id})
        row = writing.execute("select request_id, status from requests where task_id = ?", (task_id,)).fetchone()
        if row is not None:
            request_id = row["request_id"]
            mark_in(writing, request_id, RequestState.FAILED, now=now, error=error, finished_at=now, credits=credits)
            writing.update("requests", {"status": row["status"]}, where={"request_id": request_id})


def interrupt(journal: Journal, task_id: str, *, now: float) -> None:
    """Watching stopped; the task goes on at the service."""
    with journal.write() as writing:
        writing.update("tasks", {"interrupted_at": now}, where={"task_id": task_id})
        writing.update("requests", {"status": "INTERRUPTED"}, where={"task_id": task_id})


def record_of(journal: Journal, task_id: str) -> TaskRecord | None:
    """A task as last seen."""
    task = journal.row("select * from tasks where task_id = ?", (task_id,))
    if task is None:
        return None
    return TaskRecord(
        task_id=task_id,
        state=TaskState(task["state"]),
        status=task["status"],
        clips=clips_of(journal, task_id),
        products=products_of(journal, task_id),
        error_code=task["error_code"],
        error_message=task["error"],
        parent_clip_id=task["parent_clip_id"],
    )


_CLIP_FIELDS = tuple(ClipRecord.__dataclass_fields__)


def clips_of(journal: Journal, task_id: str) -> tuple[ClipRecord, ...]:
    """The clips of a task, siblings in order."""
    found = journal.rows("select * from clips where task_id = ? order by sibling", (task_id,))
    return tuple(ClipRecord(**{name: row[name] for name in _CLIP_FIELDS}) for row in found)


def products_of(journal: Journal, task_id: str) -> tuple[Product, ...]:
    """Everything else a task made."""
    found = journal.rows("select * from products where task_id = ? order by position", (task_id,))
    return tuple(
        Product(
            kind=row["kind"],
            name=row["name"],
            url=row["url"],
            value=json.loads(row["value"]) if row["value"] else None,
            clip_id=row["clip_id"],
            item_id=row["item_id"],
        )
        for row in found
    )


def open_tasks(journal: Journal) -> list[str]:
    """Ids of tasks whose end was not seen, oldest first."""
    sql = "select task_id from tasks where finished_at is null order by accepted_at"
    return [row["task_id"] for row in journal.rows(sql)]


def unfinished(journal: Journal) -> list[str]:
    """Ids of tasks whose end was not seen or of whose files some are missing, oldest first."""
    sql = (
        "select task_id from tasks t where finished_at is null or (state != 'FAILED' and exists "
        "(select 1 from files f where f.task_id = t.task_id and f.status != 'STORED')) order by accepted_at"
    )
    return [row["task_id"] for row in journal.rows(sql)]


def latencies_s(journal: Journal, operation: str, *, most: int = 20) -> list[float]:
    """How long the latest tasks of an operation took, in seconds."""
    sql = (
        "select finished_at - accepted_at as s from tasks where operation = ? and state = 'SUCCESS' "
        "and finished_at is not null and interrupted_at is null order by finished_at desc limit ?"
    )
    return [float(row["s"]) for row in journal.rows(sql, (operation, most))]


def typical_s(journal: Journal, operation: str) -> float | None:
    """How long tasks of an operation take here: the median of the latest; None before the first."""
    latencies = latencies_s(journal, operation)
    return median(latencies) if latencies else None


#: the family of measures that says more once there are words or stems
VOICE = "voice"


def forget_voice(writing: Writing, clip_id: str) -> None:
    """Have the voice of a clip measured again: there is more to measure it by."""
    sql = "delete from features where family = ? and sha256 in (select sha256 from files where clip_id = ?)"
    writing.execute(sql, (VOICE, clip_id))


def vocals_of(journal: Journal, clip_id: str) -> str | None:
    """Where the separated vocals of a clip are, relative to the folder; None where it was never separated."""
    sql = (
        "select f.path from files f join requests r on r.task_id = f.task_id where f.kind = 'stem' "
        "and f.status = 'STORED' and lower(f.name) in ('vocals', 'lead vocal', 'lead vocals') "
        "and r.request ->> '$.clip_id' = ? order by f.file_id desc limit 1"
    )
    return journal.value(sql, (clip_id,))


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def keep_timed_lyrics(journal: Journal, clip_id: str, timed: TimedLyrics, *, request_id: str, now: float) -> None:
    """Keep the timed words of a clip; earlier ones are replaced."""
    about = {"hoot_cer": timed.hoot_cer, "streamed": timed.streamed, "request_id": request_id, "at": now}
    with journal.write() as writing:
        writing.upsert("timed_lyrics", {"clip_id": clip_id, **about}, key=("clip_id",))
        writing.delete("words", where={"clip_id": clip_id})
        forget_voice(writing, clip_id)
        for position, word in enumerate(timed.words):
            writing.insert("words", {"clip_id": clip_id, "position": position, **asdict(word)})


def words_of(journal: Journal, clip_id: str) -> tuple[Word, ...]:
    """The kept words of a clip; none where they were never bought."""
    found = journal.rows("select * from words where clip_id = ? order by position", (clip_id,))
    return tuple(
        Word(
            word=row["word"],
            start_s=row["start_s"],
            end_s=row["end_s"],
            success=bool(row["success"]),
            palign=row["palign"],
        )
        for row in found
    )
