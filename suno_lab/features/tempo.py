"""Tempo from the onset envelope: autocorrelation comb for the octave, spectral comb for the decimals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from suno_lab.features.onsets import FRAMES_HZ, Array

SLOWEST_BPM, FASTEST_BPM = 38.0, 245.0
PRIOR_BPM, PRIOR_OCTAVES = 103.0, 0.55  #: which level of the metre people call the beat
PERIOD_BPM, PERIOD_OCTAVES = 120.0, 1.1  #: where a period of the metre is looked for
COMB = ((0.5, 0.5), *((beats, beats**-0.5) for beats in range(1, 9)))  #: beats apart, weight
LEVELS = (1.0, 1 / 2, 2.0, 1 / 3, 3.0)  #: of the metre: what may be the beat, as multiples of the tempo of a period
#: log odds of a level, per autocorrelation at so many of its beats: a beat repeats at 1 to 8 beats, not within itself
LEVEL_ODDS = ((1 / 4, -10.1), (1 / 2, -1.3), (2 / 3, -17.6), (1.0, 7.1), (2.0, 2.4), (4.0, 6.4), (8.0, 6.1))
REPEATS_AT_MOST = 0.4  #: an autocorrelation above this is a machine's and says no more about levels
LEAST_RISE = 0.03  #: decades over all bands; what rises less is a steady sound
REFINE_SPAN = 0.05  #: the fine search goes this far to both sides of the coarse tempo, as a share of it
#: log odds that the tempo is right, octave included: constant, per log odds over the runner-up, per ln regularity
CONFIDENCE = (1.20, 1.24, 0.48)
#: by how much first and last beat of even music are misplaced against each other at most, 19 times in 20
MISPLACED_S = 0.013


@dataclass(frozen=True, kw_only=True)
class TempoEstimate:
    """A tempo with what it may be mistaken for."""

    tempo_bpm: float
    low_bpm: float  #: to ``high_bpm``: where the tempo of even music lies 19 times in 20, its octave forgiven
    high_bpm: float
    alternative_bpm: float  #: the runner-up, related by 2, 3 or 3/2
    confidence: float  #: chance that the tempo is right, octave included, 0 to 1


def estimate_tempo(
    envelope: Array, *, prior_bpm: float = PRIOR_BPM, prior_octaves: float = PRIOR_OCTAVES
) -> TempoEstimate | None:
    """Tempo of an onset envelope (frames at ``FRAMES_HZ``); None where nothing repeats.

    ``prior_bpm`` and ``prior_octaves`` say which octave is likely: the middle and width of a log-normal prior.

    First a period of the metre: the autocorrelation at half a beat and at 1 to 8 beats, under a broad log-normal prior
    (after Ellis, "Beat tracking by dynamic programming", 2007); the autocorrelation is of compressed magnitude
    (Percival & Tzanetakis, "Streamlined tempo estimation", 2014). Then which level of the metre is the beat: the period
    itself, its half, double, third or triple, by :data:`LEVEL_ODDS` and the prior. The decimals come from the peak of
    the envelope's zero-padded spectrum at 1, 2 and 4 times the beat frequency.

    The numbers of the second step and of the confidence are fitted (conditional logit) to the "dev" songs of
    ``python -m benchmarks corpus``, at their own and at other speeds; for other music they are a prior at best.
    """
    if len(envelope) < 4 * FRAMES_HZ or envelope.max() < LEAST_RISE:
        return None
    correlation = autocorrelation(envelope)
    period_bpm = _period_bpm(correlation)
    if period_bpm is None:
        return None
    levels_bpm = period_bpm * np.array((*LEVELS, 2 / 3, 3 / 2))
    odds = level_odds(correlation, levels_bpm) - 0.5 * (np.log2(levels_bpm / prior_bpm) / prior_octaves) ** 2
    odds[(levels_bpm < SLOWEST_BPM) | (levels_bpm > FASTEST_BPM)] = -np.inf
    first = int(odds[: len(LEVELS)].argmax())
    second = int(np.where(np.arange(len(odds)) == first, -np.inf, odds).argmax())
    tempo_bpm = refine_tempo(envelope, float(levels_bpm[first]))
    regularity = tempo_strength(correlation, levels_bpm[first : first + 1])[0] / sum(weight for _, weight in COMB)
    slack = MISPLACED_S * FRAMES_HZ / len(envelope)
    return TempoEstimate(
        tempo_bpm=tempo_bpm,
        low_bpm=tempo_bpm * (1 - slack),
        high_bpm=tempo_bpm * (1 + slack),
        alternative_bpm=float(tempo_bpm * levels_bpm[second] / levels_bpm[first]),
        confidence=_confidence(float(odds[first] - odds[second]), float(regularity)),
    )


def _period_bpm(correlation: Array) -> float | None:
    """The tempo that repeats most; None where nothing does."""
    grid_bpm = np.geomspace(SLOWEST_BPM, FASTEST_BPM, 600)
    strength = tempo_strength(correlation, grid_bpm)
    score = strength * np.exp(-0.5 * (np.log2(grid_bpm / PERIOD_BPM) / PERIOD_OCTAVES) ** 2)
    return float(grid_bpm[score.argmax()]) if strength.max() > 0 else None


def level_odds(correlation: Array, tempo_bpm: Array) -> Array:
    """How much speaks for each tempo being the beat, in log odds without a prior, shape of ``tempo_bpm``."""
    longest = int(0.6 * len(correlation))
    lags, beat_lag = np.arange(longest), 60 * FRAMES_HZ / tempo_bpm
    repeats = np.minimum(correlation[:longest], REPEATS_AT_MOST)
    most = np.maximum(longest // beat_lag, 1)  # whole beats that fit: of a short clip the longest repetition counts
    near = np.array([-1, 0, 1])[:, None]  # a period is rarely a whole number of frames
    total = np.zeros(len(tempo_bpm))
    for beats, odds in LEVEL_ODDS:
        total += odds * np.interp(np.minimum(beats, most) * beat_lag + near, lags, repeats).max(axis=0)
    return total


def autocorrelation(envelope: Array) -> Array:
    """Inverse transform of the magnitude spectrum (not its square) of the envelope, 1.0 at lag 0, shape (frames,)."""
    import scipy.fft

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
    import scipy.fft

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


def _confidence(lead: float, regularity: float) -> float:
    constant, of_lead, of_regularity = CONFIDENCE
    log_odds = constant + of_lead * lead + of_regularity * np.log(max(regularity, 1e-9))
    return float(1 / (1 + np.exp(-log_odds)))
