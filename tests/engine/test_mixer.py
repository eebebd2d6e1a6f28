import numpy as np
import pytest

from suno_lab.engine import SR, recording_gain
from suno_lab.engine.mixer import CEILING, CHANNELS, Channel, active_rms, make_room, master, mix_lufs, place


def tone(seconds: float = 2.0, hz: float = 440.0, level: float = 0.1) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * hz * np.arange(round(seconds * SR)) / SR)
    return np.repeat(wave[:, None], 2, axis=1).astype(np.float32)


def test_a_stem_is_brought_to_its_level_whatever_it_was() -> None:
    for level in (0.001, 0.1, 1.0):
        placed = place(tone(level=level), Channel(-20.0))
        assert 20 * np.log10(active_rms(placed)) == pytest.approx(-20.0, abs=0.1)


def test_pan_moves_energy_to_a_side() -> None:
    left, right = np.square(place(tone(), Channel(-20.0, pan=-0.5))).sum(axis=0)
    assert left > 2 * right


def test_reverb_rings_after_the_sound() -> None:
    stem = np.concatenate([tone(0.5), np.zeros((SR, 2), np.float32)])
    placed = place(stem, Channel(-20.0, reverb=0.2))
    assert np.abs(placed[round(0.6 * SR) : round(0.7 * SR)]).max() > 1e-4


def test_the_band_makes_room_for_the_voice() -> None:
    stem = tone(3.0)
    make_room(stem, [(1.0, 2.0)])
    before, during, after = (active_rms(stem[round(a * SR) : round(b * SR)]) for a, b in ((0, 0.8), (1, 2), (2.2, 3)))
    assert before == pytest.approx(after, rel=0.01)
    assert 20 * np.log10(during / before) == pytest.approx(-3.0, abs=0.1)


def test_silence_stays_silent() -> None:
    assert not place(np.zeros((SR, 2), np.float32), CHANNELS["vocals"]).any()
    stems = {"keys": np.zeros((SR, 2), np.float32)}
    assert not master(stems, loudness_lufs=-14.0, bandwidth_hz=9000.0, fade_s=0.0).any()
    assert mix_lufs(np.zeros((SR, 2), np.float32)) is None


def test_mix_reaches_its_loudness_and_stems_sum_to_it() -> None:
    stems = {"keys": tone(hz=220), "lead": tone(hz=880, level=0.02)}
    mix = master(stems, loudness_lufs=-20.0, bandwidth_hz=20_000.0, fade_s=0.0)
    assert mix_lufs(mix) == pytest.approx(-20.0, abs=0.2)
    np.testing.assert_allclose(stems["keys"] + stems["lead"], mix, atol=1e-6)


def test_bandwidth_is_cut() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, (2 * SR, 2)).astype(np.float32)
    mix = master({"pad": noise}, loudness_lufs=-20.0, bandwidth_hz=8000.0, fade_s=0.0)
    power = np.square(np.abs(np.fft.rfft(mix[:, 0])))
    hz = np.fft.rfftfreq(len(mix), 1 / SR)
    above, below = power[hz > 12_000].mean(), power[(hz > 1000) & (hz < 6000)].mean()
    assert 10 * np.log10(above / below) < -20


def test_peaks_stay_below_the_ceiling() -> None:
    stem = tone(3.0, level=0.02)
    stem[SR : SR + 2000] *= 40
    mix = master({"drums": stem}, loudness_lufs=-8.0, bandwidth_hz=20_000.0, fade_s=0.0)
    assert np.abs(mix).max() <= CEILING + 1e-4


def test_the_fade_ends_in_silence() -> None:
    mix = master({"keys": tone(3.0)}, loudness_lufs=-20.0, bandwidth_hz=20_000.0, fade_s=1.0)
    assert np.abs(mix[-10:]).max() < 1e-3
    assert np.abs(mix[: 2 * SR - 100]).max() > 5 * np.abs(mix[-SR // 10 :]).max()


def test_recordings_are_weighed() -> None:
    assert recording_gain(None) == recording_gain(0.5) == 1.0
    assert recording_gain(1.0) == pytest.approx(2.0, rel=0.01)
    assert recording_gain(0.0) == pytest.approx(0.5, rel=0.01)
