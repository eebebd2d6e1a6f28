import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.features import structure

SR = 22050
LENGTHS_S = (14, 12, 14, 12)


@pytest.fixture(scope="module")
def abab():
    """A low, dark chord against a high, noisy one: A B A B."""
    rng = np.random.default_rng(0)
    parts = []
    for label, length_s in zip("ABAB", LENGTHS_S, strict=True):
        t = np.arange(length_s * SR) / SR
        pulse = np.exp(-6 * (t * 2 % 1))
        notes_hz = (130.8, 164.8, 196.0) if label == "A" else (440.0, 554.4, 659.3)
        sound = sum(np.sin(2 * np.pi * hz * t) for hz in notes_hz) * 0.1
        sound += rng.normal(scale=0.002 if label == "A" else 0.05, size=len(t))
        parts.append(sound * pulse)
    return Audio(np.concatenate(parts), SR)


def test_boundaries_within_a_second(abab):
    found = structure.segments(abab)
    assert [segment.start_s for segment in found[1:]] == pytest.approx(np.cumsum(LENGTHS_S)[:-1], abs=1.0)
    assert [segment.label for segment in found] == ["A", "B", "A", "B"]
    assert (found[0].start_s, found[-1].end_s) == (0.0, abab.duration_s)
    assert structure.extract(abab)["repetition"] == 1.0


def test_one_texture_is_one_segment():
    noise = np.random.default_rng(0).normal(scale=0.1, size=20 * SR)
    assert structure.extract(Audio(noise, SR))["segments_n"] == 1
    assert structure.extract(Audio(noise, SR))["repetition"] == 0.0


def test_too_short_and_silent():
    assert structure.segments(Audio(np.ones(SR), SR)) == ()
    assert structure.segments(Audio(np.zeros(20 * SR), SR)) == ()


def test_fades():
    noise = np.random.default_rng(0).normal(scale=0.1, size=12 * SR)
    t = np.arange(len(noise)) / SR
    row = structure.extract(Audio(noise * np.clip(t / 3, 0, 1) * np.clip((12 - t) / 4, 0, 1), SR))
    assert row["fade_in_s"] == pytest.approx(1.5, abs=0.4)
    assert row["fade_out_s"] == pytest.approx(2.0, abs=0.4)
    assert structure.extract(Audio(noise, SR))["fade_out_s"] < 0.1
