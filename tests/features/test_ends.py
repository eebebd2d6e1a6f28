"""How clips begin and end."""

import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.features.ends import measure_ends

SR = 22050
T = np.arange(20 * SR) / SR
BEAT = np.exp(-8 * (T % 0.5)) * np.random.default_rng(0).normal(scale=0.2, size=len(T))
DRONE = 0.2 * np.sin(2 * np.pi * 220 * T) * (1 + np.sin(2 * np.pi * 3 * T)) / 2


def cut(samples, end_s=20.0):
    return measure_ends(Audio(samples[: round(end_s * SR)], SR))["ending"]


def test_music_that_stops_at_full_level_is_abrupt():
    assert cut(BEAT, end_s=19.05) == "abrupt"
    assert cut(DRONE, end_s=19.2) == "abrupt"


def test_attacks_that_go_on_while_it_dies_away_are_a_fade():
    assert cut(BEAT * np.clip((20 - T) / 8, 0, 1) ** 2) == "fade"


def test_a_last_chord_rings_out():
    last = 0.3 * np.sin(2 * np.pi * 220 * T) * np.exp(-1.0 * np.maximum(T - 14, 0)) * (T >= 14)
    assert cut(np.where(T < 14, BEAT, 0) + last) == "ring-out"


@pytest.mark.parametrize("hum", [np.sin(2 * np.pi * 50 * T), np.random.default_rng(1).normal(size=len(T))])
def test_a_steady_remainder_is_a_hum(hum):
    assert cut(np.where(T < 15, BEAT, 0) + 0.004 * hum) == "hum"


def test_silence_after_the_end_changes_nothing():
    assert cut(np.concatenate([BEAT[: round(15.05 * SR)], np.zeros(4 * SR)])) == "abrupt"


def test_the_intro_ends_when_the_low_end_comes_in():
    bass = 0.3 * np.sin(2 * np.pi * 80 * T) * (T >= 6)
    row = measure_ends(Audio(0.5 * BEAT + bass, SR))
    assert row["intro_s"] == pytest.approx(5.0, abs=1.1)
    assert measure_ends(Audio(0.5 * BEAT + 0.3 * np.sin(2 * np.pi * 80 * T), SR))["intro_s"] == 0.0


def test_silence_has_no_ends():
    assert measure_ends(Audio(np.zeros(5 * SR), SR)) == {}
    assert measure_ends(Audio(np.ones(100), SR)) == {}
