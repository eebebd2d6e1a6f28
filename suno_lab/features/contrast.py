"""Spectral contrast as librosa defines it, a part of timbre."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, Floats
from suno_lab.features._feature import Feature, Row

EDGES_HZ = (0.0, 200.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0, 12800.0)
QUANTILE = 0.02
LEAST, RANGE_DB = 1e-10, 80.0

FEATURES = tuple(
    Feature(
        name=f"spectral_contrast_{number}_db",
        unit="dB",
        scale="dB",
        method="strongest less weakest 2 % of the band's bins (Jiang 2002, as librosa), mean of all 93 ms frames",
        description=f"how far tones stand out of noise between {low:.0f} and {min(high, ANALYSIS_RATE_HZ / 2):.0f} Hz",
    )
    for number, (low, high) in enumerate(pairwise(EDGES_HZ))
)


def measure(spectra: Sequence[Floats]) -> Row:
    """Mean contrast of the bands over frames of magnitude, each block of shape (frames, bins)."""
    means = contrast_db(spectra).mean(axis=0)
    return dict(zip((item.name for item in FEATURES), means.tolist(), strict=True))


def contrast_db(spectra: Sequence[Floats]) -> npt.NDArray[np.float64]:
    """``librosa.feature.spectral_contrast`` of magnitude spectra at the analysis rate, shape (frames, 7)."""
    levels = [np.concatenate([_peak_and_valley(block, *band) for block in spectra]) for band in _bands(spectra[0])]
    peak, valley = np.stack(levels, axis=1).transpose(2, 0, 1)
    return _decibels(peak) - _decibels(valley)


def _bands(block: Floats) -> list[tuple[slice, int]]:
    """The bins of each band, and how many of them are its top and bottom."""
    bins_hz = np.arange(block.shape[1]) * ANALYSIS_RATE_HZ / 2 / (block.shape[1] - 1)
    bands = []
    for number, (low, high) in enumerate(pairwise(EDGES_HZ)):
        inside = np.flatnonzero((bins_hz >= low) & (bins_hz <= high))
        first = int(inside[0]) - (number > 0)
        last = len(bins_hz) if number == len(EDGES_HZ) - 2 else int(inside[-1]) + 1
        few = max(round(QUANTILE * (last - first)), 1)
        bands.append((slice(first, last - (number < len(EDGES_HZ) - 2)), few))
    return bands


def _peak_and_valley(block: Floats, bins: slice, few: int) -> Floats:
    """Mean of the ``few`` highest and lowest bins of each frame, shape (frames, 2)."""
    band = np.partition(block[:, bins], (few - 1, block[:, bins].shape[1] - few), axis=1)
    return np.stack([band[:, -few:].mean(axis=1), band[:, :few].mean(axis=1)], axis=1)


def _decibels(power: Floats) -> npt.NDArray[np.float64]:
    level_db = 10 * np.log10(np.maximum(power, LEAST)).astype(np.float64)
    return np.maximum(level_db, level_db.max() - RANGE_DB)
