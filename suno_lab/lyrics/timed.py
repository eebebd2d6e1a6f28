"""Lyrics with times: the service's words made clean, grouped in lines, and checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from suno_lab.lyrics.text import TAG, Tag, parse_tag
from suno_lab.models import TimedLyrics, Word


@dataclass(frozen=True, kw_only=True)
class SungWord:
    """A clean word with its times and its place.

    ``line`` counts sung lines from 0; ``section`` counts sections from 0, the one before any tag included;
    ``section_label`` is the tag's own words and ``section_kind`` what they mean (``"verse"`` …), both "" without a tag.
    """

    word: str
    start_s: float
    end_s: float
    line: int = 0
    section: int = 0
    section_label: str = ""
    section_kind: str = ""
    success: bool = True
    palign: float | None = None


@dataclass(frozen=True, kw_only=True)
class TimedLine:
    """Words of one line; ``text`` is them with spaces between."""

    words: tuple[SungWord, ...]
    line: int
    section: int
    section_label: str

    @property
    def text(self) -> str:
        """The line as one string."""
        return join_words([word.word for word in self.words])

    @property
    def start_s(self) -> float:
        """When the first word begins."""
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        """When the last word to end ends."""
        return max(word.end_s for word in self.words)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something about word times that cannot be right, or hardly.

    ``code`` is one of ``empty``, ``not_finite``, ``backwards``, ``unordered``, ``overlap``, ``outside``, ``too_fast``,
    ``gap`` (a long pause within a line), ``too_long`` (of one word), ``unaligned``; ``word`` is the index of the word,
    None where it is about all of them.
    """

    code: str
    message: str
    word: int | None = None


def clean_words(words: TimedLyrics | Iterable[Word]) -> tuple[SungWord, ...]:
    """Strip tags and line ends from the service's words, and keep what they said: line and section of each word.

    The service puts tags and line ends into the words themselves (``"[Verse]\\nWaggin'"``), and may spread a tag over
    several. Words of which nothing remains are dropped; times are passed on as they are.
    """
    given = tuple(words.words if isinstance(words, TimedLyrics) else words)
    stream, owners = _stream([word.word for word in given])
    tags = {match.start(): match for match in TAG.finditer(stream)}
    texts = [""] * len(given)
    places: list[tuple[int, int, Tag | None]] = [(0, 0, None)] * len(given)
    line, section, tag, at = 0, 0, None, 0
    line_used = section_used = False
    while at < len(stream):
        if at in tags:
            found = parse_tag(next(group for group in tags[at].groups() if group is not None))
            line, line_used = line + line_used, False
            if found.kind is not None:
                section, section_used, tag = section + section_used, True, found
            at = tags[at].end()
            continue
        character, owner = stream[at], owners[at]
        if character in "\n\r\x0b\x0c\x85\u2028\u2029":
            line, line_used = line + line_used, False
        elif owner is not None:
            if character.isalnum() and not any(map(str.isalnum, texts[owner])):
                places[owner] = (line, section, tag)
                line_used = section_used = True
            texts[owner] += character
        at += 1
    return tuple(
        _sung(word, text, place) for word, text, place in zip(given, texts, places, strict=True) if _heard(text)
    )


def _stream(texts: Sequence[str]) -> tuple[str, list[int | None]]:
    """All words in one string, and for each of its characters the word it belongs to (None: put in between)."""
    characters, owners = list[str](), list[int | None]()
    for index, text in enumerate(texts):
        if characters and text and not characters[-1].isspace() and not text[0].isspace():
            characters.append(" ")
            owners.append(None)
        characters.extend(text)
        owners.extend([index] * len(text))
    return "".join(characters), owners


