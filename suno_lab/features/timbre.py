"""Colour of the sound: where its energy lies, how noisy it is, how much it changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, Audio, Floats
from suno_lab.features import cepstra, contrast
from suno_lab.features._feature import Feature, Row

Array = npt.NDArray[np.float64]

VERSION = 2

FEATURES = (
    Feature(
        name="spectral_centroid_hz",
        unit="Hz",
        scale="log",
        method="mean frequency by magnitude (as librosa), median of 93 ms frames that sound",
        description="centre of gravity of the spectrum: brightness",
    ),
    Feature(
        name="spectral_bandwidth_hz",
        unit="Hz",
        scale="log",
        method="SD of frequency by magnitude (as librosa, p = 2), median of 93 ms frames that sound",
        description="spread of the spectrum around it",
    ),
    Feature(
        name="spectral_rolloff_hz",
        unit="Hz",
        scale="log",
        method="cumulated magnitude (as librosa), median of 93 ms frames that sound",
        description="85 % of the magnitude lies below",
    ),
    Feature(
        name="spectral_flatness",
        unit="ratio",
        scale="log",
        method="geometric over arithmetic mean of the power (as librosa), median of 93 ms frames that sound",
        description="0 tone, about 0.6 white noise",
    ),
    Feature(
        name="spectral_change",
        unit="distance",
        scale="proportion",
        method="one less the mean cosine of neighbouring magnitude spectra",
        description="mean distance of neighbouring spectra of unit length, 93 ms apart: 0 still, 1 unrelated",
    ),
    Feature(
        name="low_share",
        unit="proportion",
        scale="proportion",
        method="power below 200 Hz over all power",
        description="share of the energy below 200 Hz",
    ),
    *cepstra.FEATURES,
    *contrast.FEATURES,
)

N_FFT = HOP = 2048
SILENT = 1e-3  #: a frame with less magnitude in all is silence
LOW_HZ = 200.0
BINS_HZ = np.arange(N_FFT // 2 + 1) * ANALYSIS_RATE_HZ / N_FFT


def extract(audio: Audio) -> Row:
    """Medians over the frames that sound, cepstra and contrast over all frames; None for silence."""
    spectra = list(audio.spectra(N_FFT, HOP))
    blocks = [_sounding(block) for block in spectra]
    frames = {name: np.concatenate([measure(block) for block in blocks]) for name, measure in FRAME_MEASURES.items()}
    energy, low_energy = frames.pop("energy"), frames.pop("low_energy")
    if len(energy) == 0:
        return {}
    row: Row = {name: float(np.median(values)) for name, values in frames.items()}
    row |= {"low_share": float(low_energy.sum() / energy.sum()), "spectral_change": _change(blocks)}
    return row | cepstra.measure(spectra) | contrast.measure(spectra)


def _sounding(magnitude: Floats) -> Array:
    return magnitude[magnitude.sum(axis=1) > SILENT].astype(np.float64)


def _shares(magnitude: Array) -> Array:
    return magnitude / magnitude.sum(axis=1, keepdims=True)


def centroid_hz(magnitude: Array) -> Array:
    """Mean frequency of each spectrum, weighted by magnitude, shape (frames,)."""
    return _shares(magnitude) @ BINS_HZ


def bandwidth_hz(magnitude: Array) -> Array:
    """Standard deviation of frequency around the centroid, shape (frames,)."""
    return np.sqrt(np.maximum(_shares(magnitude) @ BINS_HZ**2 - centroid_hz(magnitude) ** 2, 0))


def rolloff_hz(magnitude: Array) -> Array:
    """Frequency below which 85 % of the magnitude lies, shape (frames,)."""
    total = np.cumsum(magnitude, axis=1)
    return BINS_HZ[(total < 0.85 * total[:, -1:]).sum(axis=1)]


def flatness(magnitude: Array) -> Array:
    """Geometric over arithmetic mean of the power spectrum, at least 1e-10, shape (frames,)."""
    power = np.maximum(np.square(magnitude), 1e-10)
    return np.exp(np.log(power).mean(axis=1)) / power.mean(axis=1)


def _energy(magnitude: Array) -> Array:
    return np.square(magnitude).sum(axis=1)


def _low_energy(magnitude: Array) -> Array:
    return np.square(magnitude[:, BINS_HZ <= LOW_HZ]).sum(axis=1)


FRAME_MEASURES: dict[str, Callable[[Array], Array]] = {
    "spectral_centroid_hz": centroid_hz,
    "spectral_bandwidth_hz": bandwidth_hz,
    "spectral_rolloff_hz": rolloff_hz,
    "spectral_flatness": flatness,
    "energy": _energy,
    "low_energy": _low_energy,
}


def _change(blocks: list[Array]) -> float | None:
    """One less the mean cosine of neighbouring spectra; None for a single frame."""
    cosines, last = [], np.zeros((0, len(BINS_HZ)))
    for block in blocks:
        unit = np.concatenate([last, block / np.linalg.norm(block, axis=1, keepdims=True)])
        cosines.append(np.einsum("ij,ij->i", unit[1:], unit[:-1]))
        last = unit[-1:]
    together = np.concatenate(cosines)
    return float(1 - together.mean()) if len(together) else None
