"""What was asked, as JSON: enough to ask for it again."""

from __future__ import annotations

import json
from pathlib import Path

from suno_lab.exports._view import SessionView

SUMMARY = "requests.json: every request with its status, one object each"


def write(view: SessionView, folder: Path) -> list[Path]:
    """Write ``requests.json``: a list of objects, missing values as null, times in ISO 8601 UTC."""
    frame = view.frames["requests"].reset_index().drop(columns="index", errors="ignore")
    rows = json.loads(frame.to_json(orient="records", date_format="iso", date_unit="ms", force_ascii=False))
    target = folder / "requests.json"
    text = json.dumps([_with_objects(row) for row in rows], ensure_ascii=False, indent=1)
    target.write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
    return [target]


def _with_objects(row: dict[str, object]) -> dict[str, object]:
    """The request, kept as JSON text in its column, becomes an object again."""
    return {name: _object(value) if name == "request" else value for name, value in row.items()}


def _object(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
