"""Whatever file comes: values, or a row that says what is wrong with it."""

import struct

import numpy as np
import pandas as pd
import pytest
import soundfile

from suno_lab import features
from suno_lab.audio import Audio

SR = 16_000
T = np.arange(3 * SR) / SR
NOISE = np.random.default_rng(0).normal(scale=0.1, size=3 * SR)
SWEEP = 0.5 * np.sin(2 * np.pi * 20 * 3 / np.log(350) * (350 ** (T / 3) - 1))  # 20 Hz to 7 kHz
DAMAGED = np.where(np.arange(len(NOISE)) % 997 == 0, np.nan, NOISE)
DAMAGED[5000:5010] = np.inf

RATES_HZ = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000)


def forged_wav(frames_n, data):
    """A header that claims more than there is."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, SR, 2 * SR, 2, 16)
    return b"RIFF" + struct.pack("<I", 2 * frames_n) + b"WAVE" + form + b"data" + struct.pack("<I", 2 * frames_n) + data


@pytest.fixture(scope="module")
def odd_folder(tmp_path_factory):
    """Odd files."""
    folder = tmp_path_factory.mktemp("odd")
    soundfile.write(folder / "sweep.wav", SWEEP, SR)
    soundfile.write(folder / "one_sample.wav", [0.5], SR)
    soundfile.write(folder / "two_samples.flac", [0.5, -0.5], SR)
    soundfile.write(folder / "eight_channels.wav", np.stack([NOISE] * 8, axis=1), SR)
    soundfile.write(folder / "damaged.wav", DAMAGED, SR, subtype="FLOAT")
    soundfile.write(folder / "all_damage.wav", np.full(SR, np.nan), SR, subtype="DOUBLE")
    soundfile.write(folder / "silence.flac", np.zeros(SR), SR)
    soundfile.write(folder / "whole.mp3", NOISE, SR)
    soundfile.write(folder / "whole.flac", NOISE, SR)
    (folder / "an_mp3.wav").write_bytes((folder / "whole.mp3").read_bytes())
    (folder / "cut.mp3").write_bytes((folder / "whole.mp3").read_bytes()[:6000])
    (folder / "cut.flac").write_bytes((folder / "whole.flac").read_bytes()[:20_000])
    (folder / "forged.wav").write_bytes(forged_wav(10**9, NOISE[:SR].astype("<i2").tobytes()))
    (folder / "empty.wav").write_bytes(b"")
    (folder / "text.mp3").write_text("not audio\n" * 99)
    for rate_hz in RATES_HZ:
        soundfile.write(folder / f"rate_{rate_hz}.wav", clicks(rate_hz), rate_hz)
    return folder


@pytest.fixture(scope="module")
def rows(odd_folder):
    """One row for each odd file, by name."""
    table = features.analyze(odd_folder)
    return table.set_index(table["path"].str.rsplit("/", n=1).str[1])


def clicks(sr):
    """Six seconds at 120 bpm: ten milliseconds of a 1 kHz tone that dies away."""
    burst = np.sin(2 * np.pi * 1000 * np.arange(sr // 100) / sr) * np.geomspace(0.5, 0.005, sr // 100)
    samples = np.random.default_rng(0).normal(scale=1e-4, size=6 * sr)
    for start in range(sr // 2, 6 * sr - len(burst), sr // 2):
        samples[start : start + len(burst)] += burst
    return samples


@pytest.mark.parametrize("name", ["cut.flac", "empty.wav", "text.mp3"])
def test_what_cannot_be_measured_says_so(rows, name):
    assert rows.loc[name, "error"].startswith("AudioError: ")
    assert rows.loc[name].drop(["path", "error"]).isna().all()


def test_all_others_have_a_duration_and_no_infinity(rows):
    good = rows[rows["error"].isna()]
    assert set(rows.index) - set(good.index) == {"cut.flac", "empty.wav", "text.mp3"}
    assert (good["duration_s"] > 0).all()
    assert not np.isinf(good.select_dtypes("float")).any(axis=None)


@pytest.mark.parametrize(("name", "frames_n"), [("one_sample.wav", 1), ("two_samples.flac", 2), ("forged.wav", SR)])
def test_lengths_are_counted(rows, name, frames_n):
    assert rows.loc[name, "duration_s"] == frames_n / SR


def test_names_do_not_count(rows):
    differing = ["path", "header_duration_s"]
    pd.testing.assert_series_equal(
        rows.loc["an_mp3.wav"].drop(differing), rows.loc["whole.mp3"].drop(differing), check_names=False
    )


def test_eight_channels_measure_as_one(rows):
    assert rows.loc["eight_channels.wav", "channels_n"] == 8
    assert rows.loc["eight_channels.wav", "rms_dbfs"] == pytest.approx(rows.loc["whole.flac", "rms_dbfs"], abs=0.01)


def test_damage_is_counted_and_silence_is_not_zero(rows):
    assert rows.loc["damaged.wav", "invalid_n"] == len(range(0, len(NOISE), 997)) + 10
    assert rows.loc["all_damage.wav", "invalid_n"] == SR
    for name in ("all_damage.wav", "silence.flac"):
        assert rows.loc[name, ["tempo_bpm", "musical_key", "loudness_integrated_lufs"]].isna().all()


@pytest.mark.parametrize("name", ["cut.mp3", "forged.wav"])
def test_what_is_cut_off_is_flagged(rows, name):
    assert rows.loc[name, "truncated"]
    assert not rows.loc["whole.mp3", "truncated"]


def test_a_sweep_has_no_steady_tempo(rows):
    assert pd.isna(rows.loc["sweep.wav", "tempo_bpm"]) or rows.loc["sweep.wav", "tempo_confidence"] < 0.5
    assert 200 < rows.loc["sweep.wav", "spectral_centroid_hz"] < 7000


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_rate_changes_neither_tempo_nor_level(rows, rate_hz):
    row = rows.loc[f"rate_{rate_hz}.wav"]
    assert row["tempo_bpm"] == pytest.approx(120, rel=2e-3)
    assert row["duration_s"] == 6.0
    assert row["rms_dbfs"] == pytest.approx(rows.loc["rate_44100.wav", "rms_dbfs"], abs=0.2)


FAMILIES = features.families()


@pytest.mark.parametrize("cut_n", [0, 1, 4, 11, 44, 45, 1000, 5000])
@pytest.mark.parametrize("name", ["whole.mp3", "whole.flac", "sweep.wav"])
def test_a_file_cut_anywhere_is_values_or_a_typed_error(odd_folder, tmp_path, name, cut_n):
    (tmp_path / name).write_bytes((odd_folder / name).read_bytes()[:cut_n])
    row = features.analyze(tmp_path / name).iloc[0]
    assert pd.isna(row["error"]) or row["error"].startswith("AudioError: ")


def test_bytes_that_were_flipped_are_values_or_a_typed_error(odd_folder, tmp_path):
    rng = np.random.default_rng(0)
    for number in range(6):
        name = ("whole.mp3", "whole.flac", "sweep.wav")[number % 3]
        data = bytearray((odd_folder / name).read_bytes())
        for place in rng.integers(len(data), size=50):
            data[place] ^= int(rng.integers(1, 256))
        (tmp_path / f"{number}_{name}").write_bytes(data)
    table = features.analyze(tmp_path)
    assert (table["error"].isna() | table["error"].str.startswith("AudioError: ")).all()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("frames_n", [2, 100, 1023, 1025, 2049, SR, 5 * SR])
def test_every_family_takes_any_length(family, frames_n):
    row = FAMILIES[family].extract(Audio(np.tile(NOISE, 2)[:frames_n], SR))
    assert not [value for value in row.values() if isinstance(value, float) and not np.isfinite(value)]


@pytest.mark.parametrize("bpm", range(40, 241, 8))
def test_clicks_at_any_tempo_are_bars_or_none_and_steady(bpm):
    burst = np.random.default_rng(0).normal(size=300) * np.geomspace(0.5, 0.001, 300)
    samples = np.zeros(24 * SR)
    for start_s in np.arange(0.5, 23.5, 60 / bpm):
        samples[round(start_s * SR) : round(start_s * SR) + 300] += burst
    row = features.extract(Audio(samples, SR), families=("rhythm", "meter"))
    ratio = row["tempo_bpm"] / bpm
    assert min(abs(ratio / r - 1) for r in (1, 2, 0.5, 3, 1 / 3)) < 0.002
    assert row["tempo_stability"] in (None, 1.0)
