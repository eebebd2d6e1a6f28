r"""Advanced SubStation Alpha with karaoke tags, through pysubs2: ``{\k50}word`` lights up for 50 hundredths."""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from suno_lab.lyrics.formats.guarding import guarded, unguarded
from suno_lab.lyrics.timed import SungWord, TimedLine, lines

if TYPE_CHECKING:
    from pysubs2 import SSAEvent

SUFFIX = ".ass"
KEEPS = "words"
PRECISION_S = 0.01

_PIECE = re.compile(r"\{[^}]*\\[kK][fo]?(\d+)[^}]*\}([^{]*)")
_SUNG, _UNSUNG = (0xFF, 0xD7, 0x00), (0xFF, 0xFF, 0xFF)  #: gold, white


def write(words: Sequence[SungWord]) -> str:
    """One event a sung line, one karaoke syllable a word; gaps are syllables without text."""
    from pysubs2 import Color, SSAEvent, SSAFile, SSAStyle

    page = SSAFile()
    page.info |= {"PlayResX": "1280", "PlayResY": "720"}
    page.styles["Default"] = SSAStyle(
        fontname="Sans", fontsize=48, outline=2, shadow=1, primarycolor=Color(*_SUNG), secondarycolor=Color(*_UNSUNG)
    )
    for line in lines(words):
        start, end = (10 * _hundredths(time_s) for time_s in (line.start_s, line.end_s))
        page.append(SSAEvent(start=start, end=end, text=_karaoke(line)))
    return page.to_string("ass")


def _hundredths(time_s: float) -> int:
    return round(100 * max(time_s, 0.0))


def _karaoke(line: TimedLine) -> str:
    at_cs, pieces = _hundredths(line.start_s), []
    for number, word in enumerate(line.words):
        start_cs, end_cs = _hundredths(word.start_s), _hundredths(word.end_s)
        if start_cs > at_cs:
            pieces.append(f"{{\\k{start_cs - at_cs}}}")
            at_cs = start_cs
        space = " " if number < len(line.words) - 1 else ""
        pieces.append(f"{{\\k{max(end_cs - at_cs, 0)}}}{guarded(word.word, '')}{space}")
        at_cs = max(end_cs, at_cs)
    return "".join(pieces)


def read(text: str) -> tuple[SungWord, ...]:
    """Words of karaoke events; an event without karaoke tags is one word. Comments and drawings are left out.

    Raises
    ------
    ValueError
        When an event cannot be read, or there is text and nothing of the format in it.
    """
    from pysubs2 import SSAFile

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a field that is not a number gets its default
        page = SSAFile.from_string(text, format_="ass")
    if text.strip() and not len(page) and "[Script Info]" not in text and "[Events]" not in text:
        raise ValueError("not ASS: neither [Script Info] nor [Events] nor an event")
    words: list[SungWord] = []
    line_n = 0
    for event in page:
        sung = [] if event.is_comment or event.is_drawing else _words(event, line_n)
        words += sung
        line_n += bool(sung)
    return tuple(words)


def _words(event: SSAEvent, line_n: int) -> list[SungWord]:
    pieces = [(int(cs), plain) for cs, plain in _PIECE.findall(event.text)]
    if not pieces:
        pieces = [((event.end - event.start) // 10, event.plaintext)]
    at_s, found = event.start / 1000, []
    for length_cs, plain in pieces:
        word = unguarded(plain.replace("\\N", " ").replace("\\n", " ").replace("\\h", " "))
        if word:
            found.append(SungWord(word=word, start_s=at_s, end_s=at_s + length_cs / 100, line=line_n))
        at_s += length_cs / 100
    return found