def _heard(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _sung(word: Word, text: str, place: tuple[int, int, Tag | None]) -> SungWord:
    line, section, tag = place
    return SungWord(
        word=re.sub(r"\s+", " ", text).strip(),
        start_s=word.start_s,
        end_s=word.end_s,
        line=line,
        section=section,
        section_label=tag.text if tag else "",
        section_kind=(tag.kind or "") if tag else "",
        success=word.success,
        palign=word.palign,
    )


def lines(words: Iterable[SungWord]) -> tuple[TimedLine, ...]:
    """Group clean words into their lines."""
    grouped = groupby(words, key=lambda word: (word.line, word.section, word.section_label))
    return tuple(
        TimedLine(words=tuple(group), line=line, section=section, section_label=label)
        for (line, section, label), group in grouped
    )


def join_words(words: Sequence[str]) -> str:
    """Words as a line is written: spaces between, none between characters of scripts that have none."""
    text = ""
    for before, word in pairwise(["", *words]):
        glued = before and before[-1] > "\u2e7f" and word[0] > "\u2e7f" and not "\uac00" <= word[0] <= "\ud7a3"
        text += ("" if glued or not before else " ") + word
    return text


LONGEST_GAP_S = 8.0  #: within a line
LONGEST_WORD_S = 15.0
FASTEST_WORDS_HZ = 12.0  #: words a second over ten words; fast rap reaches about 8


def sanity(words: Sequence[Word | SungWord], duration_s: float | None = None) -> tuple[Finding, ...]:
    """What cannot be right about word times, without listening.

    Parameters
    ----------
    words : sequence of Word or SungWord
        In the order they are sung.
    duration_s : float, optional
        Length of the clip; words beyond it (by more than 50 ms) are found.
    """
    if not words:
        return (Finding(code="empty", message="no timed word"),)
    return (*_single(words, duration_s), *_neighbours(words), *_rate(words))


def _single(words: Sequence[Word | SungWord], duration_s: float | None) -> list[Finding]:
    found = []
    for i, word in enumerate(words):
        span = f"“{word.word.strip()}” from {word.start_s} s to {word.end_s} s"
        if not (abs(word.start_s) < 1e6 and abs(word.end_s) < 1e6):
            found.append(Finding(code="not_finite", message=span, word=i))
            continue
        if word.end_s < word.start_s:
            found.append(Finding(code="backwards", message=f"{span} ends before it begins", word=i))
        if word.end_s - word.start_s > LONGEST_WORD_S:
            found.append(Finding(code="too_long", message=f"{span} is one word", word=i))
        if word.start_s < 0 or (duration_s is not None and word.end_s > duration_s + 0.05):
            found.append(Finding(code="outside", message=f"{span} lies outside the clip", word=i))
        if not word.success:
            found.append(Finding(code="unaligned", message=f"{span}: the service did not align it", word=i))
    return found


def _neighbours(words: Sequence[Word | SungWord]) -> list[Finding]:
    found = []
    for i, (before, word) in enumerate(pairwise(words), 1):
        if word.start_s < before.start_s:
            message = f"“{word.word.strip()}” begins at {word.start_s} s, before the word ahead of it"
            found.append(Finding(code="unordered", message=message, word=i))
        elif word.start_s < before.end_s - 0.02:
            message = f"“{word.word.strip()}” begins {before.end_s - word.start_s:.3f} s before the last word ends"
            found.append(Finding(code="overlap", message=message, word=i))
        elif _one_line(before, word) and word.start_s - before.end_s > LONGEST_GAP_S:
            message = (
                f"“{word.word.strip()}” comes {word.start_s - before.end_s:.1f} s after the word before it in its line"
            )
            found.append(Finding(code="gap", message=message, word=i))
    return found


def _one_line(before: Word | SungWord, word: Word | SungWord) -> bool:
    """Whether two neighbours are known to stand in one line."""
    if isinstance(before, SungWord) and isinstance(word, SungWord):
        return (before.line, before.section) == (word.line, word.section)
    return "\n" not in before.word and not word.word.lstrip().startswith("[")


def _rate(words: Sequence[Word | SungWord]) -> list[Finding]:
    for i in range(len(words) - 10):
        span_s = words[i + 10].start_s - words[i].start_s
        if 0 <= span_s < 10 / FASTEST_WORDS_HZ:
            return [Finding(code="too_fast", message=f"ten words within {span_s:.2f} s", word=i)]
    return []
