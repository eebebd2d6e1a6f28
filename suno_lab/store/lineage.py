"""Where a clip came from: its request, and the clips, tasks and files named in it, all the way back."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any

from suno_lab.store.journal import Journal
from suno_lab.tables import Column, frame

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    Column(name="depth", dtype="Int64", description="steps back, from 0"),
    Column(name="clip_id", dtype="string[pyarrow]", description="the clip, where it is one"),
    Column(name="task_id", dtype="string[pyarrow]", description="the task that made it"),
    Column(name="request_id", dtype="string[pyarrow]", description="the request"),
    Column(name="operation", dtype="string[pyarrow]", description="its operation"),
    Column(name="source", dtype="string[pyarrow]", description="how it was named in the step before"),
)
#: fields of a request that name what went into it
_NAMES = ("clip_id", "task_id", "source_url", "source_urls", "persona", "stem_id")


def frame_of(journal: Journal, some_id: str) -> pd.DataFrame:
    """The way back from a clip or task."""
    rows: list[tuple[Any, ...]] = []
    waiting, seen = deque([(0, some_id, "asked for")]), set[str]()
    while waiting:
        depth, name, source = waiting.popleft()
        if name in seen:
            continue
        seen.add(name)
        clip_id, found = _made_by(journal, name)
        if found is None:
            rows.append((depth, None, None, None, None, f"{source}: {name}"))
            continue
        seen.add(str(found["task_id"]))
        rows.append((depth, clip_id, found["task_id"], found["request_id"], found["operation"], source))
        waiting.extend((depth + 1, value, field) for field, value in _named(found["request"]))
    return frame(rows, COLUMNS)


def _made_by(journal: Journal, name: str) -> tuple[str | None, Any]:
    task_id = journal.value("select task_id from clips where clip_id = ?", (name,))
    product = journal.value("select task_id from products where item_id = ? or url = ?", (name, name))
    sql = "select request_id, operation, task_id, request from requests where task_id = ?"
    return (name if task_id else None), journal.row(sql, (task_id or product or name,))


def _named(request: str) -> list[tuple[str, str]]:
    fields = json.loads(request)
    if "clip_id" in fields:
        fields.pop("task_id", None)  # the clip says it already
    found: list[tuple[str, str]] = []
    for name in _NAMES:
        value = fields.get(name)
        found += [(name, str(item)) for item in (value if isinstance(value, list) else [value]) if item]
    return found
