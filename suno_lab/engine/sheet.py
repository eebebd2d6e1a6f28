"""Lyrics as the composer reads them: sections of lines, each line split into phrases of singable words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..lyrics import Line, parse
from .pronounce import Syllable, syllables_of

#: kinds of section that the lyrics package knows and the composer plays like another
_PLAYED_LIKE = {
    "": "verse", "rap": "verse", "spoken": "verse", "hook": "chorus", "post-chorus": "chorus", "drop": "chorus",
    "interlude": "instrumental", "break": "instrumental", "solo": "instrumental",
}  # fmt: skip
#: a phrase is sung in one breath
PHRASE_SYLLABLES_N = 14


@dataclass(frozen=True)
class SheetWord:
    """A word as written and the syllables that sing it."""

    text: str
    syllables: tuple[Syllable, ...]


@dataclass(frozen=True)
class SheetPhrase:
    """Words for one breath; ``line`` is the place of its line among all lines, from 0."""

    words: tuple[SheetWord, ...]
    line: int

    @property
    def syllables(self) -> tuple[Syllable, ...]:
        """All syllables in order."""
        return tuple(syllable for word in self.words for syllable in word.syllables)


@dataclass(frozen=True)
class SheetSection:
    """A section of the lyrics; ``phrases`` is empty where only the band plays."""

    label: str
    kind: str
    phrases: tuple[SheetPhrase, ...]


def read_sheet(lyrics: str) -> tuple[SheetSection, ...]:
    """The sections of ``lyrics`` with everything in them that can be sung.

    Tags and lines are those of :func:`suno_lab.lyrics.parse`. Without a tag every stanza is a verse, and one that
    comes again a chorus. Sections in which nothing can be sung, and that have no tag, are left out.
    """
    parsed = parse(lyrics)
    if not any(section.tag for section in parsed.sections):
        return tuple(_stanzas(lyrics))
    sections = []
    for section in parsed.sections:
        phrases = _all_phrases(section.lines)
        if phrases or section.tag:
            kind = _PLAYED_LIKE.get(section.kind, section.kind)
            sections.append(SheetSection(section.label or "Verse", kind, phrases))
    return tuple(sections)


def _stanzas(lyrics: str) -> Iterator[SheetSection]:
    blocks = [block.strip() for block in re.split(r"\n\s*\n", lyrics)]
    lines_n = 0
    for block in blocks:
        lines = parse(block).lines
        label = "Chorus" if blocks.count(block) > 1 else "Verse"
        phrases = _all_phrases([replace(line, index=line.index + lines_n) for line in lines])
        lines_n += len(lines)
        if phrases:
            yield SheetSection(label, label.lower(), phrases)


def _all_phrases(lines: Iterable[Line]) -> tuple[SheetPhrase, ...]:
    return tuple(phrase for line in lines for phrase in _phrases(line))


def _phrases(line: Line) -> list[SheetPhrase]:
    """A line cut into phrases of about equal length, at words; empty when nothing in it can be sung."""
    words = [word for text in line.words if (word := SheetWord(text, syllables_of(text))).syllables]
    phrases_n = -(-sum(len(word.syllables) for word in words) // PHRASE_SYLLABLES_N)
    return [SheetPhrase(tuple(share), line.index) for share in _shares(words, phrases_n)]


def _shares(words: list[SheetWord], shares_n: int) -> Iterable[list[SheetWord]]:
    total = sum(len(word.syllables) for word in words)
    shares: list[list[SheetWord]] = [[] for _ in range(shares_n)]
    sung = 0
    for word in words:
        middle = sung + len(word.syllables) / 2
        shares[min(int(middle * shares_n / total), shares_n - 1)].append(word)
        sung += len(word.syllables)
    return [share for share in shares if share]
