"""Where timed words stand in the lyrics asked for: their line and section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from suno_lab.lyrics.alignment import match_words
from suno_lab.lyrics.text import Line, Section, parse
from suno_lab.lyrics.timed import SungWord

LEAST_SHARE = 0.5  #: fewer words in common than this, and the lyrics are not what is sung


def place_words(words: Sequence[SungWord], lyrics: str) -> tuple[SungWord, ...]:
    """Give words the lines and sections of the lyrics, by matching what they say.

    A word that the lyrics do not hold stays with the word before it. Where fewer than half of the words are found,
    all are returned as they came.
    """
    text = parse(lyrics)
    places = [(line, text.sections[line.section]) for line in text.lines for _ in line.words]
    asked = [SungWord(word=word, start_s=0.0, end_s=0.0) for word in text.words]
    found = {j: places[i] for i, j in match_words(asked, words)}
    if not words or len(found) < LEAST_SHARE * len(words):
        return tuple(words)
    at = found[min(found)]
    placed = []
    for index, word in enumerate(words):
        at = found.get(index, at)
        placed.append(_at(word, *at))
    return tuple(placed)


def _at(word: SungWord, line: Line, section: Section) -> SungWord:
    return replace(word, line=line.index, section=section.index, section_label=section.label, section_kind=section.kind)
