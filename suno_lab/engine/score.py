"""What is played and sung, as plain values, and the truth about it.

Times are seconds from the start of the clip. A :class:`Score` holds no audio: rendering reads it, and
:meth:`Score.truth` restates it in the words of music research.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from typing import Any, TypeVar, cast

from ..models import Word
from .brief import Brief
from .models import EmulatedModel
from .theory import Key

SR = 44_100  #: Hz, of everything rendered


@dataclass(frozen=True, slots=True)
class Note:
    """One note: MIDI pitch, start, end (s), velocity 0–1."""

    pitch: int
    start_s: float
    end_s: float
    velocity: float


@dataclass(frozen=True, slots=True)
class Phone:
    """One ARPAbet phone with its time."""

    symbol: str
    start_s: float
    end_s: float
    stressed: bool = False


@dataclass(frozen=True, slots=True)
class SungWord:
    """A word as written with the phones that sing it."""

    text: str
    phones: tuple[Phone, ...]

    @property
    def start_s(self) -> float:
        """Where its first phone begins."""
        return self.phones[0].start_s

    @property
    def end_s(self) -> float:
        """Where its last phone ends."""
        return self.phones[-1].end_s


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words sung in one breath, and the notes they are sung on.

    ``line`` counts the sung lines of the lyrics from 0; a long line may take several phrases.
    """

    words: tuple[SungWord, ...]
    notes: tuple[Note, ...]
    line: int

    @property
    def start_s(self) -> float:
        """Where the first word begins."""
        return self.words[0].start_s

    @property
    def end_s(self) -> float:
        """Where the last word ends."""
        return self.words[-1].end_s


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the form, e.g. ``"Chorus"``."""

    start_s: float
    end_s: float
    label: str


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """A chord in Harte's syntax, e.g. ``"A:min"``; ``"N"`` where none sounds."""

    start_s: float
    end_s: float
    label: str


@dataclass(frozen=True)
class Part:
    """What one stem plays on one General MIDI program (a drum kit if ``drums``)."""

    program: int
    notes: tuple[Note, ...]
    drums: bool = False


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is true of a clip, because the composer decided it.

    ``tempo_bpm``, ``beats_s`` and ``downbeats_s`` are the grid that was played to; ``words`` begin with their first
    consonant and end with their last sound; ``effects`` are the marks of the emulated model that were applied.
    """

    title: str
    model: str
    style: str
    instrumental: bool
    duration_s: float
    tempo_bpm: float
    requested_tempo_bpm: float | None
    musical_key: str
    key_tonic: str
    key_mode: str
    requested_key: str | None
    meter: int
    vocal_gender: str | None
    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...]
    chords: tuple[ChordSpan, ...]
    sections: tuple[Section, ...]
    words: tuple[Word, ...]
    word_lines: tuple[int, ...]  #: for each word, the sung line of the lyrics it belongs to, from 0
    notes: Mapping[str, tuple[Note, ...]]
    effects: Mapping[str, float | bool | str]

    def as_json(self) -> dict[str, Any]:
        """The same in plain JSON types (dicts, lists, strings, numbers, ``None``)."""
        return cast(dict[str, Any], _plain(self))


@dataclass(frozen=True, kw_only=True)
class Score:
    """Everything needed to sound a piece, decided; equal briefs, seeds and takes give equal scores."""

    brief: Brief
    seed: int
    take: int
    model: EmulatedModel
    title: str
    lyrics: str  #: what is sung, with section tags; the engine's own when none were given
    style_name: str
    tempo_bpm: float
    key: Key
    meter: int
    vocal_gender: str | None
    requested_tempo_bpm: float | None
    requested_key: Key | None
    beats_s: tuple[float, ...]
    downbeats_s: tuple[float, ...]
    chords: tuple[ChordSpan, ...]
    sections: tuple[Section, ...]
    parts: Mapping[str, Part]
    phrases: tuple[Phrase, ...]
    duration_s: float
    fade_s: float  #: length of the closing fade, 0.0 when the last chord rings out by itself
    effects: Mapping[str, float | bool | str] = field(default_factory=dict)

    @property
    def samples_n(self) -> int:
        """Length in samples at :data:`SR`."""
        return round(self.duration_s * SR)

    @property
    def sung_words(self) -> Iterator[tuple[SungWord, int]]:
        """Every word with the line it belongs to, in order."""
        return ((word, phrase.line) for phrase in self.phrases for word in phrase.words)

    def truth(self) -> Truth:
        """The truth about the clip; nothing in it is measured."""
        sung = list(self.sung_words)
        notes = {name: part.notes for name, part in self.parts.items()}
        if self.phrases:
            notes["vocals"] = tuple(note for phrase in self.phrases for note in phrase.notes)
        return Truth(
            title=self.title,
            model=self.model.name,
            style=self.style_name,
            instrumental=not self.phrases,
            duration_s=self.duration_s,
            tempo_bpm=self.tempo_bpm,
            requested_tempo_bpm=self.requested_tempo_bpm,
            musical_key=self.key.name,
            key_tonic=self.key.tonic,
            key_mode=self.key.mode,
            requested_key=self.requested_key.name if self.requested_key else None,
            meter=self.meter,
            vocal_gender=self.vocal_gender if self.phrases else None,
            beats_s=self.beats_s,
            downbeats_s=self.downbeats_s,
            chords=self.chords,
            sections=self.sections,
            words=tuple(Word(word=word.text, start_s=word.start_s, end_s=word.end_s) for word, _ in sung),
            word_lines=tuple(line for _, line in sung),
            notes=notes,
            effects=dict(self.effects),
        )

    def head(self, until_s: float) -> Score:
        """The piece up to ``until_s``: notes are cut there, phrases that would be cut keep their whole words."""
        return replace(
            self,
            beats_s=tuple(t for t in self.beats_s if t < until_s - 1e-6),
            downbeats_s=tuple(t for t in self.downbeats_s if t < until_s - 1e-6),
            chords=_cut(self.chords, until_s),
            sections=_cut(self.sections, until_s),
            parts={name: replace(part, notes=_cut(part.notes, until_s)) for name, part in self.parts.items()},
            phrases=tuple(kept for phrase in self.phrases if (kept := cut_phrase(phrase, until_s)) is not None),
            duration_s=min(self.duration_s, round(until_s * SR) / SR),
            fade_s=0.0,
        )


Span = TypeVar("Span", Note, Section, ChordSpan)


def midi_notes(score: Score) -> dict[str, list[tuple[int, float, float, float]]]:
    """Per stem the notes as ``(pitch, start_s, end_s, velocity 0–1)``, in order of time."""
    found = score.truth().notes.items()
    return {name: sorted((n.pitch, n.start_s, n.end_s, n.velocity) for n in notes) for name, notes in found}


def _cut(spans: tuple[Span, ...], until_s: float) -> tuple[Span, ...]:
    return tuple(s if s.end_s <= until_s else replace(s, end_s=until_s) for s in spans if s.start_s < until_s - 1e-3)


def cut_phrase(phrase: Phrase, until_s: float) -> Phrase | None:
    """The words of a phrase that end by ``until_s``; ``None`` when there are none."""
    words = tuple(word for word in phrase.words if word.end_s <= until_s)
    if not words:
        return None
    notes = tuple(note for note in phrase.notes if note.start_s < words[-1].end_s)
    return replace(phrase, words=words, notes=notes)


def _plain(value: Any) -> Any:
    """``value`` in plain JSON types."""
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value]
