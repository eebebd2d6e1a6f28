"""Width and balance of the first two channels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio, Floats
from suno_lab.features._feature import Feature, Row

VERSION = 1

FEATURES = (
    Feature(
        name="stereo_correlation",
        unit="correlation",
        scale="linear",
        method="Pearson correlation of the samples, not centred",
        description="correlation of left and right: 1 mono, 0 unrelated, below 0 out of phase",
    ),
    Feature(
        name="stereo_width",
        unit="proportion",
        scale="proportion",
        method="energy of (L − R)/2 over that of both",
        description="side energy over all energy: 0 mono, 0.5 unrelated channels, 1 out of phase",
    ),
    Feature(
        name="stereo_balance_db",
        unit="dB",
        scale="dB",
        method="ratio of the channels' energies",
        description="right above left",
    ),
)


def extract(audio: Audio) -> Row:
    """Stereo measures; all None for one channel, for silence, and where a channel is silent (width apart)."""
    if audio.channels_n < 2:
        return {}
    (energy_l, cross), (_, energy_r) = gram(audio.samples[:, :2]).tolist()
    if energy_l + energy_r <= 0:
        return {}
    row: Row = {"stereo_width": min(max(0.5 - cross / (energy_l + energy_r), 0.0), 1.0)}
    if energy_l > 0 and energy_r > 0:
        row["stereo_correlation"] = min(max(cross / np.sqrt(energy_l) / np.sqrt(energy_r), -1.0), 1.0)
        row["stereo_balance_db"] = 10 * float(np.log10(energy_r) - np.log10(energy_l))
    return {name: float(value) for name, value in row.items() if value is not None}


def gram(samples: Floats) -> npt.NDArray[np.float64]:
    """Products of all pairs of channels, summed in blocks so that 32 bits suffice, shape (channels, channels)."""
    blocks = np.array_split(samples, len(samples) // 65536 + 1)
    return np.sum([block.T @ block for block in blocks], axis=0, dtype=np.float64)
