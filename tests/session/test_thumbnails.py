"""Waveforms on cards: what is drawn, and how small it is."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from suno_lab.session.thumbnails import HEIGHT_PX, WIDTH_PX, waveform_png


def drawn(reach: np.ndarray) -> np.ndarray:
    """How many pixels of each column are drawn."""
    picture = Image.open(BytesIO(waveform_png(np.stack([-reach, reach], axis=1)))).convert("RGBA")
    return (np.asarray(picture)[:, :, 3] > 0).sum(axis=0)


def test_columns_are_as_high_as_the_sound_is_loud() -> None:
    heights = drawn(np.repeat([0.0, 0.25, 0.5], WIDTH_PX))
    assert heights.shape == (WIDTH_PX,)
    assert heights[0] == 2
    assert heights[WIDTH_PX // 2] == pytest.approx(HEIGHT_PX / 2, abs=2)
    assert heights[-1] == HEIGHT_PX


@pytest.mark.parametrize("columns_n", [0, 1, 7])
def test_silence_and_next_to_nothing_are_a_line(columns_n: int) -> None:
    assert set(drawn(np.zeros(columns_n))) == {2}


def test_few_columns_are_stretched() -> None:
    heights = drawn(np.array([0.0, 1.0]))
    assert set(heights[: WIDTH_PX // 2]) == {2}
    assert set(heights[WIDTH_PX // 2 :]) == {HEIGHT_PX}


def test_even_noise_is_small() -> None:
    assert len(waveform_png(np.random.default_rng(1).normal(size=(1200, 2)))) < 3_000
