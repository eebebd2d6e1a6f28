"""Key: a pitch-class profile from spectral peaks, correlated with the profiles of all 24 keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, Audio

Array = npt.NDArray[np.float64]

TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MODES = ("major", "minor")
N_FFT, HOP = 8192, 4096
LOWEST_HZ, HIGHEST_HZ = 100.0, 1000.0
PEAK_FLOOR = 0.003  #: a peak below this share of its frame's largest is noise

#: Albrecht & Shanahan, "The use of large corpora to train a new type of key-finding algorithm", Music Perception 2013
ALBRECHT_SHANAHAN = (
    (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
)
#: Krumhansl & Kessler, "Tracing the dynamic changes in perceived tonal organization", Psychological Review 1982
KRUMHANSL_KESSLER = (
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
)


@dataclass(frozen=True, kw_only=True)
class KeyEstimate:
    """A key, the runner-up, and how far the first leads (difference of correlations)."""

    tonic: int  #: pitch class, C = 0
    mode: str
    margin: float
    second_tonic: int
    second_mode: str


def key_name(tonic: int, mode: str) -> str:
    """``"Eb minor"``, as mir_eval writes it."""
    return f"{TONICS[tonic % 12]} {mode}"


def pitch_classes(audio: Audio) -> tuple[Array, float] | None:
    """Strength of the 12 pitch classes, and the tuning in semitones from A = 440 Hz; None where nothing has a pitch.

    Peaks between 100 and 1000 Hz of each 372 ms spectrum count with their magnitude over the frame's largest (so that
    quiet passages count like loud ones); the tuning is the common phase of all peaks on the semitone grid (after
    Gómez, "Tonal description of music audio signals", 2006).
    """
    magnitude = audio.magnitude(N_FFT, HOP)
    frames, peaks_hz, weights = spectral_peaks(magnitude, low_hz=LOWEST_HZ, high_hz=HIGHEST_HZ)
    if len(frames) == 0:
        return None
    semitones = 69 + 12 * np.log2(peaks_hz / 440)
    tuning = float(np.angle(np.sum(weights * np.exp(2j * np.pi * semitones))) / (2 * np.pi))
    nearest = np.round(semitones - tuning)
    on_pitch = np.cos(np.pi * (semitones - tuning - nearest)) ** 2
    strength = np.bincount(nearest.astype(int) % 12, weights=weights * on_pitch, minlength=12)
    return np.sqrt(strength), tuning


def spectral_peaks(magnitude: npt.NDArray[np.float32], *, low_hz: float, high_hz: float) -> tuple[Array, Array, Array]:
    """Peaks of magnitude spectra (frames, bins) at the analysis rate: frame, frequency in Hz, share of the frame's top.

    Frequencies by a parabola through the logarithms of three bins.
    """
    bin_hz = ANALYSIS_RATE_HZ / (2 * (magnitude.shape[1] - 1))
    low, high = max(int(low_hz / bin_hz), 1), int(high_hz / bin_hz)
    left, middle, right = (magnitude[:, low + shift : high + shift] for shift in (-1, 0, 1))
    top = magnitude.max(axis=1)
    is_peak = (middle > left) & (middle >= right) & (middle > PEAK_FLOOR * top[:, None]) & (top[:, None] > 1e-4)
    frames, bins = np.nonzero(is_peak)
    a, b, c = (np.log(part[frames, bins].astype(np.float64) + 1e-12) for part in (left, middle, right))
    bend = a - 2 * b + c
    shift = np.where(bend < -1e-9, 0.5 * (a - c) / np.minimum(bend, -1e-9), 0.0)
    return frames.astype(float), (bins + low + shift) * bin_hz, middle[frames, bins].astype(np.float64) / top[frames]


def key_scores(profile: Array, templates: tuple[tuple[float, ...], ...] = ALBRECHT_SHANAHAN) -> Array:
    """Pearson correlation of a pitch-class profile with every key, shape (24,): major from C up, then minor."""
    rolled = np.array([np.roll(template, tonic) for template in templates for tonic in range(12)])
    rolled = rolled - rolled.mean(axis=1, keepdims=True)
    centred = profile - profile.mean()
    norm = np.linalg.norm(rolled, axis=1) * np.linalg.norm(centred)
    return rolled @ centred / np.maximum(norm, 1e-12)


def best_key(scores: Array) -> KeyEstimate | None:
    """The key with the highest score and the one after it; None where all scores are the same."""
    second, first = np.argsort(scores)[-2:]
    if scores[first] <= scores.min():
        return None
    return KeyEstimate(
        tonic=int(first % 12),
        mode=MODES[first // 12],
        margin=float(scores[first] - scores[second]),
        second_tonic=int(second % 12),
        second_mode=MODES[second // 12],
    )
