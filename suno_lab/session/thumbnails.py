"""A small picture of a sound, for cards that stay small in a saved notebook."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from suno_lab.audio import Audio
from suno_lab.errors import SunoLabError

if TYPE_CHECKING:
    import numpy as np

WIDTH_PX, HEIGHT_PX = 320, 40
#: red, green, blue; to be seen on white and on black
COLOUR = (76, 138, 190)


@lru_cache(maxsize=512)
def waveform_of(path: Path) -> bytes:
    """The waveform of a file as a PNG of 1 kB or so; empty where the file cannot be read.

    A file of a session never changes under its name, so that it is read once.
    """
    try:
        return waveform_png(Audio.load(path).mono)
    except SunoLabError:
        return b""


def waveform_png(samples: np.ndarray) -> bytes:
    """Draw samples, float of shape (n,), as a transparent PNG; as high as the loudest of them."""
    from PIL import Image

    picture = Image.fromarray(_drawn(samples), mode="P")
    picture.putpalette([0, 0, 0, *COLOUR])
    out = BytesIO()
    picture.save(out, "PNG", bits=1, transparency=0, optimize=True)
    return out.getvalue()


def _drawn(samples: np.ndarray) -> np.ndarray:
    """Which pixels belong to the waveform: 0 or 1, uint8, shape (HEIGHT_PX, WIDTH_PX)."""
    import numpy as np

    bounds = np.linspace(0, len(samples), WIDTH_PX + 1).astype(int)
    levels = np.array([np.abs(samples[a:b]).max(initial=0.0) for a, b in pairwise(bounds)])
    middle = (HEIGHT_PX - 1) / 2
    reach = 0.5 + levels / max(levels.max(), 1e-9) * (middle - 0.5)
    return (np.abs(np.arange(HEIGHT_PX) - middle)[:, None] <= reach).astype(np.uint8)
