"""A session's frame as the rows of a table on the screen. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from suno_lab.widgets.grids import prompt_text, with_unit
from suno_lab.widgets.rows import model_label, plain, records

if TYPE_CHECKING:
    import pandas as pd

#: what the browser shows of a clip
COLUMNS = (
    "title",
    "model_requested",
    "prompt",
    "tempo_bpm",
    "musical_key",
    "duration_s",
    "loudness_integrated_lufs",
    "status",
    "requested_at",
)
LABELS = {
    "model_requested": "model",
    "tempo_bpm": "tempo",
    "musical_key": "key",
    "duration_s": "length",
    "loudness_integrated_lufs": "loudness",
    "requested_at": "asked (UTC)",
}


def table_columns(names: Sequence[str] = COLUMNS) -> list[dict[str, str]]:
    """The head of the table: ``name`` and ``label``."""
    return [{"name": name, "label": LABELS.get(name, name.replace("_", " "))} for name in names]


def table_rows(
    df: pd.DataFrame, names: Sequence[str] = COLUMNS, *, findings: Mapping[str, str] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """One row a clip, and one a failed request.

    Parameters
    ----------
    df : DataFrame
        As ``session.df``.
    names : sequence of str
        Columns; ``"prompt"`` is the short line of :func:`~suno_lab.widgets.grids.prompt_text`.
    findings : mapping of str to str
        What is odd with the file of a clip, in words, by clip.

    Returns
    -------
    list of dict
        ``id`` (the clip, else the request), ``clip_id`` ("" for none), ``finding`` (the error, where there is no file),
        ``hidden`` (searched but not shown: lyrics, style, labels), and ``cells`` with
        ``text`` to read and ``value`` to sort by (None for unknown).
    """
    return [_row(record, names, findings) for record in records(df)]


def _row(record: Mapping[str, Any], names: Sequence[str], findings: Mapping[str, str]) -> dict[str, Any]:
    clip_id = str(plain(record.get("clip_id")) or "")
    searched = (plain(record.get(name)) for name in ("lyrics", "style", "tags", "labels"))
    error = str(plain(record.get("error")) or "")
    return {
        "id": clip_id or str(record["request_id"]),
        "clip_id": clip_id,
        "finding": findings.get(clip_id, error),
        "hidden": "\n".join(str(text) for text in searched if text),
        "cells": [_cell(record, name) for name in names],
    }


def _cell(record: Mapping[str, Any], name: str) -> dict[str, Any]:
    if name == "prompt":
        text = prompt_text(record)
        return {"text": text, "value": text}
    value = plain(record.get(name))
    if value is None:
        return {"text": "", "value": None}
    if hasattr(value, "timestamp"):
        return {"text": f"{value:%Y-%m-%d %H:%M:%S}", "value": value.timestamp()}
    if name == "model_requested":
        return {"text": model_label(str(value), emulated=record.get("service") == "emulator"), "value": str(value)}
    return {"text": with_unit(name, value), "value": value if isinstance(value, int | float) else str(value)}


def lineage_steps(lineage: pd.DataFrame) -> list[str]:
    """The way back from a clip, nearest step first: which operation, on which clip; or what was named in its place."""
    return [_step(record) for record in records(lineage)]


def _step(record: Mapping[str, Any]) -> str:
    operation, clip_id = plain(record.get("operation")), plain(record.get("clip_id"))
    if operation is None:
        return str(plain(record.get("source")) or "unknown")
    return str(operation).replace("_", " ") + (f" (clip {clip_id[:8]})" if clip_id else "")
