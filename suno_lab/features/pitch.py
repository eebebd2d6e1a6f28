"""Pitch from spectral peaks: tuning, pitch classes of the whole clip and of each frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, Audio

Array = npt.NDArray[np.float64]

TONICS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
RATE_HZ = ANALYSIS_RATE_HZ / 4  #: enough for what is looked for, and a quarter of the work
N_FFT, HOP = 2048, 1024
FRAME_S = HOP / RATE_HZ
LOWEST_HZ, HIGHEST_HZ = 60.0, 2000.0
PEAK_FLOOR = 0.02  #: a peak below this share of its frame's largest is noise
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
    a, b, c = (np.log(part[frame, place] + np.float32(1e-12)) for part in (left, middle, right))
    bend = a - 2 * b + c
    shift = np.where(bend < -1e-9, 0.5 * (a - c) / np.minimum(bend, -1e-9), 0.0)
    return Peaks(
        frame=frame,
        hz=np.asarray((place + low + shift) * bin_hz),
        weight=middle[frame, place] / top[frame].astype(float),
    )


def tuning_semitones(peaks: Peaks) -> float:
    """How far the peaks lie off the semitones of A = 440 Hz: their common phase, within ±0.5 (Gómez 2006)."""
    turn = np.float32(2 * np.pi) * _off(_semitones(peaks))
    return float(np.arctan2(np.sum(peaks.weight * np.sin(turn)), np.sum(peaks.weight * np.cos(turn))) / (2 * np.pi))


def pitch_classes(peaks: Peaks, *, tuning: float) -> Array:
    """Strength of the 12 pitch classes over all frames, shape (12,); peaks off the semitone count less."""
    pitch_class, weight = _classified(peaks, tuning)
    return np.bincount(pitch_class, weights=weight, minlength=12).astype(float)


def frame_pitch_classes(audio: Audio) -> Array:
    """Strength of the 12 pitch classes in each frame of :data:`FRAME_S` seconds, shape (frames, 12); kept."""
    return audio.shared("frame_pitch_classes", lambda: _frame_pitch_classes(audio))


def _frame_pitch_classes(audio: Audio) -> Array:
    frames_n = len(audio.magnitude(N_FFT, HOP, sr=RATE_HZ))
    peaks = find_peaks(audio)
    pitch_class, weight = _classified(peaks, tuning_semitones(peaks))
    strength = np.bincount(peaks.frame * 12 + pitch_class, weights=weight, minlength=12 * frames_n)
    return strength.astype(float).reshape(frames_n, 12)


def _semitones(peaks: Peaks) -> npt.NDArray[np.float32]:
    """Pitches as MIDI numbers; 32 bits tell thousandths of a cent."""
    return np.float32(69) + np.float32(12 / np.log(2)) * np.log(peaks.hz.astype(np.float32) * np.float32(1 / 440))


def _off(semitones: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """How far each lies from the nearest whole one, -0.5 to 0.5."""
    return semitones - np.rint(semitones)


def _classified(peaks: Peaks, tuning: float) -> tuple[npt.NDArray[np.intp], Array]:
    semitones = _semitones(peaks) - np.float32(tuning)
    pitch_class = np.rint(semitones).astype(np.intp) % 12
    return pitch_class, peaks.weight * np.cos(np.float32(np.pi) * _off(semitones)) ** 2
