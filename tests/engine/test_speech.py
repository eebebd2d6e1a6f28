import numpy as np
import pytest

from suno_lab.engine import speech
from suno_lab.engine.onnx_outputs import output_names, with_output
from suno_lab.engine.pronounce import VOWELS
from suno_lab.engine.setting import CONSONANT_S
from suno_lab.errors import EngineError

HELLO = ((("HH", False), ("AH", False), ("L", False), ("OW", True)), (("M", False), ("IY", True)))


def field(number: int, payload: bytes) -> bytes:
    return bytes([number << 3 | 2, len(payload)]) + payload


def tiny_model() -> bytes:
    """Two nodes in a graph, with fields of every wire type around them."""
    ceil = field(1, b"in") + field(2, b"up") + field(4, b"Ceil")
    relu = field(2, b"positive") + field(4, b"Relu")
    return b"\x08\x07" + field(7, field(1, relu) + field(1, ceil)) + b"\x35\0\0\0\0" + b"\x39" + bytes(8)


def test_output_names_of_one_operator() -> None:
    assert output_names(tiny_model(), "Ceil") == ["up"]
    assert output_names(tiny_model(), "Add") == []
    assert output_names(b"", "Ceil") == []


def test_an_output_is_added_behind_the_model() -> None:
    longer = with_output(tiny_model(), "up" * 100)
    assert longer.startswith(tiny_model())
    assert ("up" * 100).encode() in longer
    assert output_names(longer, "Ceil") == ["up"]


def test_a_broken_model_is_refused() -> None:
    with pytest.raises(ValueError, match="wire type"):
        output_names(b"\x0f", "Ceil")


def test_every_phone_can_be_said() -> None:
    assert set(speech._IPA) == VOWELS | CONSONANT_S.keys()


def test_phones_of_speech_follow_each_other() -> None:
    said = speech.speak(HELLO)
    starts, ends = zip(*said.spans, strict=True)
    assert len(said.spans) == 6
    assert all(start < end for start, end in said.spans)
    assert list(starts) == sorted(starts)
    assert ends[-1] <= len(said.voiced)
    assert said.log_envelope.shape[0] == len(said.voiced)
    vowel = said.voiced[int(starts[5]) : int(ends[5])]
    assert vowel.mean() > 0.7


def test_equal_words_give_equal_speech() -> None:
    first = speech.speak(HELLO)
    speech.speak.cache_clear()
    np.testing.assert_array_equal(speech.speak(HELLO).log_envelope, first.log_envelope)


def test_an_altered_voice_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "VOICE_SHA256", "0" * 64)
    with pytest.raises(EngineError, match="sha256"):
        speech._voice.__wrapped__()
