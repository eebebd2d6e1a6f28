"""The outline of a waveform: little enough to keep of every file, and all that a picture of it needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from suno_lab.audio.decoding import Floats

OUTLINE_VERSION = 1
COLUMNS_N = 1200  #: equal parts of an outline
STEP_N = 128  #: frames that are looked at as one; a column begins at most so many frames early
FULL_SCALE = 32767


@dataclass(frozen=True, kw_only=True)
class Outline:
    """How long a sound is and how far it reaches to both sides.

    Attributes
    ----------
    duration_s : float
        Decoded frames over the rate.
    peaks : bytes
        16-bit pairs (lowest, highest) of the mean of the channels, 32767 for full scale, of at most
        :data:`COLUMNS_N` equal parts; little-endian.
    """

    duration_s: float
    peaks: bytes

    @property
    def pairs(self) -> npt.NDArray[np.float32]:
        """The same with 1.0 for full scale, shape (columns, 2)."""
        return (np.frombuffer(self.peaks, "<i2").reshape(-1, 2) / np.float32(FULL_SCALE)).astype(np.float32)


class Outliner:
    """Takes a sound in blocks and gives its :class:`Outline`."""

    def __init__(self) -> None:
        self.frames_n = 0
        self._lows: list[Floats] = []
        self._highs: list[Floats] = []

    def add(self, block: Floats) -> None:
        """The next frames, finite, shape (n, channels); every block but the last holds a multiple of :data:`STEP_N`."""
        mono = sum(block.T[1:], start=block[:, 0]) / np.float32(block.shape[1])
        starts = np.arange(0, len(mono), STEP_N)
        self._lows.append(np.minimum.reduceat(mono, starts))
        self._highs.append(np.maximum.reduceat(mono, starts))
        self.frames_n += len(block)

    def outline(self, sr: int) -> Outline:
        """What was taken in so far, at this rate in Hz."""
        lows, highs = (np.concatenate([*parts, np.zeros(0, np.float32)]) for parts in (self._lows, self._highs))
        n = min(COLUMNS_N, len(lows))
        starts = np.arange(n) * len(lows) // max(n, 1)
        pairs = np.stack([np.minimum.reduceat(lows, starts), np.maximum.reduceat(highs, starts)], axis=1)
        levels = np.round(np.clip(pairs, -1.0, 1.0) * FULL_SCALE).astype("<i2")
        return Outline(duration_s=self.frames_n / sr, peaks=levels.tobytes())
