"""Pitch from spectral peaks: tuning, pitch classes of the whole clip and of each frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio

Array = npt.NDArray[np.float64]

TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
RATE_HZ = 5500  #: enough for what is looked for, and a quarter of the work
N_FFT, HOP = 2048, 1024
FRAME_S = HOP / RATE_HZ
LOWEST_HZ, HIGHEST_HZ = 100.0, 1000.0
PEAK_FLOOR = 0.003  #: a peak below this share of its frame's largest is noise
SILENT = 1e-4  #: a frame whose largest magnitude is below this has no pitch


@dataclass(frozen=True, kw_only=True)
class Peaks:
    """Spectral peaks of a clip; all arrays have the shape (peaks,)."""

    frame: npt.NDArray[np.intp]
    hz: Array
    weight: Array  #: magnitude as a share of the frame's largest


def find_peaks(audio: Audio, *, low_hz: float = LOWEST_HZ, high_hz: float = HIGHEST_HZ) -> Peaks:
    """Peaks of each 372 ms spectrum between two frequencies, placed by a parabola through the logarithms of three bins.

    Weights are shares of the frame's largest magnitude, so that quiet passages count like loud ones.
    """
    magnitude = audio.magnitude(N_FFT, HOP, sr=RATE_HZ)
    bin_hz = RATE_HZ / N_FFT
    low, high = max(int(low_hz / bin_hz), 1), int(high_hz / bin_hz)
    left, middle, right = (magnitude[:, low + shift : high + shift] for shift in (-1, 0, 1))
    top = magnitude.max(axis=1)
    is_peak = (middle > left) & (middle >= right) & (middle > PEAK_FLOOR * top[:, None]) & (top[:, None] > SILENT)
    frame, place = np.nonzero(is_peak)
    a, b, c = (np.log(part[frame, place].astype(np.float64) + 1e-12) for part in (left, middle, right))
    bend = a - 2 * b + c
    shift = np.where(bend < -1e-9, 0.5 * (a - c) / np.minimum(bend, -1e-9), 0.0)
    return Peaks(
        frame=frame,
        hz=np.asarray((place + low + shift) * bin_hz),
        weight=middle[frame, place] / top[frame].astype(float),
    )


def tuning_semitones(peaks: Peaks) -> float:
    """How far the peaks lie off the semitones of A = 440 Hz: their common phase, within ±0.5 (Gómez 2006)."""
    phase = np.sum(peaks.weight * np.exp(2j * np.pi * _semitones(peaks)))
    return float(np.angle(phase) / (2 * np.pi))


def pitch_classes(peaks: Peaks, *, tuning: float) -> Array:
    """Strength of the 12 pitch classes over all frames, shape (12,); peaks off the semitone count less."""
    pitch_class, weight = _classified(peaks, tuning)
    return np.bincount(pitch_class, weights=weight, minlength=12).astype(float)


def frame_pitch_classes(audio: Audio) -> Array:
    """Strength of the 12 pitch classes in each frame of :data:`FRAME_S` seconds, shape (frames, 12)."""
    frames_n = len(audio.magnitude(N_FFT, HOP, sr=RATE_HZ))
    peaks = find_peaks(audio)
    pitch_class, weight = _classified(peaks, tuning_semitones(peaks))
    strength = np.bincount(peaks.frame * 12 + pitch_class, weights=weight, minlength=12 * frames_n)
    return strength.astype(float).reshape(frames_n, 12)


def _semitones(peaks: Peaks) -> Array:
    return 69 + 12 * np.log2(peaks.hz / 440)


def _classified(peaks: Peaks, tuning: float) -> tuple[npt.NDArray[np.intp], Array]:
    semitones = _semitones(peaks) - tuning
    nearest = np.round(semitones)
    return nearest.astype(np.intp) % 12, peaks.weight * np.cos(np.pi * (semitones - nearest)) ** 2
