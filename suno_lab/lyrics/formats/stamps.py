"""Times as text: ``01:02.34``, ``00:01:02,340`` and the like."""

from __future__ import annotations

import re

PATTERN = r"(?:\d+:)?\d{1,3}:\d{1,2}(?:[.,]\d{1,3})?"


def stamp(seconds: float, *, decimals: int = 3, hours: bool = True, point: str = ".") -> str:
    """Seconds as ``h:mm:ss.fff``; rounded before it is split, never negative."""
    units = round(max(seconds, 0.0) * 10**decimals)
    whole, fraction = divmod(units, 10**decimals)
    minutes, rest = divmod(whole, 60)
    if not hours:
        return f"{minutes:02d}:{rest:02d}{point}{fraction:0{decimals}d}"
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}{point}{fraction:0{decimals}d}"


def seconds(text: str) -> float:
    """The opposite of :func:`stamp`, for any of the usual spellings.

    Raises
    ------
    ValueError
        When it is no time.
    """
    match = re.fullmatch(r"(?:(\d+):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,3}))?", text.strip())
    if match is None:
        raise ValueError(f"not a time: {text!r}")
    hours, minutes, whole, fraction = match.groups()
    return (
        int(hours or 0) * 3600
        + int(minutes) * 60
        + int(whole)
        + (int(fraction) / 10 ** len(fraction) if fraction else 0)
    )
