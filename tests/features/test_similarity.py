import numpy as np
import pytest
import soundfile

from suno_lab import features
from suno_lab.audio import Audio
from suno_lab.features.similarity import compare

SR = 22050


def tune(seed, *, shift=0, notes_n=48, brightness=8):
    """Plucked notes on a scale, in a random order."""
    rng = np.random.default_rng(seed)
    t = np.arange(SR // 3) / SR
    notes = rng.choice([0, 2, 4, 5, 7, 9, 11, 12], size=notes_n) + shift
    hz = 261.63 * 2 ** (notes / 12)
    waves = [sum(np.sin(2 * np.pi * f * k * t) / k for k in range(1, brightness + 1)) * np.exp(-6 * t) for f in hz]
    return Audio(0.2 * np.concatenate(waves) + rng.normal(scale=1e-4, size=notes_n * len(t)), SR)


@pytest.fixture(scope="module")
def song():
    return tune(1)


def test_a_clip_is_itself(song):
    row = compare(song, song)
    assert row["fingerprint_error"] < 0.01
    assert row["fingerprint_offset_s"] == 0
    assert (row["chroma_similarity"], row["transposition_semitones"]) == (pytest.approx(1, abs=0.01), 0)
    assert row["timbre_distance"] == pytest.approx(0, abs=1e-6)


def test_a_quieter_noisier_part_is_found(song):
    noise = np.random.default_rng(5).normal(scale=2e-4, size=song.samples.shape)
    part = Audio(song.samples * 0.5 + noise, SR).excerpt(3.0, 14.0)
    row = compare(song, part)
    assert row["fingerprint_error"] < 0.35
    assert row["fingerprint_offset_s"] == pytest.approx(3.0, abs=0.05)


def test_another_tune_is_not(song):
    row = compare(song, tune(2))
    assert row["fingerprint_error"] > 0.35
    assert row["chroma_similarity"] < 0.6


@pytest.mark.parametrize("semitones", [1, -3, 5])
def test_the_same_tune_in_another_key(song, semitones):
    row = compare(song, tune(1, shift=semitones))
    assert row["transposition_semitones"] == semitones
    assert row["chroma_similarity"] > 0.9


def test_another_sound_is_further_away(song):
    assert compare(song, tune(1, brightness=2))["timbre_distance"] > compare(song, tune(2))["timbre_distance"]


def test_silence_leaves_all_open(silence, song):
    assert set(compare(silence, song).values()) == {None}
    assert compare(Audio(np.ones(1), SR), song) is not None


def test_near_duplicates_of_a_folder_are_found(tmp_path):
    first, second = (tune(seed, notes_n=30) for seed in (1, 2))
    soundfile.write(tmp_path / "a.wav", first.samples, SR)
    soundfile.write(tmp_path / "b.wav", second.samples, SR)
    soundfile.write(tmp_path / "c.mp3", 0.5 * first.samples[2 * SR :], SR)
    (tmp_path / "d.mp3").write_bytes(b"nothing")
    seen = []
    found = features.near_duplicates(tmp_path, progress=lambda done_n, total_n: seen.append((done_n, total_n)))
    assert found[["a", "b"]].map(lambda path: path[-5:]).values.tolist() == [["a.wav", "c.mp3"]]
    assert found["fingerprint_offset_s"][0] == pytest.approx(2.0, abs=0.05)
    pair = features.compare(tmp_path / "a.wav", tmp_path / "c.mp3")
    assert found["fingerprint_error"][0] == pytest.approx(pair["fingerprint_error"], abs=1e-4)
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert features.near_duplicates([]).empty
