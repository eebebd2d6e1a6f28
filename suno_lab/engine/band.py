"""What the band plays: chord spans to notes of drums, bass, chords and pad, by the patterns of the style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from . import styles
from .score import Note
from .styles import Style
from .theory import Chord, nearest_pitch, voicing

STEPS_PER_BEAT = 4


@dataclass(frozen=True)
class Bar:
    """One bar: where it is, what harmony, how full, and whether it opens or closes a stretch of the form."""

    start_s: float
    beat_s: float
    meter: int
    chord: Chord
    next_chord: Chord
    energy: float
    opens: bool
    closes: bool

    @property
    def end_s(self) -> float:
        """Where the next bar begins."""
        return self.start_s + self.meter * self.beat_s

    def step_s(self, step: int, swing: float) -> float:
        """When a sixteenth of the bar sounds; off-beat eighths come late by ``swing`` of an eighth."""
        late = swing * 0.5 * self.beat_s if step % STEPS_PER_BEAT == 2 else 0.0
        return self.start_s + step * self.beat_s / STEPS_PER_BEAT + late


@dataclass(frozen=True)
class Feel:
    """How exactly and how busily the band plays."""

    rng: Random
    timing_sd_s: float
    density: float
    swing: float

    def at(self, time_s: float) -> float:
        """``time_s`` as a player hits it."""
        return max(0.0, self.rng.gauss(time_s, self.timing_sd_s))

    def velocity(self, level: float) -> float:
        """A loudness near ``level``, 0.05–1."""
        return min(1.0, max(0.05, self.rng.gauss(level, 0.035)))


def drum_notes(bars: Sequence[Bar], style: Style, feel: Feel) -> tuple[Note, ...]:
    """Kick, snare and the rest: the style's pattern, a crash where a section opens full, a fill where it closes."""
    name = "waltz" if bars and bars[0].meter == 3 and style.drums != "none" else style.drums
    return tuple(note for bar in bars for note in _drum_bar(bar, styles.DRUMS[name], feel))


def _drum_bar(bar: Bar, pattern: dict[int, str], feel: Feel) -> Iterator[Note]:
    steps_n = bar.meter * STEPS_PER_BEAT
    fill_from = steps_n - STEPS_PER_BEAT if bar.closes and pattern and bar.energy > 0.5 else steps_n
    levels = {"X": 0.95, "x": 0.78, "o": 0.45}
    for pitch, steps in pattern.items():
        for step, mark in enumerate(steps[:steps_n]):
            if mark == "." or (step >= fill_from and pitch != styles.KICK):
                continue
            if mark == "o" and feel.rng.random() > feel.density * (0.55 + 0.5 * bar.energy):
                continue
            yield _hit(pitch, bar.step_s(step, feel.swing), levels[mark] * (0.75 + 0.25 * bar.energy), feel)
    for n, step in enumerate(range(fill_from, steps_n)):
        yield _hit(styles.TOMS[n % 4], bar.step_s(step, 0.0), 0.6 + 0.08 * n, feel)
    if bar.opens and pattern and bar.energy >= 0.85:
        yield _hit(styles.CRASH, bar.start_s, 0.8, feel)


def _hit(pitch: int, at_s: float, level: float, feel: Feel) -> Note:
    start_s = feel.at(at_s)
    return Note(pitch, start_s, start_s + 0.12, feel.velocity(level))


def bass_notes(bars: Sequence[Bar], style: Style, feel: Feel) -> tuple[Note, ...]:
    """The style's bass line: roots on the first beat of every chord, so that the harmony is plain."""
    name = "waltz" if bars and bars[0].meter == 3 else style.bass
    notes: list[Note] = []
    for bar in bars:
        pattern = styles.BASS[name] if bar.energy > 0.5 else styles.BASS["roots"]
        for step, mark, steps_n in _events(pattern[: bar.meter * STEPS_PER_BEAT]):
            start_s = feel.at(bar.step_s(step, feel.swing))
            length_s = min(steps_n, 12) * bar.beat_s / STEPS_PER_BEAT
            notes.append(Note(_bass_pitch(mark, bar), start_s, start_s + 0.92 * length_s, feel.velocity(0.8)))
    return tuple(notes)


def _bass_pitch(mark: str, bar: Bar) -> int:
    root = nearest_pitch(bar.chord.root_pc, 38)
    if mark == "o":
        return root + 12
    if mark == "f":
        return nearest_pitch(bar.chord.pcs[2], root + 4)
    if mark == "t":
        return nearest_pitch(bar.chord.pcs[1], root + 4)
    if mark == "a":
        goal = nearest_pitch(bar.next_chord.root_pc, 38)
        return goal + (2 if goal <= root else -1)
    return root


def comp_notes(bars: Sequence[Bar], pattern: str, feel: Feel, *, centre: int, level: float) -> tuple[Note, ...]:
    """Chords in a comping pattern (see :mod:`suno_lab.engine.styles`), or held for the bar when it is ``"pad"``."""
    notes: list[Note] = []
    for bar in bars:
        pitches = voicing(bar.chord, centre=centre)
        loud = level * (0.7 + 0.3 * bar.energy)
        if pattern == "pad":
            notes += [Note(p, bar.start_s, bar.end_s, feel.velocity(loud)) for p in pitches]
            continue
        name = "waltz" if bar.meter == 3 and pattern not in ("arpeggio", "fingers", "alberti") else pattern
        steps = styles.COMP[name] if bar.energy > 0.4 else styles.COMP[name].replace("o", ".")
        for step, mark, steps_n in _events(steps[: bar.meter * STEPS_PER_BEAT]):
            if step % STEPS_PER_BEAT and feel.rng.random() > feel.density:
                continue
            start_s = feel.at(bar.step_s(step, feel.swing))
            end_s = min(start_s + 0.95 * min(steps_n, 8) * bar.beat_s / STEPS_PER_BEAT, bar.end_s)
            accent = 0.1 if step % (2 * STEPS_PER_BEAT) == 0 else 0.0
            chosen = pitches if mark == "x" else (_chord_note(pitches, int(mark)),)
            notes += [
                Note(p, start_s + 0.004 * n, max(end_s, start_s + 0.05), feel.velocity(loud + accent))
                for n, p in enumerate(chosen)
            ]
    return tuple(notes)


def _chord_note(pitches: Sequence[int], n: int) -> int:
    return pitches[n % len(pitches)] + 12 * (n // len(pitches))


def _events(pattern: str) -> Iterator[tuple[int, str, int]]:
    """(step, mark, length in steps) of each mark; it lasts until the next mark, a rest, or the end of the bar."""
    marks = [step for step, mark in enumerate(pattern) if mark != "."]
    for step, until in zip(marks, [*marks[1:], len(pattern)], strict=True):
        if pattern[step] != "-":
            yield step, pattern[step], until - step
