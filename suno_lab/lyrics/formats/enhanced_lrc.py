"""Enhanced LRC: ``[mm:ss.xx]<mm:ss.xx>word <mm:ss.xx>word <mm:ss.xx>``. A word ends where the next begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from suno_lab.lyrics.formats.guarding import guarded, unguarded
from suno_lab.lyrics.formats.stamps import PATTERN, seconds, stamp
from suno_lab.lyrics.timed import SungWord, lines

SUFFIX = ".elrc"
KEEPS = "words"
PRECISION_S = 0.01

_LINE = re.compile(rf"^\[{PATTERN}\](.*)$")
_PIECE = re.compile(rf"<({PATTERN})>([^<]*(?:<(?!{PATTERN}>)[^<]*)*)")


def write(words: Sequence[SungWord]) -> str:
    """One line a sung line, a time before each word and after the last."""
    text = []
    for line in lines(words):
        pieces = " ".join(f"<{_stamp(word.start_s)}>{guarded(word.word, '[<')}" for word in line.words)
        text.append(f"[{_stamp(line.start_s)}]{pieces} <{_stamp(line.end_s)}>")
    return "\n".join(text) + "\n"


def read(text: str) -> tuple[SungWord, ...]:
    """Words with their lines. A last word without an end gets half a second.

    Raises
    ------
    ValueError
        When there is text, but no word with a time.
    """
    words: list[SungWord] = []
    line_n = 0
    for raw in text.split("\n"):
        match = _LINE.match(raw.strip())
        pieces = [(seconds(time), unguarded(word)) for time, word in _PIECE.findall(match[1])] if match else []
        ends_s = [start_s for start_s, _ in pieces[1:]] + [start_s + 0.5 for start_s, _ in pieces[-1:]]
        sung = [(start_s, end_s, word) for (start_s, word), end_s in zip(pieces, ends_s, strict=True) if word]
        words += [SungWord(word=word, start_s=start_s, end_s=end_s, line=line_n) for start_s, end_s, word in sung]
        line_n += bool(sung)
    if text.strip() and not holds_words(text):
        raise ValueError("not enhanced LRC: no word of the form <01:02.34>word")
    return tuple(words)


def holds_words(text: str) -> bool:
    """Whether there are times inside the lines."""
    return any(_LINE.match(raw.strip()) and _PIECE.search(raw) for raw in text.split("\n"))


def _stamp(time_s: float) -> str:
    return stamp(time_s, decimals=2, hours=False)
