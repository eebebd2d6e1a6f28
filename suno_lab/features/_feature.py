"""What a family says about each number it measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: a measured value; None is "not measurable here", never 0
Value = float | int | bool | str | None
Row = dict[str, Value]

#: how values may be compared: ``linear`` by difference, ``log`` by ratio, ``circular`` and ``nominal`` by agreement,
#: ``flag`` by share
Scale = Literal["linear", "log", "circular", "nominal", "flag"]
Direction = Literal["neutral", "higher", "lower"]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One column: its name, unit, scale, which direction is better (mostly neither), meaning, and pandas dtype."""

    name: str
    unit: str
    scale: Scale
    description: str
    direction: Direction = "neutral"
    dtype: str = "float64"
