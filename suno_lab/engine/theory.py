"""Keys, scales and chords as plain arithmetic on pitch classes (0 = C … 11 = B)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

#: how the twelve tonics are spelled everywhere in this package
TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
#: semitones above the root, by the quality word of Harte's chord syntax
QUALITIES = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "sus4": (0, 5, 7),
}
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ROMAN = {"i": 0, "ii": 1, "iii": 2, "iv": 3, "v": 4, "vi": 5, "vii": 6}
_NUMERAL = re.compile(r"(b|#)?([iv]+)(maj7|sus4|7|o)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Key:
    """A tonic and a mode, ``"major"`` or ``"minor"``."""

    tonic_pc: int
    mode: str

    @property
    def tonic(self) -> str:
        """The tonic's name, e.g. ``"Eb"``."""
        return TONICS[self.tonic_pc]

    @property
    def name(self) -> str:
        """E.g. ``"Eb minor"``."""
        return f"{self.tonic} {self.mode}"

    @property
    def scale_pcs(self) -> tuple[int, ...]:
        """The seven pitch classes from the tonic upwards."""
        return tuple((self.tonic_pc + step) % 12 for step in SCALES[self.mode])


@dataclass(frozen=True, kw_only=True)
class Chord:
    """A root and one of :data:`QUALITIES`."""

    root_pc: int
    quality: str

    @property
    def label(self) -> str:
        """Harte's syntax, e.g. ``"C:maj"``, ``"Bb:min7"``."""
        return f"{TONICS[self.root_pc]}:{self.quality}"

    @property
    def pcs(self) -> tuple[int, ...]:
        """The chord's pitch classes, root first."""
        return tuple((self.root_pc + step) % 12 for step in QUALITIES[self.quality])


def pitch_class(name: str) -> int:
    """The pitch class of a note name such as ``"C"``, ``"F#"``, ``"bb"`` or ``"E♭"``."""
    letter, accidentals = name[0].upper(), name[1:].replace("♯", "#").replace("♭", "b")
    return (_LETTERS[letter] + accidentals.count("#") - accidentals.count("b")) % 12


def key_from_name(name: str) -> Key:
    """The key called ``name``, e.g. ``"A minor"``."""
    tonic, mode = name.split()
    return Key(tonic_pc=pitch_class(tonic), mode=mode)


@cache
def chord_on(numeral: str, key: Key) -> Chord:
    """The chord a Roman numeral means in a key.

    Upper case is major, lower case minor, ``o`` diminished, ``7`` / ``maj7`` / ``sus4`` as written, ``b`` or ``#``
    before it moves the root. In minor keys the degrees are those of the natural minor scale, so ``V`` there carries
    the raised seventh of the harmonic minor by being written in upper case.
    """
    found = _NUMERAL.fullmatch(numeral)
    if found is None:
        raise ValueError(f"not a Roman numeral chord: {numeral!r}")
    shift, degree, suffix = found.groups()
    root = SCALES[key.mode][_ROMAN[degree.lower()]] + {"b": -1, "#": 1}.get(shift or "", 0)
    minor = degree.islower()
    quality = {None: "min" if minor else "maj", "o": "dim", "7": "min7" if minor else "7"}.get(suffix, suffix)
    return Chord(root_pc=(key.tonic_pc + root) % 12, quality=quality)


def nearest_pitch(pc: int, to: float) -> int:
    """The MIDI pitch of class ``pc`` nearest to the pitch ``to`` (the lower one of two equally near)."""
    below = int(to) - (int(to) - pc) % 12
    return below if to - below <= below + 12 - to else below + 12


def voicing(chord: Chord, *, centre: int) -> tuple[int, ...]:
    """A close position of ``chord`` around the MIDI pitch ``centre``, lowest first."""
    return tuple(sorted(nearest_pitch(pc, centre) for pc in chord.pcs))


def midi_to_hz(pitch: float) -> float:
    """Frequency in Hz of a (fractional) MIDI pitch, A4 = 69 = 440 Hz."""
    return 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)
