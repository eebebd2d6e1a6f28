"""LRC: ``[mm:ss.xx]line``. Lines only; an empty line with a time ends the one before it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest

from suno_lab.lyrics.formats.guarding import guarded, unguarded
from suno_lab.lyrics.formats.stamps import PATTERN, seconds, stamp
from suno_lab.lyrics.timed import SungWord, lines

SUFFIX = ".lrc"
KEEPS = "lines"
PRECISION_S = 0.01

LAST_LINE_S = 5.0  #: how long a last line without an end is taken to last
_OFFSET = re.compile(r"^\[offset:\s*([+-]?\d{1,6})\s*\]$", re.IGNORECASE)
_TIMES = re.compile(rf"^((?:\[{PATTERN}\])+)(.*)$")


def write(words: Sequence[SungWord]) -> str:
    """One line a sung line; where the next begins later than this one ends, its end is marked."""
    sung = lines(words)
    text = []
    for line, after in zip_longest(sung, sung[1:]):
        text.append(f"[{_stamp(line.start_s)}]{guarded(line.text, '[')}")
        if after is None or after.start_s > line.end_s + 0.005:
            text.append(f"[{_stamp(line.end_s)}]")
    return "\n".join(text) + "\n"


def read(text: str) -> tuple[SungWord, ...]:
    """One word a line. Lines with several times are repeated; tags such as ``[ar:…]`` are skipped, ``[offset:…]`` is
    applied (milliseconds; positive means earlier).

    Raises
    ------
    ValueError
        When there is text, but no line with a time.
    """
    timed, offset_s = [], 0.0
    for raw in text.split("\n"):
        if shift := _OFFSET.match(raw.strip()):
            offset_s = int(shift[1]) / 1000
        if match := _TIMES.match(raw.strip()):
            timed += [(seconds(time), unguarded(match[2])) for time in re.findall(PATTERN, match[1])]
    if text.strip() and not timed:
        raise ValueError("not LRC: no line of the form [01:02.34]words")
    timed = sorted(((max(time_s - offset_s, 0.0), line) for time_s, line in timed), key=lambda one: one[0])
    ends_s = [after[0] for _, after in pairwise(timed)] + [start_s + LAST_LINE_S for start_s, _ in timed[-1:]]
    sung = [(start_s, end_s, line) for (start_s, line), end_s in zip(timed, ends_s, strict=True) if line]
    return tuple(
        SungWord(word=line, start_s=start_s, end_s=end_s, line=i) for i, (start_s, end_s, line) in enumerate(sung)
    )


def _stamp(time_s: float) -> str:
    return stamp(time_s, decimals=2, hours=False)
