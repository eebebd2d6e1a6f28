"""Colour of the sound: where its energy lies, how noisy it is, how much it changes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, Audio
from suno_lab.features._feature import Feature, Row

VERSION = 1

FEATURES = (
    Feature(
        name="spectral_centroid_hz", unit="Hz", scale="log", description="centre of gravity of the spectrum: brightness"
    ),
    Feature(name="spectral_bandwidth_hz", unit="Hz", scale="log", description="spread of the spectrum around it"),
    Feature(name="spectral_rolloff_hz", unit="Hz", scale="log", description="85 % of the energy lies below"),
    Feature(
        name="spectral_flatness",
        unit="",
        scale="log",
        description="geometric over arithmetic mean of the power spectrum: 0 tone, about 0.6 white noise",
    ),
    Feature(
        name="spectral_change",
        unit="",
        scale="linear",
        description="mean distance of neighbouring spectra of unit length, 93 ms apart: 0 still, 1 unrelated",
    ),
    Feature(
        name="low_share",
        unit="",
        scale="linear",
        description="share of the energy below 200 Hz",
    ),
)

N_FFT = HOP = 2048
SILENT = 1e-3  #: a frame with less magnitude in all is silence
LOW_HZ = 200.0


def extract(audio: Audio) -> Row:
    """Medians over the frames that sound; None for silence."""
    magnitude = audio.magnitude(N_FFT, HOP)
    magnitude = magnitude[magnitude.sum(axis=1) > SILENT].astype(np.float64)
    if len(magnitude) == 0:
        return {}
    bins_hz = np.arange(magnitude.shape[1]) * ANALYSIS_RATE_HZ / N_FFT
    share = magnitude / magnitude.sum(axis=1, keepdims=True)
    centroid = share @ bins_hz
    bandwidth = np.sqrt(np.maximum(share @ bins_hz**2 - centroid**2, 0))
    power = np.square(magnitude)
    energy = np.cumsum(power, axis=1)
    rolloff = bins_hz[(energy < 0.85 * energy[:, -1:]).sum(axis=1)]
    low = energy[:, int(LOW_HZ * N_FFT / ANALYSIS_RATE_HZ)].sum() / energy[:, -1].sum()
    return {
        "spectral_centroid_hz": float(np.median(centroid)),
        "spectral_bandwidth_hz": float(np.median(bandwidth)),
        "spectral_rolloff_hz": float(np.median(rolloff)),
        "spectral_flatness": float(np.median(_flatness(power))),
        "spectral_change": _change(magnitude),
        "low_share": float(low),
    }


def _flatness(power: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    floored = np.maximum(power[:, 1:], 1e-12)
    return np.exp(np.log(floored).mean(axis=1)) / floored.mean(axis=1)


def _change(magnitude: npt.NDArray[np.float64]) -> float | None:
    if len(magnitude) < 2:
        return None
    unit = magnitude / np.linalg.norm(magnitude, axis=1, keepdims=True)
    return float(1 - np.einsum("ij,ij->i", unit[1:], unit[:-1]).mean())
