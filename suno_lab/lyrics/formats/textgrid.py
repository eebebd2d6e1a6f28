"""Praat TextGrid, through praatio: tiers of words, lines and sections. Reads the long and the short text form."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from suno_lab.lyrics.timed import SungWord, lines

SUFFIX = ".TextGrid"
KEEPS = "words"
PRECISION_S = 0.000001

Interval = tuple[float, float, str]


def write(words: Sequence[SungWord]) -> str:
    """Three interval tiers without overlaps; what overlaps is cut at the start of the next."""
    from praatio.utilities.textgrid_io import getTextgridAsStr

    sung = lines(words)
    tiers = {
        "words": [(word.start_s, word.end_s, word.word) for word in words],
        "lines": [(line.start_s, line.end_s, line.text) for line in sung],
        "sections": _sections(words),
    }
    end_s = round(max((word.end_s for word in words), default=0.001), 6)
    made = [
        {"class": "IntervalTier", "name": name, "xmin": 0.0, "xmax": end_s, "entries": _apart(rows, end_s)}
        for name, rows in tiers.items()
    ]
    return str(getTextgridAsStr({"xmin": 0.0, "xmax": end_s, "tiers": made}, "long_textgrid", True))


def _sections(words: Sequence[SungWord]) -> list[Interval]:
    found = []
    for (_, label), group in groupby(words, key=lambda word: (word.section, word.section_label)):
        members = list(group)
        found.append((members[0].start_s, max(word.end_s for word in members), label))
    return found


def _apart(intervals: list[Interval], end_s: float) -> list[Interval]:
    """Intervals in order that do not touch each other's time; empty ones are left out, praatio fills the gaps."""
    apart: list[Interval] = []
    at_s = 0.0
    starts_s = [start_s for start_s, _, _ in intervals[1:]] + [end_s]
    for (start_s, stop_s, text), next_s in zip(intervals, starts_s, strict=False):
        start_s, stop_s = round(max(start_s, at_s), 6), round(min(stop_s, max(next_s, at_s)), 6)
        if stop_s > start_s:
            apart.append((start_s, stop_s, text))
            at_s = stop_s
    return apart


def read(text: str) -> tuple[SungWord, ...]:
    """Words of the tier "words" (else the first interval tier), with line and section from the tiers of these names.

    Raises
    ------
    ValueError
        When it is no TextGrid, or holds no interval tier.
    """
    from praatio.utilities.textgrid_io import parseTextgridStr

    try:
        found = parseTextgridStr(text, includeEmptyIntervals=False)["tiers"] if "ooTextFile" in text[:200] else []
    except (IndexError, KeyError, ValueError) as problem:
        raise ValueError(f"not a TextGrid: {problem}") from problem
    tiers: dict[str, list[Interval]] = {
        str(tier["name"]): [(float(a), float(b), str(label)) for a, b, label in tier["entries"]]
        for tier in found
        if tier["class"] == "IntervalTier"
    }
    if not tiers:
        raise ValueError("not a TextGrid: no interval tier in it")
    words = tiers.get("words") or next(iter(tiers.values()))
    return tuple(
        SungWord(
            word=word,
            start_s=start_s,
            end_s=end_s,
            line=_place(tiers.get("lines", []), start_s),
            section=_place(tiers.get("sections", []), start_s),
            section_label=next((t for a, b, t in tiers.get("sections", []) if a - 1e-6 <= start_s < b), ""),
        )
        for start_s, end_s, word in words
        if word
    )


def _place(intervals: list[Interval], time_s: float) -> int:
    """How many labelled intervals begin after the first and not after this time."""
    labelled = [start_s for start_s, _, text in intervals if text]
    return max(sum(start_s <= time_s + 1e-6 for start_s in labelled) - 1, 0)
