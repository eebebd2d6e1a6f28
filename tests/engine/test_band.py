from dataclasses import replace
from random import Random

import pytest

from suno_lab.engine import styles
from suno_lab.engine.band import Bar, Feel, bass_notes, comp_notes, drum_notes
from suno_lab.engine.idea import style_named
from suno_lab.engine.theory import chord_on, key_from_name

KEY = key_from_name("C major")
BAR = Bar(
    start_s=2.0, beat_s=0.5, meter=4, chord=chord_on("I", KEY), next_chord=chord_on("IV", KEY), energy=1.0, opens=False,
    closes=False,
)  # fmt: skip


def exact(swing: float = 0.0) -> Feel:
    return Feel(rng=Random(1), timing_sd_s=0.0, density=1.0, swing=swing)


def test_drums_play_the_pattern_on_its_steps() -> None:
    notes = drum_notes([BAR], style_named("rock"), exact())
    kicks = [note.start_s for note in notes if note.pitch == styles.KICK]
    snares = [note.start_s for note in notes if note.pitch == styles.SNARE]
    assert kicks == [2.0, 2.5, 3.0, 3.25, 3.5]
    assert snares == [2.5, 3.5]


def test_a_closing_bar_has_a_fill_and_an_opening_one_a_crash() -> None:
    closing, opening = (
        {note.pitch for note in drum_notes([bar], style_named("pop"), exact())}
        for bar in (replace(BAR, closes=True), replace(BAR, opens=True))
    )
    assert set(styles.TOMS) <= closing
    assert styles.CRASH in opening
    assert not set(styles.TOMS) & opening


def test_swing_delays_off_beat_eighths_only() -> None:
    assert BAR.step_s(0, 0.33) == 2.0
    assert BAR.step_s(1, 0.33) == 2.125
    assert BAR.step_s(2, 0.33) == pytest.approx(2.25 + 0.33 * 0.25)


def test_bass_has_the_root_on_the_first_beat_and_leads_to_the_next() -> None:
    for name in ("pop", "jazz", "edm", "folk", "reggae"):
        notes = bass_notes([BAR], style_named(name), exact())
        assert notes[0].start_s == 2.0
        assert notes[0].pitch % 12 == 0
        assert all(28 <= note.pitch <= 55 for note in notes)
    walk = bass_notes([BAR], style_named("jazz"), exact())
    assert abs(walk[-1].pitch - 41) <= 2


def test_chords_hold_their_notes_within_the_bar() -> None:
    for pattern in (*styles.COMP, "pad"):
        notes = comp_notes([BAR], pattern, exact(), centre=60, level=0.6)
        assert notes
        assert {note.pitch % 12 for note in notes} <= {0, 4, 7}
        assert all(2.0 <= note.start_s < note.end_s <= 4.02 for note in notes)


def test_three_beats_to_a_bar_are_no_longer_than_three_beats() -> None:
    bar = replace(BAR, meter=3)
    for notes in (
        drum_notes([bar], style_named("waltz"), exact()),
        bass_notes([bar], style_named("jazz"), exact()),
        comp_notes([bar], "arpeggio", exact(), centre=60, level=0.6),
    ):
        assert notes
        assert max(note.start_s for note in notes) < bar.end_s


def test_players_stray_by_their_deviation() -> None:
    feel = Feel(rng=Random(1), timing_sd_s=0.01, density=1.0, swing=0.0)
    strayed = [feel.at(1.0) - 1.0 for _ in range(400)]
    assert abs(sum(strayed) / 400) < 0.002
    assert 0.008 < (sum(x * x for x in strayed) / 400) ** 0.5 < 0.012
    assert all(0.05 <= feel.velocity(level) <= 1 for level in (0.0, 0.5, 1.0, 2.0))
