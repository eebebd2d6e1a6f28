"""SubRip: numbered lines with start and end. Lines only."""

from __future__ import annotations

import re
from collections.abc import Sequence

from suno_lab.lyrics.formats.stamps import PATTERN, seconds, stamp
from suno_lab.lyrics.timed import SungWord, lines

SUFFIX = ".srt"
KEEPS = "lines"

CUE = re.compile(rf"^({PATTERN})\s*-->\s*({PATTERN})[^\n]*\n(.*?)(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)


def write(words: Sequence[SungWord]) -> str:
    """One block a sung line."""
    blocks = [
        f"{number}\n{stamp(line.start_s, point=',')} --> {stamp(line.end_s, point=',')}\n{line.text}\n"
        for number, line in enumerate(lines(words), 1)
    ]
    return "\n".join(blocks)


def read(text: str) -> tuple[SungWord, ...]:
    """One word a block; formatting such as ``<i>`` is dropped."""
    found = [
        (seconds(a), seconds(b), " ".join(re.sub(r"</?[a-z][^>]*>", "", body).split()))
        for a, b, body in CUE.findall(text)
    ]
    sung = [cue for cue in found if cue[2]]
    return tuple(SungWord(word=body, start_s=a, end_s=b, line=i) for i, (a, b, body) in enumerate(sung))
