"""Rows of whatever a user hands over – frames, values, mappings – as plain Python."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def records(table: Any) -> list[Mapping[str, Any]]:
    """Rows of a frame (index included), of dataclass instances or of mappings, as mappings."""
    if table is None:
        return []
    if hasattr(table, "reset_index"):
        named = table.index.names != [None]
        return list((table.reset_index() if named else table).to_dict("records"))
    return [_fields(row) if is_dataclass(row) and not isinstance(row, type) else row for row in table]


def _fields(row: Any) -> Mapping[str, Any]:
    return {field.name: getattr(row, field.name) for field in fields(row)}


def plain(value: Any) -> Any:
    """A frame's scalar as plain Python: None for NaN, NA and NaT; NumPy's numbers as Python's."""
    import pandas as pd

    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)) else value


def number(value: Any) -> float | None:
    """A finite number, or None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return None
    return float(value) if math.isfinite(value) else None


def text(value: Any) -> str:
    """A string, or "" for anything else."""
    return value if isinstance(value, str) else ""


def model_label(model: str | None, *, emulated: bool) -> str:
    """A model as it prints: of an emulated clip with that word behind it; "" for none."""
    if not model:
        return ""
    return f"{model} (emulated)" if emulated and "emulated" not in model else model
