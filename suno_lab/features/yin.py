"""Fundamental frequency of a single voice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, Floats

Array = npt.NDArray[np.float64]

WINDOW, HOP = 1024, 441  #: 46 ms, every 20 ms
LOWEST_HZ, HIGHEST_HZ = 65.0, 1000.0
THRESHOLD = 0.15


def fundamental_hz(y: Floats) -> Array:
    """Fundamental frequency at the analysis rate every 20 ms, shape (frames,); NaN where there is no clear one.

    YIN (de Cheveigné & Kawahara, JASA 2002): the first dip of the cumulative-mean-normalised difference below 0.15,
    refined by a parabola. Frames more than 40 dB below the loudest are NaN.
    """
    longest = int(ANALYSIS_RATE_HZ / LOWEST_HZ) + 2
    if len(y) < WINDOW + longest:
        return np.zeros(0)
    frames = np.lib.stride_tricks.sliding_window_view(y, WINDOW + longest)[::HOP]
    power = np.einsum("ij,ij->i", frames, frames)
    found = np.full(len(frames), np.nan)
    loud = np.flatnonzero(power > max(power.max() * 1e-4, 1e-9))
    for start in range(0, len(loud), 256):
        some = loud[start : start + 256]
        found[some] = _dips_hz(_normalised_difference(frames[some].astype(np.float64), longest))
    return found


def _normalised_difference(frames: Array, longest: int) -> Array:
    """d'(lag) of YIN for lags 0 … longest, shape (frames, longest + 1)."""
    import scipy.fft

    n = scipy.fft.next_fast_len(frames.shape[1] + WINDOW, real=True)
    head = scipy.fft.rfft(frames[:, :WINDOW], n)
    product = scipy.fft.irfft(np.conj(head) * scipy.fft.rfft(frames, n), n)[:, : longest + 1]
    squares = np.cumsum(np.pad(frames**2, ((0, 0), (1, 0))), axis=1)
    energy = squares[:, WINDOW : WINDOW + longest + 1] - squares[:, : longest + 1]
    difference = np.maximum(energy[:, :1] + energy - 2 * product, 0)
    mean = np.cumsum(difference[:, 1:], axis=1) / np.arange(1, longest + 1)
    return np.hstack([np.ones((len(frames), 1)), difference[:, 1:] / np.maximum(mean, 1e-12)])


def _dips_hz(difference: Array) -> Array:
    shortest = int(ANALYSIS_RATE_HZ / HIGHEST_HZ)
    middle = difference[:, shortest:-1]
    is_dip = (middle < THRESHOLD) & (middle <= difference[:, shortest + 1 :])
    lag = is_dip.argmax(axis=1) + shortest
    rows = np.arange(len(difference))
    a, b, c = (difference[rows, lag + shift] for shift in (-1, 0, 1))
    bend = a - 2 * b + c
    fraction = np.where(bend > 1e-9, 0.5 * (a - c) / np.maximum(bend, 1e-9), 0.0)
    return np.where(is_dip.any(axis=1), ANALYSIS_RATE_HZ / (lag + fraction), np.nan)
