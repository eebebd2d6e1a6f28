"""SubRip, through pysubs2: numbered lines with start and end. Lines only."""

from __future__ import annotations

from collections.abc import Sequence

from suno_lab.lyrics.formats.guarding import guarded, unguarded
from suno_lab.lyrics.timed import SungWord, lines

SUFFIX = ".srt"
KEEPS = "lines"
PRECISION_S = 0.001


def write(words: Sequence[SungWord]) -> str:
    """One block a sung line."""
    from pysubs2 import SSAEvent, SSAFile

    blocks = SSAFile()
    for line in lines(words):
        start, end = (round(1000 * max(time_s, 0.0)) for time_s in (line.start_s, line.end_s))
        blocks.append(SSAEvent(start=start, end=end, text=guarded(line.text, "<->")))
    return blocks.to_string("srt")


def read(text: str) -> tuple[SungWord, ...]:
    """One word a block; formatting such as ``<i>`` or ``{\\an8}`` is dropped.

    Raises
    ------
    ValueError
        When there is text, but no block.
    """
    from pysubs2 import SSAFile

    blocks = SSAFile.from_string(text, format_="srt")
    if text.strip() and not len(blocks):
        raise ValueError("not SubRip: no line of the form 00:00:01,000 --> 00:00:02,000")
    found = [(unguarded(block.plaintext), block.start / 1000, block.end / 1000) for block in blocks]
    sung = [one for one in found if one[0]]
    return tuple(SungWord(word=word, start_s=a, end_s=b, line=i) for i, (word, a, b) in enumerate(sung))
