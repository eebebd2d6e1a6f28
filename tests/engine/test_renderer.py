import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.engine import SR, Rendered, Score, encode_mp3, encode_wav, render
from suno_lab.engine.mixer import mix_lufs
from suno_lab.features.loudness import integrated_lufs, step_powers


def test_stems_sum_to_the_mix(sound: Rendered) -> None:
    total = np.sum(list(sound.stems.values()), axis=0, dtype=np.float64)
    np.testing.assert_allclose(total, sound.mix, atol=2e-6)
    assert {"vocals", "drums", "bass", "keys"} <= set(sound.stems)


def test_shape_type_and_peak(song: Score, sound: Rendered) -> None:
    for samples in (sound.mix, *sound.stems.values()):
        assert samples.dtype == np.float32
        assert samples.shape == (song.samples_n, 2)
        assert np.isfinite(samples).all()
    assert 0.2 < np.abs(sound.mix).max() <= 1.0
    assert sound.duration_s == song.duration_s


def test_the_voice_sounds_inside_the_words(song: Score, sound: Rendered) -> None:
    power = np.square(sound.stems["vocals"]).sum(axis=1)
    inside = np.zeros(len(power), bool)
    for word in song.truth().words:
        start, end = round(word.start_s * SR), round(word.end_s * SR)
        inside[start:end] = True
        assert power[start:end].mean() > 0.01 * power[power > 0].mean(), word
    assert power[inside].sum() / power.sum() >= 0.95


def test_mix_has_the_loudness_of_its_model(song: Score, sound: Rendered) -> None:
    measured_lufs = integrated_lufs(step_powers(Audio(sound.mix, SR)))
    assert measured_lufs == pytest.approx(song.model.loudness_lufs, abs=0.5)
    assert mix_lufs(sound.mix) == pytest.approx(measured_lufs, abs=0.1)


def test_equal_scores_give_equal_samples(song: Score, sound: Rendered) -> None:
    np.testing.assert_array_equal(render(song).mix, sound.mix)


def test_files_decode_to_the_same_length(sound: Rendered) -> None:
    import io

    import soundfile

    head = sound.mix[: 2 * SR]
    wav, sr = soundfile.read(io.BytesIO(encode_wav(head, SR)), dtype="float32")
    assert sr == SR
    np.testing.assert_allclose(wav, head, atol=1e-4)
    mp3 = encode_mp3(head, SR, kbps=128)
    assert len(mp3) == pytest.approx(2 * 128_000 / 8, rel=0.1)
    assert soundfile.info(io.BytesIO(mp3)).samplerate == SR
