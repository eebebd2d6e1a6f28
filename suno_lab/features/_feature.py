"""What a family says about each of its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: a measured value; None is "not measurable here", never 0
Value = float | int | bool | str | None
Row = dict[str, Value]

#: how values may be compared: ``log`` by ratio; ``dB``, ``proportion`` (a flag is the proportion 0 or 1) and ``linear``
#: by difference; ``circular`` by difference the short way round where it is a number with a period, else, like
#: ``nominal``, by agreement
Scale = Literal["log", "dB", "proportion", "nominal", "circular", "linear"]
#: which way is better: ``none`` for what is a matter of taste
Direction = Literal["none", "up", "down"]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One column.

    Attributes
    ----------
    name, unit, description : str
        What it is called, what it counts in, and what it means.
    method : str
        How it is measured, as a methods section would say it.
    scale : str
        How it may be compared, see :data:`Scale`.
    direction : {"none", "up", "down"}
        Which way is better.
    dtype : str
        Of the pandas column.
    period : float, optional
        Of a circular number: what is added to come back to the same.
    interval : (str, str), optional
        The columns that hold the ends of its interval.
    """

    name: str
    unit: str
    scale: Scale
    method: str
    description: str
    direction: Direction = "none"
    dtype: str = "float64"
    period: float | None = None
    interval: tuple[str, str] | None = None
