"""Level and loudness."""

from __future__ import annotations

import numpy as np

from suno_lab.audio import Audio
from suno_lab.features._feature import Feature, Row
from suno_lab.features.loudness import integrated_lufs, range_lu, step_powers

VERSION = 1

FEATURES = (
    Feature(
        name="loudness_integrated_lufs",
        unit="LUFS",
        scale="linear",
        description="programme loudness, gated (ITU-R BS.1770-4)",
    ),
    Feature(
        name="loudness_range_lu", unit="LU", scale="linear", description="loudness range of 3 s blocks (EBU Tech 3342)"
    ),
    Feature(name="peak_dbfs", unit="dBFS", scale="linear", description="largest sample of any channel"),
    Feature(name="rms_dbfs", unit="dBFS", scale="linear", description="root mean square over all channels"),
    Feature(name="crest_db", unit="dB", scale="linear", description="peak above root mean square"),
)


def extract(audio: Audio) -> Row:
    """Level of one clip; None for silence, which has no decibels."""
    steps = step_powers(audio)
    peak_dbfs = _dbfs(audio.peak)
    flat = audio.samples.reshape(-1)
    rms_dbfs = _dbfs(float(np.sqrt(np.dot(flat, flat) / len(flat))))
    return {
        "loudness_integrated_lufs": integrated_lufs(steps),
        "loudness_range_lu": range_lu(steps),
        "peak_dbfs": peak_dbfs,
        "rms_dbfs": rms_dbfs,
        "crest_db": None if peak_dbfs is None or rms_dbfs is None else peak_dbfs - rms_dbfs,
    }


def _dbfs(magnitude: float) -> float | None:
    return 20 * float(np.log10(magnitude)) if magnitude > 0 else None
