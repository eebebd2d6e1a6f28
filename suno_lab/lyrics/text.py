"""Lyrics as they are asked for: tags, sections, lines, words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

#: a tag in any of the brackets people and the service use; it never spans an empty line
TAG = re.compile(r"\[([^\[\]]{0,200}?)\]|【([^【】]{0,200}?)】|［([^［］]{0,200}?)］|〔([^〔〕]{0,200}?)〕")

#: what a tag may begin with, after case, spaces and hyphens are evened out → the kind of section it opens
SECTION_KINDS = {
    "intro": "intro",
    "introduction": "intro",
    "opening": "intro",
    "verse": "verse",
    "prechorus": "pre-chorus",
    "buildup": "pre-chorus",
    "build": "pre-chorus",
    "chorus": "chorus",
    "refrain": "chorus",
    "finalchorus": "chorus",
    "lastchorus": "chorus",
    "postchorus": "post-chorus",
    "hook": "hook",
    "drop": "drop",
    "bassdrop": "drop",
    "bridge": "bridge",
    "middleeight": "bridge",
    "middle8": "bridge",
    "interlude": "interlude",
    "break": "break",
    "breakdown": "break",
    "instrumental": "instrumental",
    "instrumentalbreak": "instrumental",
    "instrumentalinterlude": "instrumental",
    "solo": "solo",
    "guitarsolo": "solo",
    "pianosolo": "solo",
    "saxsolo": "solo",
    "saxophonesolo": "solo",
    "drumsolo": "solo",
    "outro": "outro",
    "ending": "outro",
    "end": "outro",
    "fadeout": "outro",
    "coda": "outro",
    "spoken": "spoken",
    "spokenword": "spoken",
    "rap": "rap",
    "rapverse": "rap",
    # other languages, as people write them
    "strophe": "verse",
    "vers": "verse",
    "couplet": "verse",
    "verso": "verse",
    "estrofa": "verse",
    "strofa": "verse",
    "куплет": "verse",
    "主歌": "verse",
    "aメロ": "verse",
    "bメロ": "pre-chorus",
    "前副歌": "pre-chorus",
    "estribillo": "chorus",
    "coro": "chorus",
    "refrão": "chorus",
    "refrán": "chorus",
    "ritornello": "chorus",
    "refren": "chorus",
    "припев": "chorus",
    "副歌": "chorus",
    "サビ": "chorus",
    "후렴": "chorus",
    "puente": "bridge",
    "pont": "bridge",
    "ponte": "bridge",
    "brücke": "bridge",
    "бридж": "bridge",
    "桥段": "bridge",
    "間奏": "interlude",
    "イントロ": "intro",
    "前奏": "intro",
    "アウトロ": "outro",
    "尾奏": "outro",
}

#: kinds that a name of three words may end in
_ENDS = frozenset(("verse", "chorus", "bridge", "intro", "outro", "solo", "hook", "interlude", "break"))
#: words that make a sentence of them
_SMALL_WORDS = frozenset(
    ("of", "the", "to", "in", "on", "for", "and", "a", "no", "before", "after", "into", "from", "with")
)

_HEADING = re.compile(r"^\s*(?:#+\s*|\*\*)?([A-Za-z][A-Za-z -]{1,24}?)\s*(\d{1,2})?\s*(?:\*\*)?\s*:?\s*(?:\*\*)?\s*$")
_BRACKETED = re.compile(r"^\s*(?:\(([^()]*)\)|\{([^{}]*)\}|<([^<>]*)>)\s*$")
_ASIDE = re.compile(r"^(.+?)\s*\(([^()]*)\)$")
_ORDINAL = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)\s+")
_REPEAT = re.compile(r"^(.*?)\s*[\(]?[x×](\d{1,2})[\)]?\s*$", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Tag:
    """What stands between brackets: a section (``kind``), or a direction to the performers (``kind`` None)."""

    text: str
    kind: str | None = None
    number: int | None = None
    repeat_n: int = 1
    direction: str = ""  #: what follows the name, e.g. “soft, female” in ``[Verse 2: soft, female]``


@dataclass(frozen=True, kw_only=True)
class Line:
    """A sung line: its words, its place among all lines, and the section it is in."""

    text: str
    index: int
    section: int
    words: tuple[str, ...]

    @property
    def syllables(self) -> tuple[tuple[str, ...], ...]:
        """The syllables of each word."""
        from suno_lab.lyrics.syllables import split_syllables

        return tuple(split_syllables(word) for word in self.words)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a song. Lines before any tag are in a section without a tag, of kind ``""``."""

    kind: str
    index: int
    tag: Tag | None = None
    lines: tuple[Line, ...] = ()
    directions: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The tag's own words, e.g. ``"Verse 2"``; empty where there is none."""
        return self.tag.text if self.tag else ""


