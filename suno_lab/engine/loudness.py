"""Integrated loudness after ITU-R BS.1770-4, for bringing a mix to its level."""

from __future__ import annotations

from math import cos, pi, sin, sqrt

import numpy as np

BLOCK_S, STEP_S = 0.4, 0.1
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0


def k_weighting(sr: int) -> np.ndarray:
    """The two biquads of the K curve at any rate, as second-order sections, shape (2, 6).

    The standard prints coefficients for 48 kHz only; these are the analogue prototypes behind them (a high shelf of
    4 dB at 1682 Hz, Q 0.707, and a high pass at 38 Hz, Q 0.500) through the bilinear transform.
    """
    return np.stack([_high_shelf(1681.974, 0.7071752, 3.999843, sr), _high_pass(38.13547, 0.5003270, sr)])


def integrated_lufs(samples: np.ndarray, sr: int) -> float:
    """Loudness of ``samples``, shape (n, channels); ``-inf`` for silence or less than a block."""
    from scipy.signal import sosfilt

    weighted = sosfilt(k_weighting(sr).astype(np.float32), samples.astype(np.float32, copy=False), axis=0)
    step_n, blocks = round(STEP_S * sr), round(BLOCK_S / STEP_S)
    steps_n = weighted.shape[0] // step_n
    if steps_n < blocks:
        return -np.inf
    power = np.square(weighted[: steps_n * step_n], dtype=np.float32).reshape(steps_n, -1).sum(axis=1) / step_n
    power = np.convolve(power, np.ones(blocks) / blocks, "valid")
    loud = power[_lufs(power) > ABSOLUTE_GATE_LUFS]
    if not loud.size:
        return -np.inf
    loud = loud[_lufs(loud) > _lufs(loud.mean()) + RELATIVE_GATE_LU]
    return float(_lufs(loud.mean()))


def _lufs(power: np.ndarray) -> np.ndarray:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-12))


def _high_shelf(hz: float, q: float, gain_db: float, sr: int) -> np.ndarray:
    """Audio-EQ-cookbook high shelf."""
    a, w = 10 ** (gain_db / 40), 2 * pi * hz / sr
    bend, c = 2 * sqrt(a) * sin(w) / (2 * q), cos(w)
    up, down = (a + 1) + (a - 1) * c, (a + 1) - (a - 1) * c
    numerator = [a * (up + bend), -2 * a * (a - 1 + (a + 1) * c), a * (up - bend)]
    denominator = [down + bend, 2 * (a - 1 - (a + 1) * c), down - bend]
    return np.array([*numerator, *denominator]) / denominator[0]


def _high_pass(hz: float, q: float, sr: int) -> np.ndarray:
    """Audio-EQ-cookbook high pass, with the unity numerator of the standard."""
    w = 2 * pi * hz / sr
    alpha, c = sin(w) / (2 * q), cos(w)
    d = np.array([1 + alpha, -2 * c, 1 - alpha])
    return np.concatenate([[1.0, -2.0, 1.0], d / d[0]])
