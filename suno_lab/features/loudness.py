"""Programme loudness after ITU-R BS.1770-4 and EBU Tech 3342."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio

Array = npt.NDArray[np.float64]

ABSOLUTE_GATE_LUFS = -70.0
BLOCK_S, STEP_S = 0.4, 0.1
SURROUND_WEIGHTS = {5: (1, 1, 1, 1.41, 1.41), 6: (1, 1, 1, 0, 1.41, 1.41)}  #: L R C (LFE) Ls Rs; others count 1


def k_weighting(sr: int) -> Array:
    """The two filters of BS.1770 (head shelf, low cut) as second-order sections for any rate, shape (2, 6).

    The standard prints coefficients for 48 kHz; these come from the analogue prototypes behind them by the bilinear
    transform (the derivation of De Man, "Evaluation of implementations of the EBU R128 loudness measurement", 2018).
    """
    return np.array([_shelf(sr), _low_cut(sr)])


def _shelf(sr: int) -> list[float]:
    gain_db, centre_hz, q = 3.999843853973347, 1681.974450955533, 0.7071752369554196
    k, high = np.tan(np.pi * centre_hz / sr), 10 ** (gain_db / 20)
    middle = high**0.4996667741545416
    scale = 1 + k / q + k * k
    ahead = [high + middle * k / q + k * k, 2 * (k * k - high), high - middle * k / q + k * k]
    return [b / scale for b in ahead] + [1.0, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale]


def _low_cut(sr: int) -> list[float]:
    centre_hz, q = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * centre_hz / sr)
    scale = 1 + k / q + k * k
    return [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale]


def step_powers(audio: Audio) -> Array:
    """K-weighted power, channels summed, of each 100 ms of audio, shape (steps,)."""
    from scipy.signal import sosfilt

    step = round(STEP_S * audio.sr)
    steps_n = audio.frames_n // step
    weights = SURROUND_WEIGHTS.get(audio.channels_n, (1,) * audio.channels_n)
    powers = np.zeros(steps_n)
    for channel, weight in enumerate(weights):
        if weight:
            weighted = sosfilt(k_weighting(audio.sr), audio.samples[:, channel])[: steps_n * step].reshape(-1, step)
            powers += weight * np.einsum("ij,ij->i", weighted, weighted) / step
    return powers


def block_powers(steps: Array, *, block_s: float = BLOCK_S) -> Array:
    """Mean power of overlapping blocks of ``block_s`` seconds, one a step; empty for shorter audio."""
    width = round(block_s / STEP_S)
    if len(steps) < width:
        return np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(steps)])
    return np.maximum(total[width:] - total[:-width], 0) / width


def to_lufs(power: npt.ArrayLike) -> Array:
    """Loudness of a K-weighted power."""
    return -0.691 + 10 * np.log10(np.maximum(np.asarray(power, dtype=float), 1e-20))


def integrated_lufs(steps: Array) -> float | None:
    """Gated loudness of a programme (BS.1770-4); None when every block is below the absolute gate of -70 LUFS."""
    blocks = block_powers(steps)
    heard = blocks[to_lufs(blocks) > ABSOLUTE_GATE_LUFS]
    if len(heard) == 0:
        return None
    relative_gate = to_lufs(heard.mean()) - 10
    return float(to_lufs(heard[to_lufs(heard) > relative_gate].mean()))


def range_lu(steps: Array) -> float | None:
    """Loudness range (EBU Tech 3342): 10th to 95th percentile of 3 s loudness, gated at -70 LUFS and -20 LU."""
    loudness = to_lufs(block_powers(steps, block_s=3.0))
    heard = loudness[loudness > ABSOLUTE_GATE_LUFS]
    if len(heard) == 0:
        return None
    heard = heard[heard > to_lufs(np.mean(10 ** ((heard + 0.691) / 10))) - 20]
    low, high = np.percentile(heard, [10, 95])
    return float(high - low)
