from random import Random

from hypothesis import given
from hypothesis import strategies as st

from suno_lab.engine.melody import Place, Range, melody, motif
from suno_lab.engine.theory import TONICS, chord_on, key_from_name

VOICE = Range(48, 64)


@given(
    st.sampled_from([f"{tonic} {mode}" for tonic in TONICS for mode in ("major", "minor")]),
    st.lists(st.booleans(), min_size=1, max_size=20),
    st.integers(0, 10_000),
    st.sampled_from(["I", "IV", "V", "vi"]),
)
def test_melodies_stay_in_key_and_range_and_rest_on_chord_tones(
    name: str, strong: list[bool], seed: int, numeral: str
) -> None:
    key = key_from_name(name)
    chord = chord_on(numeral, key)
    places = [Place(float(n), is_strong, chord) for n, is_strong in enumerate(strong)]
    pitches = melody(places, key=key, compass=VOICE, steps=motif(Random(seed)), start=56, closes=False)
    assert len(pitches) == len(places)
    assert all(VOICE.low <= pitch <= VOICE.high for pitch in pitches)
    assert all(pitch % 12 in key.scale_pcs for pitch in pitches)
    in_scale = set(chord.pcs[:3]) & set(key.scale_pcs)
    assert all(p % 12 in in_scale for p, place in zip(pitches, places, strict=True) if place.strong)


def test_a_closing_phrase_ends_on_the_tonic() -> None:
    key = key_from_name("D major")
    places = [Place(float(n), False, chord_on("I", key)) for n in range(6)]
    assert melody(places, key=key, compass=VOICE, steps=(1, 2, -1), start=55, closes=True)[-1] % 12 == 2


def test_equal_motifs_give_equal_tunes() -> None:
    key = key_from_name("C major")
    places = [Place(float(n), n % 2 == 0, chord_on("I", key)) for n in range(8)]
    one, two = (melody(places, key=key, compass=VOICE, steps=motif(Random(3)), start=55, closes=False) for _ in "ab")
    assert one == two


def test_leaps_widen_the_motif() -> None:
    calm, wild = (sum(abs(step) for step in motif(Random(1), 400, leaps=leaps)) for leaps in (0.0, 1.0))
    assert wild > calm
