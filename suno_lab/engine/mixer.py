"""Dry stems to a mix. Every step is linear in each stem, or one gain for all, so that the stems sum to the mix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from .score import SR

#: no sample of the mix is larger
CEILING = 0.97


@dataclass(frozen=True)
class Channel:
    """How a stem sits in the mix: level in dB (of its louder half), place from -1 (left) to 1, share of reverb."""

    level_db: float
    pan: float = 0.0
    reverb: float = 0.0


CHANNELS = {
    "vocals": Channel(-12.5, 0.0, 0.05),
    "drums": Channel(-19.0, 0.0, 0.03),
    "bass": Channel(-21.0),
    "keys": Channel(-24.0, -0.2, 0.12),
    "guitar": Channel(-24.0, 0.35, 0.10),
    "pad": Channel(-27.0, -0.3, 0.20),
    "lead": Channel(-20.5, 0.1, 0.15),
}
#: what makes room for the voice, by how much, and how fast
DUCKED, DUCK_DB, DUCK_RAMP_S = ("keys", "guitar", "pad"), 3.0, 0.08
#: reverberation: time to -60 dB, and how long after the sound it begins
_ROOM_S, _BOOTH_S, _PREDELAY_S = 1.1, 0.30, 0.015
#: the limiter looks this far ahead and recovers as fast
_LIMITER_S, _LIMITER_BLOCK_N = 0.012, 64
#: loudness is measured in steps of 100 ms; filters run over this many of them at a time
_STEP_N, _BLOCK_STEPS = round(0.1 * SR), 100
#: how often the gain is corrected for what the limiter took
_LEVEL_ROUNDS = 3


def place(dry: np.ndarray, channel: Channel, *, short: bool = False) -> np.ndarray:
    """A dry stem, shape (n, 2) float32, at its level and place with its reverb; works in place where it can."""
    level = active_rms(dry)
    if level <= 0.0:
        return dry
    gain = 10 ** (channel.level_db / 20) / level
    dry *= np.float32(gain) * _pan_gains(channel.pan)
    if channel.reverb:
        _add_reverb(dry, channel.reverb, _BOOTH_S if short else _ROOM_S)
    return dry


def make_room(samples: np.ndarray, spans_s: Sequence[tuple[float, float]]) -> None:
    """Lower a stem by :data:`DUCK_DB` while somebody sings, in place; ``spans_s`` are the phrases in seconds."""
    step_s = DUCK_RAMP_S / 2
    times_s = np.arange(0.0, samples.shape[0] / SR + step_s, step_s)
    sung = np.zeros(len(times_s))
    for start_s, end_s in spans_s:
        sung[(times_s >= start_s - DUCK_RAMP_S) & (times_s <= end_s)] = 1.0
    smooth = np.convolve(sung, np.ones(3) / 3, "same")
    curve = np.interp(np.arange(samples.shape[0]) / SR, times_s, 10 ** (-DUCK_DB * smooth / 20))
    samples *= curve.astype(np.float32)[:, None]


def recording_gain(audio_weight: float | None) -> float:
    """How loud a recording lies beside new music, as an amplitude: -6 dB at weight 0, 0 dB at 0.5, +6 dB at 1.

    Without a weight the recording keeps its level.
    """
    return 1.0 if audio_weight is None else float(10 ** (12 * (min(max(audio_weight, 0.0), 1.0) - 0.5) / 20))


def active_rms(samples: np.ndarray) -> float:
    """Root mean square of the louder half of the 50 ms frames that sound at all (shape (n, 2))."""
    if not samples.size:
        return 0.0
    power = np.array([np.mean(np.square(frame)) for frame in _blocks(samples, round(0.05 * SR))])
    power = power[power > 1e-5 * power.max()]
    return float(np.sqrt(power[power >= np.median(power)].mean())) if power.size else 0.0


def master(stems: Mapping[str, np.ndarray], *, loudness_lufs: float, bandwidth_hz: float, fade_s: float) -> np.ndarray:
    """Bring the sum of stems to a loudness and a bandwidth, below :data:`CEILING`.

    Parameters
    ----------
    stems : mapping of str to ndarray of float32, shape (n, 2)
        Changed in place.
    loudness_lufs, bandwidth_hz : float
        What the emulated model sounds like.
    fade_s : float
        Length of the closing fade.

    Returns
    -------
    ndarray of float32, shape (n, 2)
        The mix: the sum of the stems as they are now.
    """
    for stem in stems.values():
        _band_limit(stem, bandwidth_hz)
    curve = _level_curve(_sum(stems), loudness_lufs)
    curve *= _fades(len(curve), fade_s)
    for stem in stems.values():
        stem *= curve[:, None]
    return _sum(stems)


def _level_curve(mix: np.ndarray, loudness_lufs: float) -> np.ndarray:
    """One gain per sample that brings ``mix`` to a loudness below the ceiling.

    What the limiter takes away is given back by gain; the loudness after it is estimated from the powers before it.
    """
    from ..features.loudness import integrated_lufs

    powers, peaks = _step_powers(mix), np.array([np.abs(block).max() for block in _blocks(mix, _LIMITER_BLOCK_N)])
    curve, gain = np.ones(mix.shape[0], np.float32), 1.0
    for _ in range(_LEVEL_ROUNDS):
        lowered = np.square(curve[: len(powers) * _STEP_N]).reshape(len(powers), -1).mean(axis=1)
        lufs = integrated_lufs(powers * lowered)
        if lufs is None:
            break
        gain *= 10 ** ((loudness_lufs - lufs) / 20)
        curve = _limiter(gain * peaks, mix.shape[0]) * np.float32(gain)
    return curve


def mix_lufs(mix: np.ndarray) -> float | None:
    """Integrated loudness (BS.1770-4) of float32 samples, shape (n, 2); ``None`` for silence."""
    from ..features.loudness import integrated_lufs

    return integrated_lufs(_step_powers(mix))


def _step_powers(mix: np.ndarray) -> np.ndarray:
    """K-weighted power of each 100 ms, channels summed.

    Filtered in single precision, both channels at once: good to 0.1 LU and several times faster than measuring.
    """
    from scipy.signal import sosfilt

    from ..features.loudness import k_weighting

    sections = k_weighting(SR).astype(np.float32)
    state = np.zeros((len(sections), 2, 2), np.float32)
    powers: list[np.ndarray] = []
    for block in _blocks(mix, _STEP_N * _BLOCK_STEPS):
        weighted, state = sosfilt(sections, block, axis=0, zi=state)
        steps_n = weighted.shape[0] // _STEP_N
        powers.append(np.square(weighted[: steps_n * _STEP_N]).reshape(steps_n, 2 * _STEP_N).sum(axis=1) / _STEP_N)
    return np.concatenate(powers).astype(float)


def _blocks(samples: np.ndarray, block_n: int) -> Iterator[np.ndarray]:
    """Views of ``samples`` one after the other: whole-song temporaries would cost as much as a stem each."""
    return (samples[at : at + block_n] for at in range(0, samples.shape[0], block_n))


def _sum(stems: Mapping[str, np.ndarray]) -> np.ndarray:
    total = np.zeros_like(next(iter(stems.values())))
    for stem in stems.values():
        total += stem
    return total


def _pan_gains(pan: float) -> np.ndarray:
    """Left and right gain at equal power, 1 in the middle."""
    angle = (pan + 1) * np.pi / 4
    return np.sqrt(2) * np.array([np.cos(angle), np.sin(angle)], np.float32)


@cache
def _impulse_response(decay_s: float) -> np.ndarray:
    """Exponentially decaying noise, band-limited, one side each; unit energy, shape (n, 2)."""
    from scipy.signal import butter, sosfilt

    n = round(decay_s * SR)
    noise = np.random.default_rng(0).standard_normal((n, 2)) * 10 ** (-3 * np.arange(n) / n)[:, None]
    noise = sosfilt(butter(1, (250, 5500), "bandpass", fs=SR, output="sos"), noise, axis=0)
    noise[: round(_PREDELAY_S * SR)] = 0
    return (noise / np.sqrt(np.square(noise).sum(axis=0))).astype(np.float32)


def _add_reverb(samples: np.ndarray, share: float, decay_s: float) -> None:
    from scipy.signal import oaconvolve

    response = _impulse_response(decay_s)
    send = samples.mean(axis=1) * np.float32(share * 2)
    for side in (0, 1):
        samples[:, side] += oaconvolve(send, response[:, side])[: len(send)]


def _band_limit(samples: np.ndarray, bandwidth_hz: float) -> None:
    """Cut ``samples`` off above a frequency, in place (Butterworth, 48 dB an octave)."""
    from scipy.signal import butter, sosfilt

    if bandwidth_hz >= 0.45 * SR:
        return
    sections = butter(8, bandwidth_hz, fs=SR, output="sos").astype(np.float32)
    state = np.zeros((len(sections), 2, 2), np.float32)
    for block in _blocks(samples, _BLOCK_STEPS * _STEP_N):
        block[:], state = sosfilt(sections, block, axis=0, zi=state)


def _limiter(peaks: np.ndarray, samples_n: int) -> np.ndarray:
    """One gain per sample, at most 1, that keeps blocks of these peaks below the ceiling; smooth, with look-ahead."""
    from scipy.ndimage import minimum_filter1d

    wanted = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
    reach = 2 * round(_LIMITER_S * SR / _LIMITER_BLOCK_N) + 1
    window = np.hanning(reach + 2)[1:-1]
    lowest = minimum_filter1d(wanted, 2 * reach + 1, mode="nearest")
    smooth = np.convolve(np.pad(lowest, reach // 2, mode="edge"), window / window.sum(), "valid")
    centres = (np.arange(len(peaks)) + 0.5) * _LIMITER_BLOCK_N
    return np.interp(np.arange(samples_n, dtype=np.float32), centres, smooth).astype(np.float32)


def _fades(samples_n: int, fade_s: float) -> np.ndarray:
    """Closing fade (cosine), never shorter than 30 ms."""
    curve = np.ones(samples_n, np.float32)
    n = min(samples_n, round(max(fade_s, 0.03) * SR))
    curve[samples_n - n :] = np.cos(np.linspace(0, np.pi / 2, n, dtype=np.float32)) if n else 1.0
    return curve
