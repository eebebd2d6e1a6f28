"""Where a clip came from: its request, and the clips, tasks and files named in it, all the way back."""

from __future__ import annotations

import json
from collections import deque
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

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
    Column(name="into", dtype="Int64", description="row of the step it went into; missing for the first"),
)
#: fields of a request that name what went into it
_NAMES = ("clip_id", "task_id", "source_url", "source_urls", "persona", "stem_id")


def frame_of(journal: Journal, some_id: str) -> pd.DataFrame:
    """The way back from a clip or task."""
    rows: list[tuple[Any, ...]] = []
    waiting: deque[tuple[int, str, str, int | None]] = deque([(0, some_id, "asked for", None)])
    seen = set[str]()
    while waiting:
        depth, name, source, into = waiting.popleft()
        if name in seen:
            continue
        seen.add(name)
        clip_id, found = _made_by(journal, name)
        if found is None:
            rows.append((depth, None, None, None, None, f"{source}: {name}", into))
            continue
        seen.add(str(found["task_id"]))
        rows.append((depth, clip_id, found["task_id"], found["request_id"], found["operation"], source, into))
        here = len(rows) - 1
        waiting.extend((depth + 1, value, field, here) for field, value in _named(found["request"]))
    return frame(rows, COLUMNS)


def _made_by(journal: Journal, name: str) -> tuple[str | None, Any]:
    clip_id = _clip_of(journal, name)
    task_id = journal.value("select task_id from clips where clip_id = ?", (clip_id,))
    product = journal.value("select task_id from products where item_id = ? or url = ?", (name, name))
    sql = "select request_id, operation, task_id, request from requests where task_id = ?"
    return clip_id, journal.row(sql, (task_id or product or name,))


def _clip_of(journal: Journal, name: str) -> str | None:
    """The clip of an id, of an address the service gave for it, or of a kept file's name."""
    sql = "select clip_id from clips where ? in (clip_id, audio_url, source_audio_url, stream_url) limit 1"
    kept = "select clip_id from files where sha256 = ? and clip_id != '' order by file_id limit 1"
    digest = PurePosixPath(urlsplit(name).path).stem
    return journal.value(sql, (name,)) or journal.value(kept, (digest,))


def _named(request: str) -> list[tuple[str, str]]:
    fields = json.loads(request)
    if "clip_id" in fields:
        fields.pop("task_id", None)  # the clip says it already
    found: list[tuple[str, str]] = []
    for name in _NAMES:
        value = fields.get(name)
        found += [(name, str(item)) for item in (value if isinstance(value, list) else [value]) if item]
    return found
