"""Audio as the measures see it: decoded once, mixed down once, resampled once, spectra shared.

Importing this costs NumPy; the decoder, the resampler and the Fourier transform are imported when first used.
"""

from __future__ import annotations

from suno_lab.audio.decoding import MAX_CHANNELS_N, MAX_DURATION_S, MAX_VALUES_N, Floats
from suno_lab.audio.sound import (
    ANALYSIS_RATE_HZ,
    MEL_BANDS_N,
    MEL_FLOOR_POWER,
    MEL_HOP,
    MEL_N_FFT,
    Audio,
    file_sha256,
    mel_centres_hz,
    mel_filters,
)

__all__ = [
    "ANALYSIS_RATE_HZ",
    "MAX_CHANNELS_N",
    "MAX_DURATION_S",
    "MAX_VALUES_N",
    "MEL_BANDS_N",
    "MEL_FLOOR_POWER",
    "MEL_HOP",
    "MEL_N_FFT",
    "Audio",
    "Floats",
    "file_sha256",
    "mel_centres_hz",
    "mel_filters",
]
