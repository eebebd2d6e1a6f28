"""WebVTT with a time inside the cue before each word. Words end where the next begins, the last with its cue."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from suno_lab.lyrics.formats.srt import CUE
from suno_lab.lyrics.formats.stamps import PATTERN, seconds, stamp
from suno_lab.lyrics.timed import SungWord, lines

SUFFIX = ".vtt"
KEEPS = "words"


def write(words: Sequence[SungWord]) -> str:
    """One cue a sung line."""
    cues = []
    for line in lines(words):
        first, *rest = line.words
        body = " ".join([_escaped(first.word), *(f"<{stamp(word.start_s)}>{_escaped(word.word)}" for word in rest)])
        cues.append(f"{stamp(line.start_s)} --> {stamp(line.end_s)}\n{body}\n")
    return "\n".join(["WEBVTT\n", *cues])


def read(text: str) -> tuple[SungWord, ...]:
    """Words with their lines; a cue without inner times is one word.

    Raises
    ------
    ValueError
        When the text does not begin with ``WEBVTT``.
    """
    if not text.startswith("WEBVTT"):
        raise ValueError("not WebVTT: the first line must be WEBVTT")
    words: list[SungWord] = []
    line_n = 0
    for start, end, body in CUE.findall(text):
        pieces = re.split(rf"<({PATTERN})>", body)
        starts_s = [seconds(start), *(seconds(time) for time in pieces[1::2])]
        ends_s = [*starts_s[1:], seconds(end)]
        plain = [html.unescape(" ".join(re.sub(r"<[^>]*>", "", piece).split())) for piece in pieces[::2]]
        sung = [one for one in zip(starts_s, ends_s, plain, strict=True) if one[2]]
        words += [SungWord(word=word, start_s=a, end_s=b, line=line_n) for a, b, word in sung]
        line_n += bool(sung)
    return tuple(words)


def _escaped(word: str) -> str:
    return html.escape(word, quote=False)
