"""What the user writes beside clips and requests: notes, and columns of their own. What was written last counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from suno_lab.store.hashes import canonical
from suno_lab.store.journal import Journal
from suno_lab.tables import BOOLEAN, FLOAT, STRING, Column

NOTE = "note"


def keep(journal: Journal, target_id: str, values: Mapping[str, Any], *, now: float) -> None:
    """Write values beside a clip or a request; None takes one away.

    Parameters
    ----------
    target_id : str
        A ``clip_id``, or the ``request_id`` of everything a request made.
    values : mapping of str to str, float, bool or None
        By column. A column is of text, numbers or claims; one that gets several kinds is of text.
    """
    with journal.write() as writing:
        for name, value in values.items():
            row = {"target_id": target_id, "name": name, "value": canonical(value), "at": now}
            writing.upsert("marks", row, key=("target_id", "name"))
            known = writing.value("select dtype from mark_columns where name = ?", (name,))
            dtype = _dtype(value) or known or STRING
            if name != NOTE and known != dtype:
                dtype = dtype if known is None else STRING
                writing.upsert("mark_columns", {"name": name, "dtype": dtype}, key=("name",))


def columns(journal: Journal) -> tuple[Column, ...]:
    """The user's own columns, in the order they came up."""
    rows = journal.rows("select name, dtype from mark_columns order by rowid")
    return tuple(Column(name=row["name"], dtype=row["dtype"], description="a column of yours") for row in rows)


def read(of_request: str | None, of_clip: str | None) -> dict[str, Any]:
    """Values by column, as two JSON objects say: what was written beside the clip goes first."""
    of_both = [json.loads(text) for text in (of_request, of_clip) if text and text != "{}"]
    return {name: value for marks in of_both for name, value in marks.items() if value is not None}


def as_dtype(value: Any, dtype: str) -> Any:
    """A value in a column: numbers and claims of a column of text as text."""
    return value if value is None or dtype != STRING or isinstance(value, str) else canonical(value)


def _dtype(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return BOOLEAN
    return FLOAT if isinstance(value, int | float) else STRING
