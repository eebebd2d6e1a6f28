"""Beats: an even grid where the music keeps one, else a path through the onsets."""

from __future__ import annotations

import numpy as np

from suno_lab.features.onsets import FRAMES_HZ, Array

LATENCY_S = 0.0  #: the envelope's peak minus the true onset; see docs/features.md for the command that measures it
PHASES_N = 96


def grid_phase(envelope: Array, tempo_bpm: float) -> tuple[float, float]:
    """Where an even grid of beats lies best on the envelope, in frames, and how high it stands there over the mean.

    Returns ``(first_beat_frame, contrast)``.
    """
    period = 60 * FRAMES_HZ / tempo_bpm
    phases = np.linspace(0, period, PHASES_N, endpoint=False)
    frames = np.arange(0, max(len(envelope) - period, 1), period)
    heights = np.interp(frames[None] + phases[:, None], np.arange(len(envelope)), envelope).mean(axis=1)
    best = int(heights.argmax())
    return float(phases[best]), float(heights[best] / max(envelope.mean(), 1e-12))


def track_beats(envelope: Array, tempo_bpm: float, *, tightness: float = 100.0) -> Array:
    """Beat frames by dynamic programming (Ellis 2007): onsets high, intervals near the tempo's period.

    ``tightness`` weighs the squared log deviation of an interval from the period against onset height in SD.
    """
    period = 60 * FRAMES_HZ / tempo_bpm
    heights = envelope / max(envelope.std(), 1e-12)
    reach = np.arange(-round(2 * period), -round(period / 2) + 1)
    cost = -tightness * np.log(-reach / period) ** 2
    total, before = heights.copy(), np.full(len(heights), -1)
    for i in range(-reach[-1], len(heights)):
        first = max(0, -(i + reach[0]))
        candidates = total[i + reach[first:]] + cost[first:]
        best = int(candidates.argmax())
        if candidates[best] > 0:
            total[i] += candidates[best]
            before[i] = i + reach[first + best]
    return _backtrack(total, before, period)


def _backtrack(total: Array, before: np.ndarray, period: float) -> Array:
    last_bar = total[-int(np.ceil(period)) :]
    beat = len(total) - len(last_bar) + int(last_bar.argmax())
    beats = []
    while beat >= 0:
        beats.append(beat)
        beat = int(before[beat])
    return np.array(beats[::-1], dtype=float)


def beat_frames(envelope: Array, tempo_bpm: float) -> Array:
    """Beats in frames: the even grid when the tracked beats stay on it, else the tracked beats themselves."""
    tracked = track_beats(envelope, tempo_bpm)
    period = 60 * FRAMES_HZ / tempo_bpm
    first, _ = grid_phase(envelope, tempo_bpm)
    off_grid = np.abs((tracked - first + period / 2) % period - period / 2)
    if len(tracked) and np.median(off_grid) > 0.1 * period:
        return tracked
    return np.arange(first, len(envelope), period)
