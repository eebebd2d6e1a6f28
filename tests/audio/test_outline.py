"""The outline of a waveform: true to the samples, small, and the same however it is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from suno_lab.audio import Audio
from suno_lab.audio.inspection import outline_of
from suno_lab.audio.outline import COLUMNS_N, STEP_N, Outline, Outliner
from suno_lab.errors import AudioError

SR = 8_000


def outline(samples: np.ndarray, *, block_n: int) -> Outline:
    outliner = Outliner()
    columns = (samples if samples.ndim == 2 else samples[:, None]).astype(np.float32)
    for at in range(0, len(columns), block_n):
        outliner.add(columns[at : at + block_n])
    return outliner.outline(SR)


def test_it_reaches_as_far_as_the_sound() -> None:
    found = outline(np.repeat([0.25, -0.5, 1.5], 10 * STEP_N), block_n=4 * STEP_N)
    assert found.duration_s == 30 * STEP_N / SR
    assert found.pairs.shape == (30, 2)
    assert found.pairs[0].tolist() == pytest.approx([0.25, 0.25], abs=1e-4)
    assert found.pairs[10].tolist() == pytest.approx([-0.5, -0.5], abs=1e-4)
    assert found.pairs[20].tolist() == [1.0, 1.0]


def test_channels_are_mixed() -> None:
    both = np.stack([np.full(STEP_N, 0.5), np.full(STEP_N, -0.5)], axis=1)
    assert outline(both, block_n=STEP_N).pairs.tolist() == [[0.0, 0.0]]


def test_blocks_make_no_difference() -> None:
    noise = np.random.default_rng(1).normal(0, 0.2, 3_000 * STEP_N)
    assert outline(noise, block_n=STEP_N) == outline(noise, block_n=len(noise))


def test_a_long_sound_takes_no_more_room() -> None:
    assert len(outline(np.zeros(5_000 * STEP_N), block_n=STEP_N).peaks) == 4 * COLUMNS_N


def test_nothing_is_an_empty_outline() -> None:
    assert outline(np.zeros(0), block_n=1) == Outline(duration_s=0.0, peaks=b"")


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.flac"])
def test_of_a_file_it_is_what_decoding_gives(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    soundfile.write(path, np.random.default_rng(1).normal(0, 0.1, (3 * SR, 2)), SR)
    samples = Audio.load(path).mono
    found = outline_of(path)
    assert found == outline(samples, block_n=64 * STEP_N)
    assert found.duration_s == len(samples) / SR


def test_values_that_are_no_numbers_are_silence(tmp_path: Path) -> None:
    path = tmp_path / "damaged.wav"
    soundfile.write(path, np.array([0.5, np.nan] * STEP_N, np.float32), SR, subtype="FLOAT")
    assert outline_of(path).pairs.tolist() == pytest.approx(np.array([[0.0, 0.5]] * 2), abs=1e-4)


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="No such file"):
        outline_of(tmp_path / "gone.mp3")
