r"""Advanced SubStation Alpha with karaoke tags: ``{\k50}word`` lights up for 50 hundredths of a second."""

from __future__ import annotations

import re
from collections.abc import Sequence

from suno_lab.lyrics.formats.stamps import seconds, stamp
from suno_lab.lyrics.timed import SungWord, TimedLine, lines

SUFFIX = ".ass"
KEEPS = "words"

_HEAD = """[Script Info]
ScriptType: v4.00+
PlayResX: 1280
PlayResY: 720

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, \
StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Sans,48,&H0000D7FF,&H00FFFFFF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,2,1,2,40,40,40,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_EVENT = re.compile(r"^Dialogue:\s*(?:[^,]*,)([^,]*),([^,]*),(?:[^,]*,){6}(.*)$", re.MULTILINE)
_PIECE = re.compile(r"\{[^}]*\\[kK][fo]?(\d+)[^}]*\}([^{]*)")


def write(words: Sequence[SungWord]) -> str:
    """One event a sung line, one karaoke syllable a word; gaps are syllables without text."""
    return _HEAD + "".join(f"{_event(line)}\n" for line in lines(words))


def _event(line: TimedLine) -> str:
    at_cs, pieces = round(line.start_s * 100), []
    for number, word in enumerate(line.words):
        start_cs, end_cs = round(word.start_s * 100), round(word.end_s * 100)
        if start_cs > at_cs:
            pieces.append(f"{{\\k{start_cs - at_cs}}}")
            at_cs = start_cs
        plain = word.word.replace("{", "(").replace("}", ")").replace("\\", "/")
        space = " " if number < len(line.words) - 1 else ""
        pieces.append(f"{{\\k{max(end_cs - at_cs, 0)}}}{plain}{space}")
        at_cs = max(end_cs, at_cs)
    start, end = (stamp(time_s, decimals=2)[1:] for time_s in (line.start_s, line.end_s))
    return f"Dialogue: 0,{start},{end},Default,,0,0,0,,{''.join(pieces)}"


def read(text: str) -> tuple[SungWord, ...]:
    """Words of karaoke events; an event without karaoke tags is one word."""
    words: list[SungWord] = []
    line_n = 0
    for start, end, body in _EVENT.findall(text):
        pieces = [(int(cs), plain) for cs, plain in _PIECE.findall(body)]
        if not pieces:
            pieces = [(round(100 * (seconds(end) - seconds(start))), re.sub(r"\{[^}]*\}", "", body))]
        at_s, count = seconds(start), len(words)
        for length_cs, plain in pieces:
            word = " ".join(plain.replace("\\N", " ").replace("\\n", " ").replace("\\h", " ").split())
            if word:
                words.append(SungWord(word=word, start_s=at_s, end_s=at_s + length_cs / 100, line=line_n))
            at_s += length_cs / 100
        line_n += len(words) > count
    return tuple(words)
