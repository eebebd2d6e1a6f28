"""Decoding a file to its end, and nothing worse than an error from a bad one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from suno_lab.audio.inspection import answer, inspect
from suno_lab.errors import AudioError

SR = 8_000
TONE = 0.5 * np.sin(np.arange(2 * SR) * 0.3)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.wav", "wav/pcm_16"), ("a.flac", "flac"), ("a.ogg", "ogg/vorbis"), ("a.mp3", "mp3")],
)
def test_length_loudest_sample_and_coding(tmp_path: Path, name: str, codec: str) -> None:
    soundfile.write(tmp_path / name, TONE, SR)
    held = inspect(tmp_path / name)
    assert held.source_codec == codec
    assert held.decoded_s == pytest.approx(2.0, abs=0.15)  # an encoder may pad
    assert held.peak == pytest.approx(0.5, abs=0.1)


def test_a_header_that_promises_more_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    soundfile.write(path, TONE, SR)
    path.write_bytes(path.read_bytes()[: 44 + SR * 2])
    assert inspect(path).decoded_s == pytest.approx(1.0)


@pytest.mark.parametrize("content", [b"", b"ID3 and then words", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"fLaC" + bytes(99)])
def test_what_is_no_audio_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(content)
    with pytest.raises(AudioError):
        inspect(path)
    assert set(answer(str(path))) == {"error"}


def test_a_small_file_that_unpacks_to_hours_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "bomb.flac"
    soundfile.write(path, np.zeros(60 * SR, np.int16), SR)
    with pytest.raises(AudioError, match="longer than 30 s"):
        inspect(path, max_duration_s=30.0)


def test_a_file_that_is_gone_is_an_answer(tmp_path: Path) -> None:
    assert "No such file" in answer(str(tmp_path / "gone.mp3"))["error"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
@pytest.mark.parametrize(
    ("greedy", "ending"),
    [("bytearray(2**31)", "MemoryError"), ("while True: pass", "")],
)
def test_memory_and_processor_time_are_capped(greedy: str, ending: str) -> None:
    code = f"""
from suno_lab.audio import inspection
inspection.CPU_S = 1
inspection.confine(2**30)()
{greedy}
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert ending in ended.stderr