@dataclass(frozen=True, kw_only=True)
class Lyrics:
    """Lyrics taken apart. ``str()`` gives the sung text: one line a line, an empty line between sections."""

    sections: tuple[Section, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All sung lines, in order."""
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def words(self) -> tuple[str, ...]:
        """All sung words, in order, as written."""
        return tuple(word for line in self.lines for word in line.words)

    def __str__(self) -> str:
        return "\n\n".join("\n".join(line.text for line in section.lines) for section in self.sections if section.lines)


@dataclass
class _Draft:
    """A section while it is being read."""

    tag: Tag | None = None
    lines: list[Line] = field(default_factory=list)
    directions: list[str] = field(default_factory=list)

    def finished(self, index: int) -> Section:
        kind = self.tag.kind or "" if self.tag else ""
        lines, directions = tuple(self.lines), tuple(self.directions)
        return Section(kind=kind, index=index, tag=self.tag, lines=lines, directions=directions)

    @property
    def empty(self) -> bool:
        return self.tag is None and not self.lines and not self.directions


def parse(text: str) -> Lyrics:
    """Take lyrics apart into sections, lines and words.

    Tags may stand in ``[]``, ``【】``, ``［］`` or ``〔〕``, several on a line, or before the words of a line; bare
    headings (``Verse 1:``, ``**Chorus**``, ``(Chorus)``, ``<Bridge>``) count where nothing else is on their line. A tag
    that names no section is a direction (``[whispered]``). Round brackets are backing vocals and are sung.
    """
    drafts, lines_n = [_Draft()], 0
    for part in _parts(text):
        if isinstance(part, Tag):
            if part.kind is None:
                drafts[-1].directions.append(part.text)
            else:
                drafts.append(_Draft(tag=part))
            continue
        section = len(drafts) - 1 - (len(drafts) > 1 and drafts[0].empty)
        drafts[-1].lines.append(Line(text=part, index=lines_n, section=section, words=tuple(split_words(part))))
        lines_n += 1
    kept = [draft for draft in drafts if not draft.empty]
    return Lyrics(sections=tuple(draft.finished(index) for index, draft in enumerate(kept)))


def _parts(text: str) -> Iterator[Tag | str]:
    """Tags and sung lines, in order."""
    for raw in text.splitlines():
        if heading := _heading(raw):
            yield heading
            continue
        at = 0
        for match in TAG.finditer(raw):
            yield from _sung(raw[at : match.start()])
            yield parse_tag(next(group for group in match.groups() if group is not None))
            at = match.end()
        yield from _sung(raw[at:])


def _sung(text: str) -> Iterator[str]:
    line = " ".join(text.split())
    if any(character.isalnum() for character in line):
        yield line


def _heading(raw: str) -> Tag | None:
    if bracketed := _BRACKETED.match(raw):
        tag = parse_tag(next(group for group in bracketed.groups() if group is not None), exact=True)
        return tag if tag.kind else None
    match = _HEADING.match(raw)
    marked = match and (":" in raw or "**" in raw or "#" in raw or match[2])
    if not match or not marked:
        return None
    tag = parse_tag(raw.strip().strip("#*: ").strip(), exact=True)
    return tag if tag.kind else None


def parse_tag(text: str, *, exact: bool = False) -> Tag:
    """Read what stands between the brackets: ``"Pre-Chorus 2 x2: soft"`` → pre-chorus, number 2, twice, “soft”.

    One or two words before the section's name are understood too (``"Violin Solo"``, ``"Second Verse"``), and a number
    behind it (``"Verse One"``), unless ``exact``.

    Parameters
    ----------
    text : str
        Without the brackets.
    exact : bool
        Whether only the name itself counts.
    """
    text = " ".join(unicodedata.normalize("NFKC", text).split())
    name, _, direction = (part.strip() for part in re.split(r"(\s*[:|,–—]\s*|\s+-\s+)", text + ":", maxsplit=1))
    direction = direction.rstrip(":").strip(" -–—|")
    repeat = _REPEAT.match(name)
    name, repeat_n = (repeat[1], int(repeat[2])) if repeat else (name, 1)
    if aside := _ASIDE.match(name):
        name, direction = aside[1], direction or aside[2]
    kind, counted = _named(name, exact=exact)
    return Tag(text=text, kind=kind, number=counted, repeat_n=repeat_n, direction=direction)


_NUMBER_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_ORDINAL_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6}


def _plain(name: str) -> str:
    """Letters and digits of any script, lower case."""
    return "".join(character for character in name.casefold() if character.isalnum())


def _named(name: str, *, exact: bool) -> tuple[str | None, int | None]:
    """The section kind and number that a name stands for; None for neither."""
    if kind := SECTION_KINDS.get(_plain(name)):
        return kind, None
    ordinal = _ORDINAL.match(name.lower())
    number = re.search(r"\s*#?(\d{1,2})$", name)
    rest = name[ordinal.end() :] if ordinal else name[: number.start()] if number else name
    counted = int((ordinal or number)[1]) if ordinal or number else None  # type: ignore[index]
    if kind := SECTION_KINDS.get(_plain(rest)):
        return kind, counted
    return (None, None) if exact else _kind_of_some(rest, counted)


def _kind_of_some(name: str, counted: int | None) -> tuple[str | None, int | None]:
    """The section kind and number of a name of two or three words, of which one is the section's."""
    words = [_plain(word) for word in name.split()]
    if len(words) == 3 and SECTION_KINDS.get(words[-1]) in _ENDS and not _SMALL_WORDS.intersection(words):
        words = words[1:]
    if len(words) != 2:
        return None, None
    kinds = [SECTION_KINDS[word] for word in reversed(words) if word in SECTION_KINDS]
    said = _NUMBER_WORDS.get(words[1]) or _ORDINAL_WORDS.get(words[0])
    return (kinds[0], counted or said) if kinds else (None, None)


def split_words(line: str) -> list[str]:
    """Words of a line: by spaces; characters of scripts without spaces one by one."""
    words: list[str] = []
    for chunk in line.split():
        run = ""
        for character in chunk:
            if _stands_alone(character):
                words += [run] if run else []
                words.append(character)
                run = ""
            elif (
                words and not run and not character.isalnum() and _stands_alone(words[-1][0]) and chunk[0] != character
            ):
                words[-1] += character  # punctuation belongs to the character before it
            else:
                run += character
        words += [run] if run else []
    return [word for word in words if any(character.isalnum() for character in word)]


def _stands_alone(character: str) -> bool:
    """Whether a character is a word of its own: Han, Hiragana, Katakana."""
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


#: the name of what :func:`normalize_word` does to words before they are compared; a change of rules is a new name
TEXT_NORMALIZER = "suno_lab 1"


def normalize_word(word: str) -> str:
    """A word as it is compared: NFKC, lower case, straight apostrophe inside, other punctuation gone."""
    plain = unicodedata.normalize("NFKC", word).casefold().replace("’", "'").replace("`", "'")
    kept = [c for c in plain if c.isalnum() or unicodedata.category(c).startswith("M") or c == "'"]
    return "".join(kept).strip("'")
