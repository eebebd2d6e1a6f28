"""The sung line: a pitch and a time for every syllable, a time for every phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from .arrange import Draft
from .band import Bar
from .form import PlannedPhrase, PlannedSection
from .melody import Place, Range, melody, motif
from .score import Note, Phrase
from .setting import BREATH_S, place_syllables, slot_strength, time_phrase

#: MIDI pitches the two voices sing
VOICE_RANGES = {"m": Range(48, 64), "f": Range(57, 73)}
#: choruses are sung this much higher, in semitones
CHORUS_LIFT = 3
#: the last syllable of a phrase is held no longer than this, in seconds and in beats
HOLD_MAX_S, HOLD_MAX_BEATS = 1.6, 2.5


def sung_phrases(draft: Draft) -> Iterator[Phrase]:
    """Every phrase of the piece with exact times. Sections of a kind share their motifs, line by line."""
    for section, bars in draft.section_bars():
        for n, planned in enumerate(section.phrases):
            here = bars[planned.bar : planned.bar + planned.grid.bars_n]
            yield _phrase(draft, section, planned, here, n, last=n + 1 == len(section.phrases))


def _phrase(
    draft: Draft, section: PlannedSection, planned: PlannedPhrase, bars: Sequence[Bar], number: int, *, last: bool
) -> Phrase:
    grid, syllables = planned.grid, planned.phrase.syllables
    rng = Random(f"{draft.seed}:voice:{section.kind}:{number % 2}")
    steps, start = motif(rng, leaps=draft.leaps), rng.choice((-3, 0, 2))
    # the take turns a line higher or lower and may enter on the off-beat
    turn = Random(f"{draft.seed}:{draft.take}:voice:{section.kind}:{number}")
    enter = turn.choice((0, 0, 1)) if len(syllables) < grid.slots_n // 2 else 0
    slots = place_syllables(tuple(s.stressed for s in syllables), grid, start=enter)
    onsets_s = [bars[0].start_s + slot * grid.slot_s for slot in slots]
    places = [
        Place(onset_s, slot_strength(slot, grid) >= 1.5, bars[slot // (grid.meter * grid.per_beat)].chord)
        for onset_s, slot in zip(onsets_s, slots, strict=True)
    ]
    compass = VOICE_RANGES[draft.idea.vocal_gender]
    lift = CHORUS_LIFT if section.kind == "chorus" else 0
    centre = compass.centre - 1 + start + lift + turn.choice((-2, 0, 0, 2))
    pitches = melody(places, key=draft.idea.key, compass=compass, steps=steps, start=centre, closes=last)
    hold_s = min(HOLD_MAX_S, HOLD_MAX_BEATS * draft.clock.beat_s)
    end_s = min(onsets_s[-1] + hold_s, bars[-1].end_s - BREATH_S)
    notes = tuple(
        Note(pitch, start_s, until_s, 0.8)
        for pitch, start_s, until_s in zip(pitches, onsets_s, [*onsets_s[1:], end_s], strict=True)
    )
    return Phrase(time_phrase(planned.phrase.words, onsets_s, end_s), notes, planned.phrase.line)
