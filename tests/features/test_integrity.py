"""Every planted fault trips its own measure."""

import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.features import file, integrity, loudness

SR = 44100
T = np.arange(2 * SR) / SR
TONE = 0.5 * np.sin(2 * np.pi * 997 * T)
NOISE = np.random.default_rng(0).normal(scale=0.05, size=2 * SR)


def measured(samples, sr=SR):
    return integrity.extract(Audio(samples, sr))


def test_a_clean_tone_has_no_fault():
    row = measured(TONE * np.minimum(1, (T[-1] - T) * 2))
    assert (row["clipped_n"], row["silence_start_s"], row["ends_abruptly"]) == (0, 0.0, False)
    assert abs(row["dc_offset"]) < 1e-3


def test_clipping_is_counted_by_runs():
    clipped = np.clip(TONE * 4, -1, 1)
    assert measured(clipped)["clipped_n"] == pytest.approx(2 * 997 * 2, abs=2)
    assert measured(TONE * 2)["clipped_n"] == 0
    assert measured(clipped * 0.5)["clipped_n"] == 0


def test_offset():
    assert measured(TONE + 0.1)["dc_offset"] == pytest.approx(0.1, abs=1e-4)


def test_silence_at_the_ends_and_between():
    quiet = np.zeros(SR)
    row = measured(np.concatenate([quiet, TONE, quiet, TONE, quiet[: SR // 2]]))
    assert row["silence_start_s"] == pytest.approx(1.0, abs=0.011)
    assert row["silence_end_s"] == pytest.approx(0.5, abs=0.011)
    assert row["silence_share"] == pytest.approx(1 / 5, abs=0.01)


@pytest.mark.parametrize("edge_hz", [4000, 11000, 16000])
def test_bandwidth(edge_hz):
    spectrum = np.fft.rfft(np.random.default_rng(0).normal(scale=0.1, size=4 * SR))
    spectrum[np.fft.rfftfreq(4 * SR, 1 / SR) > edge_hz] = 0
    assert measured(np.fft.irfft(spectrum))["bandwidth_hz"] == pytest.approx(edge_hz, abs=150)


def test_true_peak_lies_between_the_samples():
    """A sine at a quarter of the rate, 45° off its samples: they reach 0.7071 of it (EBU Tech 3341, case 16)."""
    wave = 0.5 * np.sin(2 * np.pi * 0.25 * np.arange(SR) + np.pi / 4) * np.hanning(SR)
    assert loudness.extract(Audio(wave, SR))["true_peak_dbtp"] == pytest.approx(-6.02, abs=0.2)
    assert 20 * np.log10(np.abs(wave).max()) == pytest.approx(-9.03, abs=0.05)


def test_an_end_cut_off():
    assert measured(NOISE)["ends_abruptly"] is True
    assert measured(NOISE * np.linspace(1, 0, len(NOISE)) ** 2)["ends_abruptly"] is False


def test_file_facts():
    row = file.extract(Audio(np.stack([TONE, TONE], axis=1), SR, header_duration_s=5.0))
    assert (row["duration_s"], row["truncated"], row["sample_rate_hz"], row["channels_n"]) == (2.0, True, SR, 2)
    assert file.extract(Audio(TONE, SR))["truncated"] is None
    assert file.extract(Audio(np.full(4, np.nan), SR))["invalid_n"] == 4


def test_a_loop_has_no_seam_and_a_jump_has_one():
    t = np.arange(4 * SR) / SR
    loop = 0.2 * np.sin(2 * np.pi * 220 * t) + np.random.default_rng(0).normal(scale=0.01, size=len(t))
    row = measured(loop)
    assert row["loop_step_db"] == pytest.approx(0, abs=0.5)
    assert row["loop_seam_db"] < 1.0
    jump = measured(np.where(t < 2, loop, 0.1 * np.random.default_rng(1).normal(size=len(t))))
    assert jump["loop_seam_db"] > 6
    assert measured(loop * np.linspace(1, 0.1, len(t)))["loop_step_db"] == pytest.approx(19.5, abs=1)


def test_short_clips_have_no_seam():
    row = measured(np.ones(200) * 0.5)
    assert row["loop_seam_db"] is None
    assert row["loop_step_db"] is None
