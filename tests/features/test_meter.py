"""Bars and steadiness, on clicks and chords whose bars are known."""

import mir_eval
import numpy as np
import pytest

from suno_lab import features
from suno_lab.audio import Audio
from suno_lab.features import meter

SR = 22050
CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))


def song(beats_per_bar, *, bpm=120.0, bars_n=16, pickup_n=0):
    """A chord a bar with a drum on every beat, lower and stronger on the first."""
    beat = round(60 / bpm * SR)
    samples = np.zeros((bars_n * beats_per_bar + pickup_n + 1) * beat)
    t, rng = np.arange(beat * beats_per_bar) / SR, np.random.default_rng(0)
    for bar in range(bars_n):
        start = (pickup_n + bar * beats_per_bar) * beat
        for note in CHORDS[bar % 4]:
            samples[start : start + len(t)] += 0.1 * np.sin(2 * np.pi * 261.63 * 2 ** (note / 12) * t)
        samples[start : start + 2000] += 0.5 * np.sin(2 * np.pi * 80 * t[:2000]) * np.geomspace(1, 0.01, 2000)
    for number in range(bars_n * beats_per_bar + pickup_n):
        samples[number * beat : number * beat + 400] += rng.normal(scale=0.3, size=400) * np.geomspace(1, 0.01, 400)
    return Audio(np.concatenate([np.zeros(SR // 2), samples]), SR), 0.5 + pickup_n * beat / SR


@pytest.mark.parametrize(("beats_per_bar", "pickup_n"), [(4, 0), (4, 1), (3, 0), (3, 2)])
def test_bars_are_found(beats_per_bar, pickup_n):
    audio, first_s = song(beats_per_bar, pickup_n=pickup_n)
    row = meter.extract(audio)
    assert row["beats_per_bar"] == beats_per_bar
    true_s = first_s + np.arange(16) * beats_per_bar * 0.5
    found_s = features.downbeats(audio)
    assert mir_eval.beat.f_measure(true_s, found_s) > 0.9
    assert row["downbeats_n"] == len(found_s)


def test_even_clicks_have_no_bars_but_are_steady(clicks):
    row = meter.extract(clicks(100, duration_s=40.0))
    assert "beats_per_bar" not in row
    assert len(features.downbeats(clicks(100))) == 0
    assert row["tempo_stability"] == 1.0
    assert row["tempo_spread_pc"] < 0.3


def test_a_tempo_that_drifts_is_not_steady():
    times_s, at_s = [], 0.5
    while at_s < 58:
        times_s.append(at_s)
        at_s += 60 / (110 * (1 + 0.06 * (at_s / 29 - 1)))
    samples, burst = np.zeros(60 * SR), np.random.default_rng(0).normal(size=400) * np.geomspace(0.5, 0.001, 400)
    for start_s in times_s:
        samples[round(start_s * SR) : round(start_s * SR) + 400] += burst
    row = meter.extract(Audio(samples, SR))
    assert row["tempo_spread_pc"] > 1.0
    assert row["tempo_stability"] < 0.9


def test_silence_and_noise_have_neither():
    assert meter.extract(Audio(np.zeros(20 * SR), SR)) == {}
    noise = Audio(np.random.default_rng(0).normal(scale=0.1, size=30 * SR), SR)
    assert meter.extract(noise).get("beats_per_bar") is None
