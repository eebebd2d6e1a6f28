"""What a text asks for: tempo, key, metre, style, mood, voice. Pure text in, plain values out.

Explicit wishes ("92 bpm", "in A minor") are looked for in the style first, then in the tags of the lyrics, then in
the description; the first found counts. Words of style and mood come from all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from . import styles
from .brief import Brief
from .styles import Style
from .theory import Key, pitch_class

T = TypeVar("T")

#: tempos outside are brought inside by doubling or halving
TEMPO_RANGE_BPM = (40.0, 240.0)

_NUMBER = r"(\d{2,3}(?:\.\d{1,3})?)"
_RANGE = rf"{_NUMBER}(?:\s*(?:-|–|to)\s*{_NUMBER})?"
_TEMPO = (
    re.compile(rf"(?<![\d.]){_RANGE}\s*-?\s*(?:bpm\b|beats?\s+(?:per|a)\s+minute\b)", re.IGNORECASE),
    re.compile(rf"\b(?:tempo|bpm)\s*(?:of|is|at|[:=])?\s*{_RANGE}(?![\d.])", re.IGNORECASE),
)
_ACCIDENTAL = r"(?:\s?(?:#|♯|♭|b(?![a-z])|-?\s?sharp\b|-?\s?flat\b))?"
_MODES = {"major": "major", "maj": "major", "minor": "minor", "min": "minor",
          "ionian": "major", "lydian": "major", "mixolydian": "major",
          "aeolian": "minor", "dorian": "minor", "phrygian": "minor"}  # fmt: skip
_SPELLED_KEY = re.compile(rf"(?<![\w#♯♭])([A-Ga-g]{_ACCIDENTAL})[\s-]*({'|'.join(_MODES)})\b", re.IGNORECASE)
_SHORT_KEY = re.compile(
    r"(?:^|[,;:(\[|]|\b(?:in|key|of))\s*([A-G](?:#|♯|♭|b)?)(m)?\s*(?=$|[,;.)\]|]|\bkey\b)", re.MULTILINE
)
_NOTE_BEFORE = re.compile(r"\b(?:key|of|in)\s+$", re.IGNORECASE)
_ALONE_BEFORE = re.compile(r"(?:[:,;(\[|]|^)\s*$", re.MULTILINE)
_ALONE_AFTER = re.compile(r"\s*(?:[,;.)\]|]|$)", re.MULTILINE)
_NOUN_AFTER = re.compile(r"\s+(?:key|mood|mode|feel|tonality|vibe|sound|chord|scale|melody|way)\b", re.IGNORECASE)
_TAG = re.compile(r"\[([^\[\]\n]*)\]")
_FEMALE = re.compile(r"\b(?:female|woman|women|girl|she|soprano|alto|feminine|diva)\b", re.IGNORECASE)
_MALE = re.compile(r"\b(?:male|man|boy|he|tenor|baritone|bass voice|masculine)\b", re.IGNORECASE)
_NO_VOICE = re.compile(r"\b(?:instrumental|(?:no|without) (?:vocals?|voice|singing|lyrics))\b", re.IGNORECASE)
_WALTZ = re.compile(r"\b(?:waltz|3/4|three[- ]four|6/8)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What was asked for in words; ``None`` where nothing was."""

    tempo_bpm: float | None
    key: Key | None
    mode: str | None
    meter: int
    style: Style
    style_named: bool
    tempo_factor: float
    instruments: tuple[tuple[str, int], ...]
    silenced: frozenset[str]
    vocal_gender: str | None
    instrumental: bool


def requested_tempo_bpm(text: str) -> float | None:
    """The tempo a text names, in beats per minute; of a range its middle.

    >>> requested_tempo_bpm("warm folk, 92 BPM"), requested_tempo_bpm("90-100 bpm"), requested_tempo_bpm("1992")
    (92.0, 95.0, None)
    """
    found = next((match for pattern in _TEMPO if (match := pattern.search(text))), None)
    if found is None:
        return None
    low, high = float(found[1]), float(found[2] or found[1])
    tempo = (low + high) / 2
    while 0 < tempo < TEMPO_RANGE_BPM[0]:
        tempo *= 2
    while tempo > TEMPO_RANGE_BPM[1]:
        tempo /= 2
    return tempo or None


