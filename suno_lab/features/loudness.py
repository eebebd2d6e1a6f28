"""Programme loudness after ITU-R BS.1770-4 and EBU Tech 3342, and true peak."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio
from suno_lab.features._feature import Feature, Row

Array = npt.NDArray[np.float64]

VERSION = 2

FEATURES = (
    Feature(
        name="loudness_integrated_lufs",
        unit="LUFS",
        scale="dB",
        method="ITU-R BS.1770-4, 400 ms blocks, two gates",
        description="programme loudness, gated (ITU-R BS.1770-4)",
    ),
    Feature(
        name="loudness_short_term_max_lufs",
        unit="LUFS",
        scale="dB",
        method="EBU Tech 3341, largest of 3 s blocks every 0.1 s, not gated",
        description="loudest three seconds",
    ),
    Feature(
        name="loudness_momentary_max_lufs",
        unit="LUFS",
        scale="dB",
        method="EBU Tech 3341, largest of 400 ms blocks every 0.1 s, not gated",
        description="loudest moment",
    ),
    Feature(
        name="loudness_range_lu",
        unit="LU",
        scale="dB",
        method="EBU Tech 3342, 3 s blocks, 10th to 95th percentile",
        description="loudness range of 3 s blocks (EBU Tech 3342)",
    ),
    Feature(
        name="true_peak_dbtp",
        unit="dBTP",
        scale="dB",
        method="ITU-R BS.1770-4 annex 2, fourfold oversampling",
        direction="down",
        description="largest magnitude between the samples, by fourfold oversampling",
    ),
)

ABSOLUTE_GATE_LUFS = -70.0
BLOCK_S, STEP_S = 0.4, 0.1
SURROUND_WEIGHTS = {5: (1, 1, 1, 1.41, 1.41), 6: (1, 1, 1, 0, 1.41, 1.41)}  #: L R C (LFE) Ls Rs; others count 1


def extract(audio: Audio) -> Row:
    """Loudness of one clip; None for silence."""
    steps = step_powers(audio)
    return {
        "loudness_integrated_lufs": integrated_lufs(steps),
        "loudness_short_term_max_lufs": loudest_lufs(steps, block_s=3.0),
        "loudness_momentary_max_lufs": loudest_lufs(steps, block_s=BLOCK_S),
        "loudness_range_lu": range_lu(steps),
        "true_peak_dbtp": true_peak_dbtp(audio),
    }


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
    step = round(STEP_S * audio.sr)
    powers = np.zeros(audio.frames_n // step)
    for channel, weight in _weighted_channels(audio):
        powers += weight * _filtered_powers(channel[: len(powers) * step], k_weighting(audio.sr), step)
    return powers


def _filtered_powers(channel: npt.NDArray[np.inexact], filters: Array, step: int) -> Array:
    """Mean power of each ``step`` samples after the filters, ten seconds at a time to spare memory."""
    from scipy.signal import sosfilt

    state = np.zeros((len(filters), 2), dtype=np.result_type(channel.dtype, np.float64))
    powers = []
    for start in range(0, len(channel), 100 * step):
        part = channel[start : start + 100 * step].astype(state.dtype)
        filtered, state = sosfilt(filters, part, zi=state)
        blocks = filtered.reshape(-1, step)
        powers.append(np.einsum("ij,ij->i", blocks, blocks.conj()).real / step)
    return np.concatenate(powers) if powers else np.zeros(0)


def _weighted_channels(audio: Audio) -> Iterator[tuple[npt.NDArray[np.inexact], float]]:
    """Each channel with its weight; stereo as one complex signal, whose power is the sum and which filters faster."""
    if audio.channels_n == 2:
        yield np.ascontiguousarray(audio.samples).view(np.complex64)[:, 0], 1.0
        return
    weights = SURROUND_WEIGHTS.get(audio.channels_n, (1,) * audio.channels_n)
    yield from ((audio.samples[:, i], weight) for i, weight in enumerate(weights) if weight)


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


def loudest_lufs(steps: Array, *, block_s: float) -> float | None:
    """Loudness of the loudest block of ``block_s`` seconds; None for shorter audio and below -70 LUFS."""
    loudness = to_lufs(block_powers(steps, block_s=block_s).max(initial=0.0))
    return float(loudness) if loudness > ABSOLUTE_GATE_LUFS else None


def range_lu(steps: Array) -> float | None:
    """Loudness range (EBU Tech 3342): 10th to 95th percentile of 3 s loudness, gated at -70 LUFS and -20 LU."""
    loudness = to_lufs(block_powers(steps, block_s=3.0))
    heard = loudness[loudness > ABSOLUTE_GATE_LUFS]
    if len(heard) == 0:
        return None
    heard = heard[heard > to_lufs(np.mean(10 ** ((heard + 0.691) / 10))) - 20]
    low, high = np.percentile(heard, [10, 95])
    return float(high - low)


def true_peak_dbtp(audio: Audio) -> float | None:
    """True peak after ITU-R BS.1770-4 annex 2, oversampled only where samples come within 2.5 dB of the peak."""
    import soxr

    if audio.peak == 0:
        return None
    reach, top = 64, audio.peak
    for channel in audio.samples.T:
        near = np.flatnonzero((channel > 0.75 * audio.peak) | (channel < -0.75 * audio.peak))
        for first, last in _stretches(near, reach):
            piece = np.pad(channel[max(first - reach, 0) : last + reach], reach)
            top = max(top, float(np.abs(soxr.resample(piece, 1, 4, quality="HQ")).max()))
    return 20 * float(np.log10(top))


def _stretches(places: npt.NDArray[np.intp], reach: int) -> list[tuple[int, int]]:
    """First and last of each group of places that lie within ``2 * reach`` of each other."""
    if len(places) == 0:
        return []
    breaks = np.flatnonzero(np.diff(places) > 2 * reach)
    firsts, lasts = places[np.r_[0, breaks + 1]], places[np.r_[breaks, len(places) - 1]]
    return [(int(first), int(last)) for first, last in zip(firsts, lasts, strict=True)]
