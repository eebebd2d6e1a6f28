"""A small picture of a sound, for cards that stay small in a saved notebook."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

WIDTH_PX, HEIGHT_PX = 320, 40
#: red, green, blue; to be seen on white and on black
COLOUR = (76, 138, 190)


def waveform_png(pairs: np.ndarray) -> bytes:
    """Draw an outline, pairs of float (lowest, highest) of shape (n, 2), as a transparent PNG of 1 kB or so.

    As high as the loudest of them.
    """
    from PIL import Image

    picture = Image.fromarray(_drawn(pairs), mode="P")
    picture.putpalette([0, 0, 0, *COLOUR])
    out = BytesIO()
    picture.save(out, "PNG", bits=1, transparency=0, optimize=True)
    return out.getvalue()


def _drawn(pairs: np.ndarray) -> np.ndarray:
    """Which pixels belong to the waveform: 0 or 1, uint8, shape (HEIGHT_PX, WIDTH_PX)."""
    import numpy as np

    reach = np.abs(pairs).max(axis=1, initial=0.0) if len(pairs) else np.zeros(1)
    starts = np.arange(WIDTH_PX) * len(reach) // WIDTH_PX
    levels = np.maximum.reduceat(reach, starts)
    middle = (HEIGHT_PX - 1) / 2
    heights = 0.5 + levels / max(levels.max(), 1e-9) * (middle - 0.5)
    return (np.abs(np.arange(HEIGHT_PX) - middle)[:, None] <= heights).astype(np.uint8)