def requested_key(text: str) -> Key | None:
    """The key a text names: "in A minor", "F# major", "E flat minor", "Bbm", "key of D".

    A lower-case "a" counts as the note only where an article cannot stand ("in a minor", not "in a minor key").
    A bare letter is a major key.
    """
    for found in _SPELLED_KEY.finditer(text):
        note = found[1]
        if note == "a" and _is_article(text[: found.start()], text[found.end() :]):
            continue
        return Key(tonic_pc=pitch_class(_plain(note)), mode=_MODES[found[2].lower()])
    short = _SHORT_KEY.search(text)
    return Key(tonic_pc=pitch_class(short[1]), mode="minor" if short[2] else "major") if short else None


def requested_mode(text: str) -> str | None:
    """``"major"`` or ``"minor"`` where the text says so by name ("a minor key") or by mood ("sad")."""
    named = re.search(r"\b(major|minor)\b", text, re.IGNORECASE)
    if named:
        return named[1].lower()
    minor, major = _count(text, styles.MINOR_WORDS), _count(text, styles.MAJOR_WORDS)
    return None if minor == major else "minor" if minor > major else "major"


def read_wishes(brief: Brief) -> Wishes:
    """Everything the words of ``brief`` ask for."""
    tags = "\n".join(_TAG.findall(brief.lyrics))
    sources = (brief.style, tags, brief.description)
    together = "\n".join((brief.style, brief.description, tags)).lower()
    style = named_style(together)
    voice = brief.vocal_gender if brief.vocal_gender in ("m", "f") else _named_voice(together)
    return Wishes(
        tempo_bpm=_first(requested_tempo_bpm(text) for text in sources),
        key=_first(requested_key(text) for text in sources),
        mode=requested_mode(together),
        meter=3 if _WALTZ.search(together) else 4,
        style=style or styles.DEFAULT_STYLE,
        style_named=style is not None,
        tempo_factor=_tempo_factor(together),
        instruments=_named_instruments(together),
        silenced=frozenset(stem for word, stem in styles.STEM_WORDS.items() if word in brief.negative_tags.lower()),
        vocal_gender=voice,
        instrumental=brief.instrumental or (not brief.lyrics.strip() and bool(_NO_VOICE.search(together))),
    )


def has_word(text: str, word: str) -> bool:
    """Whether ``word`` stands in ``text`` on its own, whatever the case (a plural counts)."""
    return re.search(rf"(?<![\w-]){re.escape(word)}s?(?![\w-])", text, re.IGNORECASE) is not None


def _is_article(before: str, after: str) -> bool:
    """Whether a lower-case "a" between these texts is the word, not the note."""
    if _NOTE_BEFORE.search(before):
        return _NOUN_AFTER.match(after) is not None
    return not (_ALONE_BEFORE.search(before) and _ALONE_AFTER.match(after))


def _plain(note: str) -> str:
    return re.sub(r"[\s-]*sharp", "#", re.sub(r"[\s-]*flat", "b", note, flags=re.I), flags=re.I).replace(" ", "")


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _count(text: str, words: Iterable[str]) -> int:
    return sum(has_word(text, word) for word in words)


def named_style(text: str) -> Style | None:
    """The style whose word comes first; of words at one place the longest ("deep house" before "house")."""
    places = [
        (found.start(), -len(word), style)
        for style in styles.STYLES
        for word in style.words
        if (found := re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text))
    ]
    return min(places, key=lambda place: place[:2])[2] if places else None


def _tempo_factor(text: str) -> float:
    """The factor of the longest tempo word, so that "very slow" is not read as "slow"."""
    named = [word for word in styles.TEMPO_WORDS if has_word(text, word)]
    return styles.TEMPO_WORDS[max(named, key=len)] if named else 1.0


def _named_instruments(text: str) -> tuple[tuple[str, int], ...]:
    """(stem, program) of each instrument named; one a stem, the longer name first."""
    found: dict[str, int] = {}
    for word in sorted(styles.INSTRUMENTS, key=len, reverse=True):
        stem, program = styles.INSTRUMENTS[word]
        if stem not in found and has_word(text, word):
            found[stem] = program
    return tuple(found.items())


def _named_voice(text: str) -> str | None:
    female, male = _FEMALE.search(text), _MALE.search(text)
    return "f" if female else "m" if male else None
