"""Clips as a grid to compare: which row and column each stands in, what is said about it, and how loud to play it.

Pure functions: frame in, plain values out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from suno_lab.models import minutes
from suno_lab.widgets.rows import model_label, plain, records

if TYPE_CHECKING:
    import pandas as pd

#: short words for columns of the session's frame
AXES: Mapping[str, str] = {"model": "model_requested", "prompt": "prompt", "take": "sibling"}
#: what is said on a clip, where it is known
CHIPS = ("tempo_bpm", "musical_key", "duration_s", "loudness_integrated_lufs")
LOUDNESS = "loudness_integrated_lufs"
#: where the column of what was asked is called otherwise than ``requested_`` and the measure's name
ASKED = {"musical_key": "requested_key"}
PROMPT_LENGTH = 60


@dataclass(frozen=True, kw_only=True)
class Grid:
    """What a comparison shows.

    Attributes
    ----------
    rows, columns : list of str
        Labels, in order of first appearance.
    clips : list of dict
        ``clip_id, title, name, row, column, chips, gain_db, emulated, finding``; ``row`` and ``column`` are places in
        the lists; a chip is ``name, text, value, asked``.
    """

    rows: list[str]
    columns: list[str]
    clips: list[dict[str, Any]]


def grid(
    df: pd.DataFrame,
    *,
    rows: str,
    columns: str,
    chips: Sequence[str] = CHIPS,
    findings: Mapping[str, str] = MappingProxyType({}),
) -> Grid:
    """Arrange the clips of a session's frame.

    Parameters
    ----------
    df : DataFrame
        One row a clip, as ``session.df``; rows without a clip are left out.
    rows, columns : str
        ``"model"``, ``"prompt"``, ``"take"``, or any column.
    chips : sequence of str
        Columns to show on every clip; where there is a ``requested_`` column of the name, what was asked stands beside.
    findings : mapping of str to str
        What is odd with the file of a clip, in words, by clip.

    Raises
    ------
    KeyError
        For a column the frame does not have.
    """
    clips = df[df["clip_id"].notna()]
    down, across = axis_labels(clips, rows), axis_labels(clips, columns)
    row_labels, column_labels = list(dict.fromkeys(down)), list(dict.fromkeys(across))
    gains_db = attenuations_db(clips[LOUDNESS] if LOUDNESS in clips else [None] * len(clips))
    entries = [
        {
            **_entry(record, chips=chips),
            "finding": findings.get(str(record["clip_id"]), ""),
            "row": row_labels.index(row),
            "column": column_labels.index(column),
            "gain_db": gain_db,
        }
        for record, row, column, gain_db in zip(records(clips), down, across, gains_db, strict=True)
    ]
    return Grid(rows=row_labels, columns=column_labels, clips=entries)


def axis_labels(df: pd.DataFrame, axis: str) -> list[str]:
    """What each clip is filed under."""
    if axis == "prompt" and "prompt" not in df:
        return [prompt_text(record) for record in records(df)]
    column = AXES.get(axis, axis)
    if column not in df:
        raise KeyError(f"no column {axis!r} to arrange clips by; there are {', '.join(map(str, df.columns))}")
    values = [plain(value) for value in df[column]]
    if column == "sibling":
        return ["–" if value is None else f"take {int(value) + 1}" for value in values]
    return ["–" if value is None else _text(value) for value in values]


def prompt_text(record: Mapping[str, Any]) -> str:
    """A prompt in one short line: its description, else style, lyrics or title."""
    given = (plain(record.get(name)) for name in ("description", "style", "lyrics", "title"))
    words = next((str(text).strip() for text in given if text), "–")
    line = " ".join(words.split())
    return line if len(line) <= PROMPT_LENGTH else line[: PROMPT_LENGTH - 1] + "…"


def _entry(record: Mapping[str, Any], *, chips: Sequence[str]) -> dict[str, Any]:
    model, sibling = plain(record.get("model_requested")), plain(record.get("sibling"))
    emulated = record.get("service") == "emulator"
    take = "" if sibling is None else f"take {int(sibling) + 1}"
    named = model_label(model, emulated=emulated)
    return {
        "clip_id": str(record["clip_id"]),
        "title": str(plain(record.get("title")) or "untitled"),
        "name": " · ".join(part for part in (named, take) if part),
        "emulated": emulated,
        "chips": [chip for name in chips if (chip := _chip(record, name))],
    }


def _chip(record: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    value, asked = plain(record.get(name)), plain(record.get(ASKED.get(name, f"requested_{name}")))
    if value is None and asked is None:
        return None
    return {
        "name": name,
        "text": "?" if value is None else with_unit(name, value),
        "asked": "" if asked is None else with_unit(name, asked),
        "value": value,
    }


def with_unit(name: str, value: Any) -> str:
    """A value as it is read: ``92.3 bpm``, ``1:32``, ``−14.2 LUFS``, ``Eb minor``."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return _text(value)
    if name.endswith("duration_s"):
        return minutes(value)
    unit = name.rpartition("_")[2] if "_" in name else ""
    word = {"bpm": "bpm", "hz": "Hz", "s": "s", "db": "dB", "lufs": "LUFS", "lu": "LU", "dbfs": "dBFS"}.get(unit, "")
    return f"{value:.4g} {word}".strip().replace("-", "−")


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def attenuations_db(loudness_lufs: Iterable[Any]) -> list[float]:
    """By how much each clip is turned down so that all are as loud as the quietest; never turned up.

    Clips of unknown loudness, and silent ones, are played as they are and count for nothing.

    >>> attenuations_db([-14.0, -20.5, None])
    [-6.5, 0.0, 0.0]
    """
    known = [plain(value) for value in loudness_lufs]
    usable = [value for value in known if isinstance(value, int | float) and value > -70 and math.isfinite(value)]
    quietest = min(usable, default=0.0)
    return [round(quietest - value, 2) if value in usable else 0.0 for value in known]
