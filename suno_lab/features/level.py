"""Level: peak, root mean square, crest."""

from __future__ import annotations

import numpy as np

from suno_lab.audio import Audio, Floats
from suno_lab.features._feature import Feature, Row

VERSION = 1

FEATURES = (
    Feature(
        name="peak_dbfs", unit="dBFS", scale="dB", method="largest sample", description="largest sample of any channel"
    ),
    Feature(
        name="rms_dbfs",
        unit="dBFS",
        scale="dB",
        method="root mean square; a full-scale square wave is 0",
        description="root mean square over all channels",
    ),
    Feature(
        name="crest_db",
        unit="dB",
        scale="dB",
        method="peak less root mean square",
        description="peak above root mean square",
    ),
)


def extract(audio: Audio) -> Row:
    """Level of one clip; None for silence, which has no decibels."""
    peak_dbfs = _dbfs(audio.peak)
    rms_dbfs = _dbfs(root_mean_square(audio.samples))
    return {
        "peak_dbfs": peak_dbfs,
        "rms_dbfs": rms_dbfs,
        "crest_db": None if peak_dbfs is None or rms_dbfs is None else peak_dbfs - rms_dbfs,
    }


def root_mean_square(samples: Floats) -> float:
    """Over all values, summed in blocks so that 32 bits suffice, too short for BLAS to wake a second thread."""
    flat = samples.reshape(-1)
    energy = sum(float(np.dot(block, block)) for block in np.array_split(flat, len(flat) // 8192 + 1))
    return float(np.sqrt(energy / len(flat)))


def _dbfs(magnitude: float) -> float | None:
    return 20 * float(np.log10(magnitude)) if magnitude > 0 else None
