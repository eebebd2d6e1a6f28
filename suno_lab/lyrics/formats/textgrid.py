"""Praat TextGrid (long text form): tiers of words, lines and sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from suno_lab.lyrics.timed import SungWord, lines

SUFFIX = ".TextGrid"
KEEPS = "words"

_HEAD = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = {end_s}
tiers? <exists>
size = {tiers_n}
item []:
"""

Interval = tuple[float, float, str]
_INTERVAL = re.compile(r'xmin\s*=\s*(\S+)\s+xmax\s*=\s*(\S+)\s+text\s*=\s*"((?:[^"]|"")*)"')
_TIER = re.compile(r'name\s*=\s*"((?:[^"]|"")*)"(.*?)(?=item\s*\[\d+\]\s*:|\Z)', re.DOTALL)


def write(words: Sequence[SungWord]) -> str:
    """Three interval tiers without overlaps; what overlaps is cut at the start of the next."""
    sung = lines(words)
    tiers = {
        "words": [(word.start_s, word.end_s, word.word) for word in words],
        "lines": [(line.start_s, line.end_s, line.text) for line in sung],
        "sections": _sections(words),
    }
    end_s = max((word.end_s for word in words), default=0.001)
    head = _HEAD.format(end_s=f"{end_s:.6f}", tiers_n=len(tiers))
    return head + "".join(_tier(number, name, _filled(tiers[name], end_s)) for number, name in enumerate(tiers, 1))


def _sections(words: Sequence[SungWord]) -> list[Interval]:
    found = []
    for (_, label), group in groupby(words, key=lambda word: (word.section, word.section_label)):
        members = list(group)
        found.append((members[0].start_s, max(word.end_s for word in members), label))
    return found


def _filled(intervals: list[Interval], end_s: float) -> list[Interval]:
    """Intervals that cover everything from 0 to the end, with empty ones between."""
    filled: list[Interval] = []
    at_s = 0.0
    starts_s = [start_s for start_s, _, _ in intervals[1:]] + [end_s]
    for (start_s, stop_s, text), next_s in zip(intervals, starts_s, strict=False):
        start_s, stop_s = max(start_s, at_s), min(stop_s, max(next_s, at_s))
        if stop_s <= start_s:
            continue
        filled += [(at_s, start_s, "")] if start_s > at_s else []
        filled.append((start_s, stop_s, text))
        at_s = stop_s
    return filled + ([(at_s, end_s, "")] if end_s > at_s else [])


def _tier(number: int, name: str, intervals: list[Interval]) -> str:
    end_s = intervals[-1][1] if intervals else 0.001
    text = f'    item [{number}]:\n        class = "IntervalTier"\n        name = "{name}"\n        xmin = 0\n'
    text += f"        xmax = {end_s:.6f}\n        intervals: size = {len(intervals)}\n"
    for index, (start_s, stop_s, label) in enumerate(intervals, 1):
        quoted = label.replace('"', '""')
        text += f"        intervals [{index}]:\n            xmin = {start_s:.6f}\n            xmax = {stop_s:.6f}\n"
        text += f'            text = "{quoted}"\n'
    return text


def read(text: str) -> tuple[SungWord, ...]:
    """Words of the tier "words" (else the first), with line and section from the tiers of these names.

    Raises
    ------
    ValueError
        When it is no TextGrid in the long text form.
    """
    tiers = {name: _intervals(body) for name, body in _TIER.findall(text)}
    if "TextGrid" not in text[:200] or not tiers:
        raise ValueError("not a TextGrid in the long text form")
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


def _intervals(body: str) -> list[Interval]:
    return [(float(a), float(b), label.replace('""', '"')) for a, b, label in _INTERVAL.findall(body)]


def _place(intervals: list[Interval], time_s: float) -> int:
    """How many labelled intervals begin after the first and not after this time."""
    labelled = [start_s for start_s, _, text in intervals if text]
    return max(sum(start_s <= time_s + 1e-6 for start_s in labelled) - 1, 0)
