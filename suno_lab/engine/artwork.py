"""Cover images: coloured waves by seed, title and style in letters, and the word that none of it is a service's."""

from __future__ import annotations

import colorsys
import io
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from .lettering import EMULATED, drawable, font, wrapped

if TYPE_CHECKING:
    from PIL.Image import Image

#: waves in the background, from the horizon down
_WAVES_N = 6


def cover_jpeg(title: str, style: str, *, seed: int, size: int = 512) -> bytes:
    """A square cover as JPEG bytes.

    Parameters
    ----------
    title, style : str
        Written on it; long texts are shortened.
    seed : int
        Decides colours and shapes: equal arguments give equal bytes on one machine.
    size : int
        Width and height in pixels, at least 64.
    """
    file = io.BytesIO()
    cover_image(title, style, seed=seed, size=size).save(file, "JPEG", quality=88)
    return file.getvalue()


def cover_image(title: str, style: str, *, seed: int, size: int = 512) -> Image:
    """The cover as a Pillow image in RGB."""
    from PIL import Image as images
    from PIL import ImageDraw

    size = max(size, 64)
    image = images.fromarray(_background(size, Random(f"{seed}:{title}:cover")))
    draw = ImageDraw.Draw(image)
    big, small, margin = size // 11, max(size // 26, 7), size // 16
    y = margin
    for line in wrapped(title or "Untitled", size_px=big, width_px=size - 2 * margin, most_lines=3):
        draw.text(
            (margin, y), line, font=font(big), fill="white", stroke_width=max(1, size // 256), stroke_fill="black"
        )
        y += round(1.25 * big)
    for line in wrapped(style, size_px=small, width_px=size - 2 * margin, most_lines=2):
        draw.text((margin, y), line, font=font(small), fill="white", stroke_width=1, stroke_fill="black")
        y += round(1.3 * small)
    draw.text(
        (size - margin, size - margin), drawable(EMULATED), font=font(small), fill="white", anchor="rs", stroke_width=1,
        stroke_fill="black",
    )  # fmt: skip
    return image


def _background(size: int, rng: Random) -> np.ndarray:
    """A graded sky with a disc, and waves before it; uint8, shape (size, size, 3)."""
    hue, turn = rng.random(), rng.choice((0.08, 0.33, 0.5, 0.58))
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    picture = _mixed(_rgb(hue, 0.65, 0.35), _rgb(hue + turn / 2, 0.55, 0.95), y**0.8)
    centre, radius = (rng.uniform(0.25, 0.75), rng.uniform(0.42, 0.55)), rng.uniform(0.13, 0.24)
    disc = np.clip((radius - np.hypot(x - centre[0], y - centre[1])) * size / 2, 0, 1)
    picture = _mixed(picture, _rgb(hue + turn, 0.35, 1.0), disc)
    for n in range(_WAVES_N):
        level = 0.55 + 0.45 * n / _WAVES_N
        crest = level + sum(
            rng.uniform(0.01, 0.035) * np.sin(2 * np.pi * (rng.randint(1, 3) * x + rng.random())) for _ in range(3)
        )
        below = np.clip((y - crest) * size / 2, 0, 1)
        picture = _mixed(picture, _rgb(hue + turn * (n / _WAVES_N), 0.75, 0.75 - 0.1 * n), below)
    return np.round(picture * 255).astype(np.uint8)


def _rgb(hue: float, saturation: float, value: float) -> np.ndarray:
    return np.array(colorsys.hsv_to_rgb(hue % 1.0, saturation, value), np.float32)


def _mixed(under: np.ndarray, over: np.ndarray, share: np.ndarray) -> np.ndarray:
    return under * (1 - share[..., None]) + over * share[..., None]
