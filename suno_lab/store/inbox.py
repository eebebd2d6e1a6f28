"""Callbacks as they came in: kept by a process of its own, read as hints."""

from __future__ import annotations

from suno_lab.store.journal import Journal

#: larger bodies are not kept
MAX_BODY_BYTES = 1024 * 1024


def keep(
    journal: Journal,
    *,
    intent: str,
    task_id: str | None,
    stage: str | None,
    signed: bool | None,
    body: bytes,
    now: float,
) -> bool:
    """Keep one callback; False for one that was kept before (same task, same stage)."""
    with journal.write(durable=True) as writing:
        sql = "select 1 from callbacks where intent = ? and task_id is ? and stage is ?"
        if writing.value(sql, (intent, task_id, stage)):
            return False
        row = {"at": now, "intent": intent, "task_id": task_id, "stage": stage, "signed": signed}
        writing.insert("callbacks", {**row, "body": body[:MAX_BODY_BYTES]})
    return True


def task_ids(journal: Journal, intent: str) -> list[str]:
    """The tasks that callbacks on a request's path named, earliest first; wrongly signed ones do not count."""
    sql = (
        "select distinct task_id from callbacks where intent = ? and task_id is not null and coalesce(signed, 1) "
        "order by callback_id"
    )
    return [str(row["task_id"]) for row in journal.rows(sql, (intent,))]
