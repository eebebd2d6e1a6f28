"""WebVTT, through webvtt-py, with a time inside the cue before each word. Words end where the next begins."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from suno_lab.lyrics.formats.guarding import one_line
from suno_lab.lyrics.formats.stamps import PATTERN, seconds, stamp
from suno_lab.lyrics.timed import SungWord, lines

SUFFIX = ".vtt"
KEEPS = "words"
PRECISION_S = 0.001


def write(words: Sequence[SungWord]) -> str:
    """One cue a sung line; the last word ends with it."""
    from webvtt import Caption, WebVTT

    page = WebVTT()
    for line in lines(words):
        first, *rest = line.words
        body = " ".join([_escaped(first.word), *(f"<{stamp(word.start_s)}>{_escaped(word.word)}" for word in rest)])
        page.captions.append(Caption(stamp(line.start_s), stamp(line.end_s), body))
    return str(page.content)


def read(text: str) -> tuple[SungWord, ...]:
    """Words with their lines; a cue without inner times is one word.

    Raises
    ------
    ValueError
        When the text does not begin with ``WEBVTT``.
    """
    from webvtt import from_string
    from webvtt.errors import MalformedFileError

    try:
        cues = from_string(text).captions
    except MalformedFileError as problem:
        raise ValueError("not WebVTT: the first line must be WEBVTT") from problem
    words: list[SungWord] = []
    line_n = 0
    for cue in cues:
        sung = _words(cue.start, cue.end, cue.raw_text, line_n)
        words += sung
        line_n += bool(sung)
    return tuple(words)


def _words(start: str, end: str, body: str, line_n: int) -> list[SungWord]:
    pieces = re.split(rf"<({PATTERN})>", body)
    starts_s = [seconds(start), *(seconds(time) for time in pieces[1::2])]
    ends_s = [*starts_s[1:], seconds(end)]
    plain = [" ".join(html.unescape(re.sub(r"<[^>]*>", "", piece)).split()) for piece in pieces[::2]]
    sung = [one for one in zip(starts_s, ends_s, plain, strict=True) if one[2]]
    return [SungWord(word=word, start_s=a, end_s=b, line=line_n) for a, b, word in sung]


def _escaped(word: str) -> str:
    return html.escape(one_line(word), quote=False)
