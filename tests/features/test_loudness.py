import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.features import level, loudness
from suno_lab.features.loudness import k_weighting, range_lu, step_powers


def sine(hz, dbfs, *, sr=48000, duration_s=5.0, channels_n=2):
    wave = 10 ** (dbfs / 20) * np.sin(2 * np.pi * hz * np.arange(round(duration_s * sr)) / sr)
    return np.stack([wave] * channels_n, axis=1)


@pytest.mark.parametrize("sr", [48000, 44100, 32000])
@pytest.mark.parametrize("dbfs", [-23.0, -33.0])
def test_a_stereo_sine_of_1_khz_reads_its_level(dbfs, sr):
    """EBU Tech 3341, cases 1 and 2: -23 (-33) dBFS in both channels reads -23.0 (-33.0) ± 0.1 LUFS."""
    row = loudness.extract(Audio(sine(1000, dbfs, sr=sr), sr))
    assert row["loudness_integrated_lufs"] == pytest.approx(dbfs, abs=0.1)


def test_quiet_parts_are_gated():
    """EBU Tech 3341, case 3: 10 s at -36, 60 s at -23, 10 s at -36 dBFS read -23.0 ± 0.1 LUFS."""
    parts = [sine(1000, dbfs, duration_s=s, sr=16000) for dbfs, s in ((-36, 10), (-23, 60), (-36, 10))]
    row = loudness.extract(Audio(np.concatenate(parts), 16000))
    assert row["loudness_integrated_lufs"] == pytest.approx(-23, abs=0.1)


@pytest.mark.parametrize(("low", "expected"), [(-30.0, 10.0), (-25.0, 5.0), (-20.0 - 20.0, 20.0)])
def test_loudness_range(low, expected):
    """EBU Tech 3342, cases 1 to 3: 20 s at one level, 20 s at another read their difference ± 1 LU."""
    parts = [sine(1000, dbfs, duration_s=20, sr=16000) for dbfs in (-20.0, low)]
    assert range_lu(step_powers(Audio(np.concatenate(parts), 16000))) == pytest.approx(expected, abs=1)


def test_the_coefficients_at_48_khz_are_those_of_the_standard():
    printed = [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
    np.testing.assert_allclose(k_weighting(48000), printed, atol=1e-8)


def test_levels_of_a_sine():
    row = level.extract(Audio(sine(997, -6.0), 48000))
    assert row["peak_dbfs"] == pytest.approx(-6, abs=0.01)
    assert row["crest_db"] == pytest.approx(3.01, abs=0.01)


def test_silence_has_no_decibels(silence):
    assert set(loudness.extract(silence).values()) == {None}


def test_the_loudest_moment_is_above_the_loudest_three_seconds():
    t = np.arange(12 * 48_000) / 48_000
    tone = np.sin(2 * np.pi * 1000 * t) * np.where((t > 5) & (t < 6), 0.5, 0.05)
    row = loudness.extract(Audio(np.stack([tone, tone], axis=1), 48_000))
    assert row["loudness_momentary_max_lufs"] == pytest.approx(20 * np.log10(0.5), abs=0.1)
    assert row["loudness_short_term_max_lufs"] == pytest.approx(20 * np.log10(0.5) - 10 * np.log10(3), abs=0.1)
    assert loudness.extract(Audio(tone[: 2 * 48_000], 48_000))["loudness_short_term_max_lufs"] is None
