"""Lyrics as the composer reads them: sections of lines, each line split into phrases of singable words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from .pronounce import Syllable, syllables_of

#: first word of a section tag → what kind of section it is
KINDS = {
    "intro": "intro", "opening": "intro", "prelude": "intro", "verse": "verse", "strophe": "verse", "rap": "verse",
    "pre-chorus": "pre-chorus", "prechorus": "pre-chorus", "pre": "pre-chorus", "lift": "pre-chorus",
    "chorus": "chorus", "refrain": "chorus", "hook": "chorus", "drop": "chorus", "post-chorus": "chorus",
    "final": "chorus", "bridge": "bridge", "middle": "bridge", "breakdown": "bridge",
    "instrumental": "instrumental", "solo": "instrumental", "interlude": "instrumental", "break": "instrumental",
    "guitar": "instrumental", "piano": "instrumental", "sax": "instrumental", "saxophone": "instrumental",
    "drum": "instrumental", "synth": "instrumental", "violin": "instrumental", "build": "instrumental",
    "build-up": "instrumental", "buildup": "instrumental",
    "outro": "outro", "ending": "outro", "end": "outro", "coda": "outro", "fade": "outro",
}  # fmt: skip
#: a phrase is sung in one breath
PHRASE_SYLLABLES_N = 14

_TAG = re.compile(r"[\[【]([^\[\]【】\n]*)[\]】]")
_BARE_TAG = re.compile(r"^\s*[(*#_~\s]*((?:pre[- ]?|post[- ]?)?[a-z]+)(?:\s*\d+)?[)*_~\s]*:?[)*_~\s]*$", re.IGNORECASE)
_IDEOGRAPH = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af])")


@dataclass(frozen=True)
class SheetWord:
    """A word as written and the syllables that sing it."""

    text: str
    syllables: tuple[Syllable, ...]


@dataclass(frozen=True)
class SheetPhrase:
    """Words for one breath; ``line`` counts sung lines from 0."""

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

    Tags are ``[Verse]``, ``[CHORUS 2]``, ``[Guitar Solo]``, ``【Bridge】``, or a line that is only a known section word
    (``Chorus:``, ``(Bridge)``, ``**Verse 1**``). Brackets that name no section are directions: nothing is sung of
    them. Without tags every stanza is a verse, and one that comes again a chorus.
    """
    tagged = [(label, kind, lines) for label, kind, lines in _tagged(lyrics) if lines or label]
    if not any(label for label, _, _ in tagged):
        tagged = _stanzas(lyrics)
    numbers = count()
    return tuple(
        SheetSection(label or "Verse", kind, tuple(phrase for line in lines for phrase in _phrases(line, numbers)))
        for label, kind, lines in tagged
    )


def section_kind(tag: str) -> str | None:
    """What kind of section a tag's text names, ``None`` when it is a direction such as "whispered" or "92 bpm"."""
    words = re.findall(r"[a-z]+(?:-[a-z]+)?", tag.lower().replace("pre chorus", "pre-chorus"))
    return KINDS.get(words[0]) if words else None


def _tagged(lyrics: str) -> Iterator[tuple[str, str, list[str]]]:
    label, kind, lines = "", "verse", list[str]()
    for raw in lyrics.splitlines():
        for tag in _tags_of(raw):
            new_kind = section_kind(tag)
            if new_kind is not None:
                yield label, kind, lines
                label, kind, lines = tag.strip(), new_kind, []
        line = "" if _is_bare_tag(raw) else _TAG.sub(" ", raw).strip()
        if line:
            lines.append(line)
    yield label, kind, lines


def _tags_of(line: str) -> list[str]:
    bare = _BARE_TAG.match(line)
    return [bare[0].strip(" \t()*#_~:")] if bare and _is_bare_tag(line) else _TAG.findall(line)


def _is_bare_tag(line: str) -> bool:
    """A line that is nothing but a marked section word: ``Chorus:``, ``(Bridge)``, ``**Verse 1**``, ``# Outro``."""
    found = _BARE_TAG.match(line)
    marked = bool(re.search(r"[:()*#]", line))
    return found is not None and marked and section_kind(found[1]) is not None


def _stanzas(lyrics: str) -> list[tuple[str, str, list[str]]]:
    blocks = [_TAG.sub(" ", block).strip() for block in re.split(r"\n\s*\n", lyrics)]
    blocks = [block for block in blocks if block]
    again = {block for block in blocks if blocks.count(block) > 1}
    return [("Chorus" if b in again else "Verse", "chorus" if b in again else "verse", b.splitlines()) for b in blocks]


def _phrases(line: str, numbers: Iterator[int]) -> list[SheetPhrase]:
    """A line cut into phrases of about equal length, at words; empty (and not numbered) when it cannot be sung."""
    words = [word for text in _tokens(line) if (word := SheetWord(text, syllables_of(text))).syllables]
    total = sum(len(word.syllables) for word in words)
    if not words:
        return []
    number = next(numbers)
    return [SheetPhrase(tuple(share), number) for share in _shares(words, -(-total // PHRASE_SYLLABLES_N))]


def _shares(words: list[SheetWord], shares_n: int) -> Iterable[list[SheetWord]]:
    total = sum(len(word.syllables) for word in words)
    shares: list[list[SheetWord]] = [[] for _ in range(shares_n)]
    sung = 0
    for word in words:
        middle = sung + len(word.syllables) / 2
        shares[min(int(middle * shares_n / total), shares_n - 1)].append(word)
        sung += len(word.syllables)
    return [share for share in shares if share]


def _tokens(line: str) -> list[str]:
    """Words as written; every ideograph, kana or hangul syllable is a word of its own."""
    return _IDEOGRAPH.sub(r" \1 ", line).split()
