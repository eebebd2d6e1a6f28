"""Melodies: a walk on the scale that meets chord tones on strong places, the same motif wherever a section returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from .theory import Chord, Key

#: steps of the scale from one note to the next, and how often
_STEPS, _WEIGHTS = (-3, -2, -1, 0, 1, 2, 3), (1, 4, 9, 5, 9, 4, 1)


@dataclass(frozen=True)
class Place:
    """Where a note of the melody stands."""

    time_s: float
    strong: bool
    chord: Chord


@dataclass(frozen=True)
class Range:
    """MIDI pitches a voice or instrument moves in."""

    low: int
    high: int

    @property
    def centre(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2


def motif(rng: Random, notes_n: int = 64, *, leaps: float = 0.0) -> tuple[int, ...]:
    """Scale steps of a motif; ``leaps`` (0–1) moves weight from steps to leaps."""
    weights = [w * (1 + 3 * leaps if abs(step) > 1 else 1.0) for step, w in zip(_STEPS, _WEIGHTS, strict=True)]
    return tuple(rng.choices(_STEPS, weights, k=notes_n))


def melody(
    places: Sequence[Place], *, key: Key, compass: Range, steps: Sequence[int], start: float, closes: bool
) -> tuple[int, ...]:
    """MIDI pitches for ``places``.

    Parameters
    ----------
    places
        One per note, in order.
    key, compass
        The scale and the pitches allowed.
    steps
        Moves on the scale, repeated as needed.
    start
        Pitch the first note begins near.
    closes
        Whether the phrase comes to rest: its last note is the tonic where the chord has it, else a chord tone.
    """
    ladder = [p for p in range(compass.low, compass.high + 1) if p % 12 in key.scale_pcs]
    at = min(range(len(ladder)), key=lambda i: abs(ladder[i] - start))
    pitches = []
    for n, place in enumerate(places):
        if n:
            at = _reflected(at + steps[n % len(steps)], len(ladder))
        last = n + 1 == len(places)
        if place.strong or last or n == 0:
            at = _settled(at, ladder, _goal(place.chord, key, closing=last and closes))
        pitches.append(ladder[at])
    return tuple(pitches)


def _goal(chord: Chord, key: Key, *, closing: bool) -> Callable[[int], bool]:
    wanted = {key.tonic_pc} if closing and key.tonic_pc in chord.pcs else set(chord.pcs[:3])
    return lambda pitch: pitch % 12 in wanted


def _settled(at: int, ladder: Sequence[int], fits: Callable[[int], bool]) -> int:
    """The nearest rung that fits; the same where none does."""
    fitting = [i for i, pitch in enumerate(ladder) if fits(pitch)]
    return min(fitting, key=lambda i: (abs(i - at), i), default=at)


def _reflected(at: int, rungs_n: int) -> int:
    if at < 0:
        return min(-at, rungs_n - 1)
    return max(0, 2 * (rungs_n - 1) - at) if at >= rungs_n else at
