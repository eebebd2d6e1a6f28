import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.engine.theory import (
    TONICS,
    Chord,
    Key,
    chord_on,
    key_from_name,
    midi_to_hz,
    nearest_pitch,
    pitch_class,
    voicing,
)

C_MAJOR, A_MINOR = key_from_name("C major"), key_from_name("A minor")


@pytest.mark.parametrize(
    ("numeral", "in_c_major", "in_a_minor"),
    [
        ("I", "C:maj", "A:maj"), ("i", "C:min", "A:min"), ("V7", "G:7", "E:7"), ("vi7", "A:min7", "F:min7"),
        ("bVII", "Bb:maj", "F#:maj"), ("viio", "B:dim", "G:dim"), ("IVmaj7", "F:maj7", "D:maj7"),
        ("VI", "A:maj", "F:maj"),
    ],
)  # fmt: skip
def test_numerals_mean_chords(numeral: str, in_c_major: str, in_a_minor: str) -> None:
    assert chord_on(numeral, C_MAJOR).label == in_c_major
    assert chord_on(numeral, A_MINOR).label == in_a_minor


def test_no_numeral_is_refused() -> None:
    with pytest.raises(ValueError, match="Roman"):
        chord_on("H", C_MAJOR)


def test_names_go_both_ways() -> None:
    for tonic in TONICS:
        for mode in ("major", "minor"):
            assert key_from_name(f"{tonic} {mode}").name == f"{tonic} {mode}"
    assert [pitch_class(name) for name in ("Cb", "b#", "F♯", "E♭")] == [11, 0, 6, 3]


def test_scale_of_a_minor_has_no_accidentals() -> None:
    assert sorted(A_MINOR.scale_pcs) == sorted(C_MAJOR.scale_pcs) == [0, 2, 4, 5, 7, 9, 11]
    assert Key(tonic_pc=9, mode="minor") == A_MINOR


@given(st.integers(0, 11), st.floats(20, 100))
def test_nearest_pitch_is_within_a_tritone(pc: int, to: float) -> None:
    found = nearest_pitch(pc, to)
    assert found % 12 == pc
    assert abs(found - to) <= 6


def test_voicing_has_every_note_once_near_the_centre() -> None:
    chord = Chord(root_pc=7, quality="7")
    pitches = voicing(chord, centre=60)
    assert {p % 12 for p in pitches} == set(chord.pcs)
    assert all(abs(p - 60) <= 6 for p in pitches)


def test_concert_pitch() -> None:
    assert midi_to_hz(69) == 440.0
    assert midi_to_hz(81) == 880.0
