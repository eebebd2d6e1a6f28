import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.features import timbre

SR = 22050
T = np.arange(3 * SR) / SR


def tone(hz):
    return timbre.extract(Audio(0.5 * np.sin(2 * np.pi * hz * T), SR))


@pytest.mark.parametrize("hz", [110.0, 1000.0, 5000.0])
def test_a_tone_has_its_own_centre(hz):
    row = tone(hz)
    assert row["spectral_centroid_hz"] == pytest.approx(hz, rel=0.05, abs=12)
    assert row["spectral_rolloff_hz"] == pytest.approx(hz, abs=22)
    assert row["spectral_flatness"] < 0.01
    assert row["spectral_change"] < 0.01
    assert row["low_share"] == pytest.approx(1.0 if hz < 200 else 0.0, abs=0.01)


def test_white_noise_is_flat_and_changes():
    row = timbre.extract(Audio(np.random.default_rng(0).normal(scale=0.1, size=3 * SR), SR))
    assert row["spectral_centroid_hz"] == pytest.approx(SR / 4, rel=0.03)
    assert row["spectral_flatness"] == pytest.approx(np.exp(-np.euler_gamma), abs=0.03)
    assert row["spectral_change"] > 0.15


def test_silence_has_no_colour(silence):
    assert timbre.extract(silence) == {}
