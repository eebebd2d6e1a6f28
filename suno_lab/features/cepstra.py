"""Mel cepstra as librosa defines them, a part of timbre."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, Floats
from suno_lab.features._feature import Feature, Row

COEFFICIENTS_N, BANDS_N = 13, 128
LEAST_POWER, RANGE_DB = 1e-10, 80.0
METHOD = "DCT-II of 128 Slaney mel bands in dB, within 80 dB of the top (as librosa), {} of all 93 ms frames"

FEATURES = tuple(
    Feature(
        name=f"mfcc_{number:02d}_{kind}",
        unit="dB",
        scale="dB",
        method=METHOD.format(word),
        description=f"mel cepstrum {number}" + (" (the level)" if number == 0 else "") + f": {word} over time",
    )
    for kind, word in (("mean", "mean"), ("sd", "SD"))
    for number in range(COEFFICIENTS_N)
)


def measure(spectra: Sequence[Floats]) -> Row:
    """Mean and SD of 13 coefficients over frames of magnitude, each block of shape (frames, bins)."""
    coefficients = mel_cepstra(spectra)
    values = np.concatenate([coefficients.mean(axis=0), coefficients.std(axis=0)])
    return dict(zip((item.name for item in FEATURES), values.tolist(), strict=True))


def mel_cepstra(spectra: Sequence[Floats]) -> npt.NDArray[np.float64]:
    """``librosa.feature.mfcc`` of magnitude spectra at the analysis rate, shape (frames, 13)."""
    import scipy.fft
    from scipy.sparse import csr_array

    bank = csr_array(slaney_filters((spectra[0].shape[1] - 1) * 2))
    power = np.concatenate([(bank @ np.square(block).T).T for block in spectra])
    level_db = 10 * np.log10(np.maximum(power, LEAST_POWER)).astype(np.float64)
    level_db = np.maximum(level_db, level_db.max() - RANGE_DB)
    return scipy.fft.dct(level_db, norm="ortho", axis=1)[:, :COEFFICIENTS_N]


@cache
def slaney_filters(n_fft: int) -> Floats:
    """Triangles of equal area on the scale of Slaney's Auditory Toolbox, 0 Hz to half the rate, shape (128, bins)."""
    top_mel = 15 + np.log(ANALYSIS_RATE_HZ / 2 / 1000) / (np.log(6.4) / 27)
    mel = np.linspace(0, top_mel, BANDS_N + 2)
    edges_hz = np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))
    low, middle, high = (edges_hz[i : i + BANDS_N, None] for i in range(3))
    bins_hz = np.arange(n_fft // 2 + 1) * ANALYSIS_RATE_HZ / n_fft
    triangles = np.minimum((bins_hz - low) / (middle - low), (high - bins_hz) / (high - middle))
    return (np.maximum(triangles, 0) * 2 / (high - low)).astype(np.float32)
