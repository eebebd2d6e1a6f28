import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.features import voice
from suno_lab.features.yin import fundamental_hz
from suno_lab.models import Word

SR = 22050
T = np.arange(4 * SR) / SR


def sung(hz):
    return sum(np.sin(2 * np.pi * hz * k * T) / k for k in range(1, 6)) * 0.1


@pytest.mark.parametrize("hz", [82.4, 220.0, 523.3, 880.0])
def test_pitch_of_a_steady_voice(hz):
    pitches_hz = fundamental_hz(sung(hz).astype(np.float32))
    assert np.nanmedian(pitches_hz) == pytest.approx(hz, rel=0.003)
    assert np.isnan(pitches_hz).mean() < 0.05


def test_noise_and_silence_have_no_pitch():
    noise = np.random.default_rng(0).normal(scale=0.1, size=SR).astype(np.float32)
    assert np.isnan(fundamental_hz(noise)).mean() > 0.95
    assert np.isnan(fundamental_hz(np.zeros(SR, np.float32))).all()
    assert len(fundamental_hz(np.zeros(10, np.float32))) == 0


def test_a_stem_gives_pitch_range_and_level():
    stem = np.where(T < 2, sung(220), sung(440))
    band = 0.1 * np.sin(2 * np.pi * 1000 * T) * np.sqrt(np.mean(stem**2)) / (0.1 / np.sqrt(2))
    row = voice.extract(Audio(stem + band, SR, stems={"vocals": Audio(stem, SR)}))
    assert row["voice_range_semitones"] == pytest.approx(12, abs=0.3)
    assert row["voice_level_db"] == pytest.approx(0, abs=0.5)


def test_words_give_share_and_rate():
    words = [Word(word="a", start_s=1.0, end_s=1.5), Word(word="b", start_s=1.25, end_s=2.0)]
    row = voice.extract(Audio(np.zeros(4 * SR), SR, words=words))
    assert (row["words_n"], row["first_word_s"], row["sung_share"], row["words_per_s"]) == (2, 1.0, 0.25, 2.0)


def test_a_mix_alone_says_nothing():
    assert voice.extract(Audio(sung(220), SR)) == {}
    assert voice.extract(Audio(sung(220), SR, words=())) == {"words_n": 0}


def test_presence_and_register():
    stem = np.where(T < 1, sung(220), 0)
    row = voice.extract(Audio(stem, SR, stems={"vocals": Audio(stem, SR)}))
    assert row["voice_share"] == pytest.approx(0.25, abs=0.02)
    assert row["voice_register"] == "baritone"
    assert [voice.register(hz) for hz in (110, 262, 340, 430, 700)] == [
        "bass", "tenor", "alto", "mezzo-soprano", "soprano"
    ]  # fmt: skip
    silent = Audio(np.zeros(SR), SR)
    assert voice.extract(Audio(stem, SR, stems={"vocals": silent})) == {"voice_share": 0.0}


def test_pyin_is_offered_by_librosa():
    stem = Audio(sung(330), SR)
    row = voice.extract_librosa(Audio(sung(330), SR, stems={"vocals": stem}))
    assert row["voice_pitch_hz"] == pytest.approx(330, rel=0.005)


def test_words_a_minute_count_the_rests():
    words = [Word(word=str(n), start_s=0.5 + n, end_s=0.75 + n) for n in range(3)]
    assert voice.extract(Audio(np.ones(4 * SR), SR, words=words))["words_per_min"] == pytest.approx(60 * 3 / 2.25)
