"""Waveforms on cards: what is drawn, how small it is, and what cannot be drawn."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from suno_lab.session.thumbnails import HEIGHT_PX, WIDTH_PX, waveform_of, waveform_png


def drawn(samples: np.ndarray) -> np.ndarray:
    """How many pixels of each column are drawn."""
    picture = Image.open(BytesIO(waveform_png(samples))).convert("RGBA")
    return (np.asarray(picture)[:, :, 3] > 0).sum(axis=0)


def test_columns_are_as_high_as_the_sound_is_loud() -> None:
    heights = drawn(np.repeat([0.0, 0.25, 0.5], WIDTH_PX))
    assert heights.shape == (WIDTH_PX,)
    assert heights[0] == 2
    assert heights[WIDTH_PX // 2] == pytest.approx(HEIGHT_PX / 2, abs=2)
    assert heights[-1] == HEIGHT_PX


@pytest.mark.parametrize("samples_n", [0, 1, 7])
def test_silence_and_next_to_nothing_are_a_line(samples_n: int) -> None:
    assert set(drawn(np.zeros(samples_n))) == {2}


def test_even_noise_is_small() -> None:
    assert len(waveform_png(np.random.default_rng(1).normal(size=200_000))) < 3_000


def test_what_cannot_be_read_has_no_picture(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"no music")
    assert waveform_of(broken) == b""
