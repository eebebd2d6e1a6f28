import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.features import rhythm
from suno_lab.features.onsets import onset_envelope
from suno_lab.features.tempo import estimate_tempo


@pytest.mark.parametrize("bpm", [60.0, 87.3, 100.0, 123.456, 171.0])
def test_clicks_have_their_tempo(clicks, bpm):
    row = rhythm.extract(clicks(bpm))
    best = min((bpm, bpm / 2, bpm * 2), key=lambda candidate: abs(np.log(row["tempo_bpm"] / candidate)))
    assert row["tempo_bpm"] == pytest.approx(best, rel=5e-4)
    assert 0 < row["tempo_confidence"] <= 1


@pytest.mark.parametrize("bpm", range(40, 241, 10))
def test_every_tempo_is_found_but_for_its_octave(clicks, bpm):
    tempo_bpm = rhythm.extract(clicks(bpm, duration_s=12.0))["tempo_bpm"]
    assert min(abs(tempo_bpm / (bpm * octave) - 1) for octave in (0.5, 1, 2)) < 2e-3


@pytest.mark.parametrize("bpm", [90.0, 120.0])
def test_beats_lie_on_the_clicks(clicks, bpm):
    beats_s = rhythm.beats(clicks(bpm, first_s=0.5))
    off_s = (beats_s - 0.5 + 30 / bpm) % (60 / bpm) - 30 / bpm
    assert np.abs(np.median(off_s)) < 0.020
    assert len(beats_s) == pytest.approx(20 * bpm / 60, abs=2)


def test_silence_and_a_steady_tone_have_no_tempo(silence):
    tone = Audio(0.5 * np.sin(2 * np.pi * 440 * np.arange(5 * 22050) / 22050), 22050)
    assert rhythm.extract(silence).get("tempo_bpm") is None
    assert len(rhythm.beats(silence)) == 0
    assert rhythm.extract(tone).get("tempo_confidence") or 0 < 0.3


def test_noise_is_less_sure_than_clicks(clicks):
    noise = Audio(np.random.default_rng(0).normal(scale=0.1, size=20 * 22050), 22050)
    assert rhythm.extract(noise)["tempo_confidence"] < 0.5 < rhythm.extract(clicks(120))["tempo_confidence"]


def test_the_alternative_is_a_related_tempo(clicks):
    row = rhythm.extract(clicks(120))
    ratio = row["tempo_alternative_bpm"] / row["tempo_bpm"]
    assert min(abs(ratio - known) for known in (0.5, 2, 1 / 3, 3, 2 / 3, 1.5)) < 1e-9


def test_beats_follow_a_tempo_that_drifts():
    sr, times_s, period_s = 22050, [0.5], 0.5
    while times_s[-1] < 28:
        period_s *= 1.006
        times_s.append(times_s[-1] + period_s)
    samples = np.zeros(30 * sr, np.float32)
    burst = np.random.default_rng(0).normal(size=400) * np.geomspace(0.5, 0.001, 400)
    for time_s in times_s:
        samples[round(time_s * sr) : round(time_s * sr) + 400] += burst.astype(np.float32)
    beats_s = rhythm.beats(Audio(samples, sr))
    nearest_s = np.abs(beats_s[:, None] - np.array(times_s)).min(axis=1)
    assert np.mean(nearest_s < 0.03) > 0.9


def test_librosa_measures_the_same_clicks(clicks):
    row = rhythm.extract_librosa(clicks(120))
    assert row["tempo_bpm"] == pytest.approx(120, rel=0.05)
    assert rhythm.beats_librosa(clicks(120)).size > 20


@pytest.mark.parametrize("prior_bpm", [60.0, 120.0])
def test_a_prior_chooses_the_octave(clicks, prior_bpm):
    envelope = onset_envelope(clicks(120))
    assert estimate_tempo(envelope, prior_bpm=prior_bpm, prior_octaves=0.3).tempo_bpm == pytest.approx(
        prior_bpm, rel=1e-3
    )
