import pytest

from suno_lab.features import tonality
from suno_lab.features.keys import TONICS, key_scores

MAJOR = [(0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)]
MINOR = [(0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7)]


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize(("mode", "cadence"), [("major", MAJOR), ("minor", MINOR)])
def test_a_cadence_has_its_key(chords, mode, cadence, tonic):
    shifted = [tuple(note + tonic - 6 for note in chord) for chord in cadence]
    row = tonality.extract(chords(shifted, each_s=0.5, repeat_n=3))
    assert row["musical_key"] == f"{TONICS[(tonic - 6) % 12]} {mode}"
    assert row["key_mode"] == mode
    assert 0 < row["key_confidence"] <= 1
    assert row["key_alternative"] != row["musical_key"]


@pytest.mark.parametrize("cents", [-35.0, 0.0, 30.0])
def test_tuning_is_measured_and_does_not_move_the_key(chords, cents):
    row = tonality.extract(chords(MAJOR, each_s=0.5, repeat_n=3, tuning_cents=cents))
    assert row["tuning_cents"] == pytest.approx(cents, abs=4)
    assert row["musical_key"] == "C major"


def test_silence_has_no_key(silence):
    assert tonality.extract(silence) == {}
    assert tonality.extract_librosa(silence) == {}


def test_librosa_finds_the_plain_key(chords):
    assert tonality.extract_librosa(chords(MAJOR, each_s=0.5, repeat_n=3))["key_tonic"] in {"C", "G", "F"}


def test_a_template_fits_itself_best():
    import numpy as np

    from suno_lab.features.keys import ALBRECHT_SHANAHAN

    assert key_scores(np.roll(ALBRECHT_SHANAHAN[1], 3)).argmax() == 12 + 3
