"""The arrangement: the harmony bar by bar, and what every stem of the band plays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from .band import Bar, Feel, bass_notes, comp_notes, drum_notes
from .form import Clock, PlannedSection
from .idea import Idea
from .melody import Place, Range, melody, motif
from .score import Note, Part
from .setting import Grid, place_syllables, slot_strength
from .theory import chord_on, nearest_pitch, voicing

#: MIDI pitches of the lead melody
LEAD_RANGE = Range(67, 86)
#: energy below which a layer of the arrangement is silent, in the order of the style's parts
_LAYER_ENERGY = (0.0, 0.5, 0.58)
_DRUM_ENERGY, _BASS_ENERGY = 0.5, 0.4
#: kinds of section in which an instrument has the melody when somebody else sings in the others
_LEAD_KINDS = ("instrumental",)
_CENTRES = {"keys": 62, "guitar": 57, "pad": 60}
_LEVELS = {"keys": 0.62, "guitar": 0.55, "pad": 0.45}
#: which loop a kind of section plays
_LOOP_OF = {"chorus": 1, "pre-chorus": 2, "bridge": 2, "outro": 1}


@dataclass(frozen=True)
class Draft:
    """What every step of composing needs: the idea, the clock, the planned sections and their bars."""

    idea: Idea
    clock: Clock
    sections: tuple[PlannedSection, ...]
    bars: tuple[Bar, ...]
    seed: int
    take: int
    timing_sd_s: float
    density: float
    leaps: float

    @property
    def music_end_s(self) -> float:
        """Where the last chord is struck."""
        return self.bars[-1].end_s

    def feel(self, name: str) -> Feel:
        """The touch of one player."""
        rng = Random(f"{self.seed}:{self.take}:{name}")
        return Feel(rng, self.timing_sd_s, self.density, self.idea.style.swing)

    def section_bars(self) -> Iterator[tuple[PlannedSection, Sequence[Bar]]]:
        """Each section with its bars."""
        at = 0
        for section in self.sections:
            yield section, self.bars[at : at + section.bars_n]
            at += section.bars_n


def lay_bars(sections: Sequence[PlannedSection], clock: Clock, idea: Idea) -> tuple[Bar, ...]:
    """Every bar with its chord; the last is the dominant and leads to the tonic."""
    tonic, dominant = ("I", "V") if idea.key.mode == "major" else ("i", "V")
    numerals = [idea.loops[_LOOP_OF.get(section.kind, 0)][n % 4] for section in sections for n in range(section.bars_n)]
    if len(numerals) > 1:
        numerals[-1] = dominant
    chords = [chord_on(numeral, idea.key) for numeral in [*numerals, tonic]]
    marks = [
        (section.energy, n == 0, n == section.bars_n - 1 or n % 8 == 7)
        for section in sections
        for n in range(section.bars_n)
    ]
    return tuple(
        Bar(clock.lead_in_s + n * clock.bar_s, clock.beat_s, clock.meter, chords[n], chords[n + 1], *mark)
        for n, mark in enumerate(marks)
    )


def arrange(draft: Draft, duration_s: float) -> dict[str, Part]:
    """Every stem the band plays, without those that were not wanted (one stays in any case)."""
    ring_s = max(duration_s - draft.music_end_s, 0.0)
    parts = {**_rhythm_section(draft, ring_s), **_layers(draft, ring_s)}
    lead = tuple(_lead(draft))
    if lead:
        parts["lead"] = Part(draft.idea.lead_program, lead)
    kept = {stem: part for stem, part in parts.items() if stem not in draft.idea.silenced}
    return kept or dict(list(parts.items())[-1:])


def _rhythm_section(draft: Draft, ring_s: float) -> dict[str, Part]:
    style, parts = draft.idea.style, {}
    drums = drum_notes([bar for bar in draft.bars if bar.energy >= _DRUM_ENERGY], style, draft.feel("drums"))
    if drums:
        hits = [Note(pitch, draft.music_end_s, draft.music_end_s + 0.2, 0.8) for pitch in (36, 49)]
        parts["drums"] = Part(style.kit, (*drums, *hits), drums=True)
    bass = bass_notes([bar for bar in draft.bars if bar.energy >= _BASS_ENERGY], style, draft.feel("bass"))
    root = nearest_pitch(draft.bars[-1].next_chord.root_pc, 38)
    parts["bass"] = Part(style.bass_program, (*bass, *_ring((root,), draft, ring_s)))
    return parts


def _layers(draft: Draft, ring_s: float) -> dict[str, Part]:
    tonic, parts = draft.bars[-1].next_chord, {}
    for n, (stem, (program, pattern)) in enumerate(draft.idea.style.parts.items()):
        heard = [bar for bar in draft.bars if bar.energy >= _LAYER_ENERGY[min(n, 2)]]
        notes = comp_notes(heard, pattern, draft.feel(stem), centre=_CENTRES[stem], level=_LEVELS[stem])
        parts[stem] = Part(program, (*notes, *_ring(voicing(tonic, centre=_CENTRES[stem]), draft, ring_s)))
    return parts


def _ring(pitches: Sequence[int], draft: Draft, ring_s: float) -> Iterator[Note]:
    """The last chord, left to ring."""
    for pitch in pitches:
        yield Note(pitch, draft.music_end_s, draft.music_end_s + max(0.8 * ring_s, 0.3), 0.6)


def _lead(draft: Draft) -> Iterator[Note]:
    """The melody of an instrument: in every full section when nobody sings, else in the solos."""
    for section, bars in draft.section_bars():
        silent = not any(s.phrases for s in draft.sections) and section.kind not in ("intro", "outro")
        if section.kind in _LEAD_KINDS or silent:
            for n in range(0, len(bars), 2):
                yield from _lead_phrase(draft, section, bars[n : n + 2], n // 2)


def _lead_phrase(draft: Draft, section: PlannedSection, bars: Sequence[Bar], number: int) -> Iterator[Note]:
    """Two bars of melody; the same motif wherever a section of the kind returns, turned a little by the take."""
    rng = Random(f"{draft.seed}:lead:{section.kind}:{number % 2}")
    grid = Grid(len(bars), bars[0].meter, 2, bars[0].beat_s / 2)
    most_n = min(9, (grid.slots_n - grid.tail) // grid.least_gap + 1)
    notes_n = max(1, min(most_n, rng.randint(4, 8) * len(bars) // 2))
    stresses = tuple(rng.random() < 0.45 for _ in range(notes_n))
    slots = place_syllables(stresses, grid)
    times_s = [bars[0].start_s + slot * grid.slot_s for slot in slots]
    places = [
        Place(time_s, slot_strength(slot, grid) >= 2, bars[slot // (grid.meter * grid.per_beat)].chord)
        for time_s, slot in zip(times_s, slots, strict=True)
    ]
    steps = motif(rng, leaps=draft.leaps)
    turn = Random(f"{draft.seed}:{draft.take}:lead:{section.kind}:{number}").choice((-2, 0, 0, 0, 2))
    closes = number * 2 + 2 >= section.bars_n
    pitches = melody(
        places, key=draft.idea.key, compass=LEAD_RANGE, steps=steps, start=LEAD_RANGE.centre + turn, closes=closes
    )
    feel = draft.feel(f"lead:{bars[0].start_s:.3f}")
    ends_s = [*times_s[1:], min(times_s[-1] + 2 * bars[0].beat_s, bars[-1].end_s)]
    for pitch, start_s, end_s in zip(pitches, times_s, ends_s, strict=True):
        yield Note(pitch, feel.at(start_s), max(0.96 * end_s + 0.04 * start_s, start_s + 0.06), feel.velocity(0.72))
