"""Tempo from the onset envelope: autocorrelation comb for the octave, spectral comb for the decimals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft

from suno_lab.features.onsets import FRAMES_HZ, Array

SLOWEST_BPM, FASTEST_BPM = 40.0, 230.0
PRIOR_BPM, PRIOR_OCTAVES = 120.0, 1.1
COMB = ((0.5, 0.5), *((beats, beats**-0.5) for beats in range(1, 9)))  #: beats apart, weight
LEAST_RISE = 0.03  #: decades over all bands; what rises less is a steady sound
REFINE_SPAN = 0.05  #: the fine search goes this far to both sides of the coarse tempo, as a share of it
#: log odds that the tempo is right, octave included: constant, per ln regularity, per share of the runner-up; fitted
#: to the "dev" songs of ``python -m benchmarks corpus``, so a prior at best for other music
CONFIDENCE = (5.8, 0.94, -2.6)


@dataclass(frozen=True, kw_only=True)
class TempoEstimate:
    """A tempo, the runner-up an octave (or a third) away, and the chance that the first is right, 0 to 1."""

    tempo_bpm: float
    alternative_bpm: float
    confidence: float


def estimate_tempo(
    envelope: Array, *, prior_bpm: float = PRIOR_BPM, prior_octaves: float = PRIOR_OCTAVES
) -> TempoEstimate | None:
    """Tempo of an onset envelope (frames at ``FRAMES_HZ``); None where nothing repeats.

    ``prior_bpm`` and ``prior_octaves`` say which octave is likely: the middle and width of a log-normal prior.

    The strength of a tempo is the autocorrelation at half a beat and at 1 to 8 beats, under a log-normal prior (after
    Ellis, "Beat tracking by dynamic programming", 2007); the autocorrelation is of compressed magnitude (Percival &
    Tzanetakis, "Streamlined tempo estimation", 2014). The decimals come from the peak of the envelope's zero-padded
    spectrum at 1, 2 and 4 times the beat frequency.
    """
    if len(envelope) < 4 * FRAMES_HZ or envelope.max() < LEAST_RISE:
        return None
    grid_bpm = np.geomspace(SLOWEST_BPM, FASTEST_BPM, 600)
    strength = tempo_strength(autocorrelation(envelope), grid_bpm)
    if strength.max() <= 0:
        return None
    prior = np.exp(-0.5 * (np.log2(grid_bpm / prior_bpm) / prior_octaves) ** 2)
    score = strength * prior
    coarse_bpm = float(grid_bpm[score.argmax()])
    tempo_bpm = refine_tempo(envelope, coarse_bpm)
    ratio, share = _runner_up(grid_bpm, score, coarse_bpm)
    confidence = _confidence(strength[score.argmax()] / sum(weight for _, weight in COMB), share)
    return TempoEstimate(tempo_bpm=tempo_bpm, alternative_bpm=tempo_bpm * ratio, confidence=confidence)


def autocorrelation(envelope: Array) -> Array:
    """Inverse transform of the magnitude spectrum (not its square) of the envelope, 1.0 at lag 0, shape (frames,)."""
    centred = envelope - envelope.mean()
    n = scipy.fft.next_fast_len(2 * len(centred), real=True)
    raw = scipy.fft.irfft(np.abs(scipy.fft.rfft(centred, n)), n)[: len(centred)]
    return raw / max(raw[0], 1e-12)


def tempo_strength(correlation: Array, tempo_bpm: Array) -> Array:
    """How much repeats at the distances of :data:`COMB`, for each tempo; never negative, shape of ``tempo_bpm``."""
    half = len(correlation) // 2
    lags, beat_lag = np.arange(half), 60 * FRAMES_HZ / tempo_bpm
    total = sum(weight * np.interp(beats * beat_lag, lags, correlation[:half], right=0) for beats, weight in COMB)
    return np.maximum(total, 0)


def refine_tempo(envelope: Array, coarse_bpm: float) -> float:
    """The tempo near ``coarse_bpm`` whose harmonics 1, 2 and 4 stand out most in the envelope's spectrum."""
    n = 8 * scipy.fft.next_fast_len(len(envelope), real=True)
    spectrum = np.abs(scipy.fft.rfft((envelope - envelope.mean()) * np.hanning(len(envelope)), n))
    bins_hz = np.arange(len(spectrum)) * FRAMES_HZ / n
    near_bpm = np.linspace(coarse_bpm * (1 - REFINE_SPAN), coarse_bpm * (1 + REFINE_SPAN), 801)
    comb = np.sum([np.interp(near_bpm / 60 * harmonic, bins_hz, spectrum) for harmonic in (1, 2, 4)], axis=0)
    return parabolic_peak(near_bpm, comb)


def parabolic_peak(x: Array, y: Array) -> float:
    """Where a parabola through the highest point of evenly spaced ``y`` and its neighbours has its top."""
    i = int(np.argmax(y))
    if not 0 < i < len(y) - 1:
        return float(x[i])
    bend = y[i - 1] - 2 * y[i] + y[i + 1]
    shift = 0.5 * (y[i - 1] - y[i + 1]) / bend if bend < 0 else 0.0
    return float(x[i] + shift * (x[1] - x[0]))


def _confidence(regularity: float, runner_up_share: float) -> float:
    constant, of_regularity, of_runner_up = CONFIDENCE
    log_odds = constant + of_regularity * np.log(max(regularity, 1e-9)) + of_runner_up * runner_up_share
    return float(1 / (1 + np.exp(-log_odds)))


def _runner_up(grid_bpm: Array, score: Array, tempo_bpm: float) -> tuple[float, float]:
    """The related tempo with the highest score: its ratio to ``tempo_bpm`` and its score as a share of the best."""
    ratios = [r for r in (0.5, 2.0, 1 / 3, 3.0, 2 / 3, 1.5) if grid_bpm[0] <= tempo_bpm * r <= grid_bpm[-1]]
    near = [score[np.abs(np.log2(grid_bpm / (tempo_bpm * ratio))) < 0.06] for ratio in ratios]
    shares = [float(s.max() / score.max()) if len(s) else 0.0 for s in near]
    best = int(np.argmax(shares))
    return ratios[best], shares[best]
