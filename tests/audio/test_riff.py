import struct
from io import BytesIO

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.audio import Audio
from suno_lab.audio.riff import claimed_frames

SR = 8000


def wav(**options):
    file = BytesIO()
    soundfile.write(file, np.zeros((SR, 2)), SR, format="WAV", **options)
    return file.getvalue()


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_the_claim_is_in_frames(subtype):
    assert claimed_frames(BytesIO(wav(subtype=subtype))) == SR


@pytest.mark.parametrize("size", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_length_that_was_never_known_claims_nothing(size):
    whole = wav()
    at = whole.index(b"data") + 4
    assert claimed_frames(BytesIO(whole[:at] + struct.pack("<I", size) + whole[at + 4 :])) is None


def test_chunks_before_the_sound_are_passed_over():
    whole = wav()
    at = whole.index(b"data")
    odd = b"LIST" + struct.pack("<I", 5) + b"abcde\0"
    assert claimed_frames(BytesIO(whole[:at] + odd + whole[at:])) == SR


@given(st.binary(max_size=64))
def test_no_bytes_stop_it(content):
    for head in (b"", b"RIFF\0\0\0\0WAVE", b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0"):
        claimed = claimed_frames(BytesIO(head + content))
        assert claimed is None or claimed >= 0


def test_a_wav_that_broke_off_is_flagged(tmp_path):
    whole = wav(subtype="PCM_16")
    (tmp_path / "cut.wav").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "whole.wav").write_bytes(whole)
    cut, uncut = (Audio.load(tmp_path / name) for name in ("cut.wav", "whole.wav"))
    assert cut.truncated
    assert (cut.header_duration_s, uncut.header_duration_s) == (1.0, 1.0)
    assert cut.duration_s == pytest.approx(0.5, abs=0.01)
    assert not uncut.truncated
