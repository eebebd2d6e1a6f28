import numpy as np
import pytest

from suno_lab.engine import Brief, compose
from suno_lab.engine.score import Note
from suno_lab.engine.speech import FRAME_S, VOICE_SR
from suno_lab.engine.voice import pitch_curve_hz, sing


def test_pitch_follows_the_notes() -> None:
    notes = (Note(57, 1.0, 1.3, 0.8), Note(60, 1.3, 1.6, 0.8))
    curve = pitch_curve_hz(notes, first=180, frames_n=160, rng=np.random.default_rng(0), sd_cents=0.0)
    time_s = (180 + np.arange(160)) * FRAME_S
    first, second = (np.median(curve[(time_s > a) & (time_s < b)]) for a, b in ((1.05, 1.25), (1.37, 1.55)))
    assert 1200 * np.log2(first / 220.0) == pytest.approx(0, abs=20)
    assert 1200 * np.log2(second / 261.63) == pytest.approx(0, abs=20)


def test_long_notes_have_vibrato_and_short_ones_none() -> None:
    def spread(length_s: float) -> float:
        notes = (Note(57, 0.0, length_s, 0.8),)
        curve = pitch_curve_hz(notes, first=0, frames_n=200, rng=np.random.default_rng(0), sd_cents=0.0)
        return float(np.ptp(1200 * np.log2(curve[40 : int(length_s / FRAME_S) - 2] / 220)))

    assert spread(1.0) > 40
    assert spread(0.35) < 30


@pytest.mark.parametrize("gender", ["m", "f"])
def test_a_phrase_is_sung_in_its_time_and_tune(gender: str) -> None:
    import pyworld

    score = compose(Brief(lyrics="Hello my river", style="pop, 100 bpm", vocal_gender=gender, model="V6"), seed=1)
    phrase = score.phrases[0]
    samples, start_s = sing(phrase, gender=gender, rng=np.random.default_rng(0))
    assert start_s == pytest.approx(phrase.start_s, abs=0.03)
    assert start_s + len(samples) / VOICE_SR == pytest.approx(phrase.end_s, abs=0.03)
    pitch_hz, time_s = pyworld.harvest(samples.astype(float), VOICE_SR, f0_floor=70.0, f0_ceil=800.0)
    note = phrase.notes[-1]
    held = (time_s + start_s > note.start_s + 0.15) & (time_s + start_s < note.end_s - 0.1) & (pitch_hz > 0)
    cents = 1200 * np.log2(np.median(pitch_hz[held]) / (440 * 2 ** ((note.pitch - 69) / 12)))
    assert abs(cents) < 30
