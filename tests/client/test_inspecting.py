"""A decoder that may die."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from suno_lab.client.inspecting import WITHHELD, Inspector, environment, shared_inspector
from suno_lab.errors import DownloadError

DIES = "import os, sys; sys.stdin.readline(); os.abort()"
HANGS = "import sys, threading; sys.stdin.readline(); threading.Event().wait()"


@pytest.fixture
def inspector() -> Iterator[Callable[..., Inspector]]:
    made: list[Inspector] = []

    def make(*command: str, **about: float) -> Inspector:
        made.append(Inspector(command, **about) if command else Inspector())
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    path = tmp_path / "tone with a\nnewline.wav"
    soundfile.write(path, 0.5 * np.sin(np.arange(8000) * 0.3), 8000)
    return path


def test_one_process_answers_for_many_files(inspector, tone: Path, tmp_path: Path) -> None:
    ours = inspector()
    assert ours.inspect(tone).decoded_s == 1.0
    first = ours._process.pid
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"RIFF")
    with pytest.raises(DownloadError, match="does not decode"):
        ours.inspect(bad)
    assert ours.inspect(tone).source_codec == "wav/pcm_16"
    assert ours._process.pid == first


def test_a_dead_decoder_is_an_error_and_the_next_file_has_a_new_one(inspector, tone: Path) -> None:
    ours = inspector(sys.executable, "-c", DIES)
    for _ in range(2):
        with pytest.raises(DownloadError, match="the decoder ended on it"):
            ours.inspect(tone)


def test_one_that_was_killed_between_files_is_replaced(inspector, tone: Path) -> None:
    ours = inspector()
    ours.inspect(tone)
    ours._process.kill()
    ours._process.wait()
    assert ours.inspect(tone).decoded_s == 1.0


def test_a_file_that_takes_too_long_is_given_up(inspector, tone: Path) -> None:
    with pytest.raises(DownloadError, match="the decoder ended on it"):
        inspector(sys.executable, "-c", HANGS, patience_s=0.05).inspect(tone)


def test_keys_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WITHHELD:
        monkeypatch.setenv(name, "sk-canary")
    assert "sk-canary" not in environment().values()


def test_there_is_one_for_the_whole_process() -> None:
    assert shared_inspector() is shared_inspector()
