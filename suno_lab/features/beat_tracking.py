"""Beats: an even grid where the music keeps one, else a path through the onsets."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from suno_lab.audio import ANALYSIS_RATE_HZ, Floats, mel_centres_hz
from suno_lab.features.onsets import FRAMES_HZ, Array, onsets_of

ATTACK_HOP = 64  #: samples at the analysis rate: 2.9 ms
ATTACK_REACH_S = 0.03  #: how far from the envelope's beat the attack may lie
ATTACK_CONTRAST = 6.0  #: attacks stand out this many times over the mean, or they are too soft to be placed
SOFT_SHIFT_S = 0.006  #: what the envelope is early by where attacks are soft
PHASES_N = 96
PHASE_SHIFTS = (0, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4)  #: of a beat: where the beat may lie, from the highest grid on
#: log odds of a beat's place, for the mean there over the mean of all, of: all onsets, those of the bass, the change of
#: the sound from half a beat before to half a beat after, and that below :data:`LOW_HZ`; fitted to the "dev" songs of
#: ``python -m benchmarks corpus``
PHASE_ODDS = (0.29, 0.19, 0.76, 4.49)
BASS_HZ, LOW_HZ = 160.0, 400.0
CHANGE_STEP = 2
GRID_SLACK = 2.5  #: frames (29 ms) by which beats may leave an even grid
GRID_SHARE = 0.64  #: of the height that moving grids reach; less, and the tempo drifts


def grid_phase(envelope: Array, tempo_bpm: float) -> float:
    """Frame of the first beat of the even grid that stands highest on the envelope."""
    phases, heights = _phase_heights(envelope, tempo_bpm)
    return float(phases[heights.argmax()])


def beat_phase(envelope: Array, tempo_bpm: float, level: Floats) -> float:
    """Frame of the first beat of an even grid.

    The grid that stands highest on the onsets is often that of the off-beats: hi-hats and strummed chords are loud
    there. So beats may also lie a part of a beat beside it, wherever bass and harmony change most.

    Parameters
    ----------
    envelope : array, shape (frames,)
        Onsets.
    tempo_bpm : float
        Of the grid.
    level : array, shape (frames, bands)
        ``Audio.mel_level``.
    """
    period = 60 * FRAMES_HZ / tempo_bpm
    starts = (grid_phase(envelope, tempo_bpm) + period * np.array(PHASE_SHIFTS)) % period
    grids = [np.arange(start, max(len(envelope) - period, start + 1), period) for start in starts]
    onsets = [envelope, onsets_of(level[:, mel_centres_hz() < BASS_HZ])]
    heights = np.array([[_near(curve, grid).mean() for curve in onsets] for grid in grids])
    changes = _changes(level, grids, reach=period / 2)
    usual = np.concatenate([[curve.mean() for curve in onsets], changes.mean(axis=0)])
    odds = np.hstack([heights, changes]) / np.maximum(usual, 1e-9) @ np.array(PHASE_ODDS)
    return float(starts[odds.argmax()])


def _near(curve: Array, frames: Array) -> Array:
    """The highest value within a frame of each place."""
    places = np.arange(len(curve))
    return np.max([np.interp(frames + shift, places, curve) for shift in (-1, 0, 1)], axis=0)


def _changes(level: Floats, grids: list[Array], *, reach: float) -> Array:
    """Mean distance in decades of the sound before and after the frames of each grid, shape (grids, 2).

    Over all bands, and over those below :data:`LOW_HZ`; every :data:`CHANGE_STEP`-th frame and band is enough.
    """
    level, low = level[::CHANGE_STEP, ::CHANGE_STEP], mel_centres_hz()[::CHANGE_STEP] < LOW_HZ
    sums = np.zeros((len(level) + 1, level.shape[1]))
    np.cumsum(level, axis=0, out=sums[1:])
    reach_n = max(round(reach / CHANGE_STEP), 1)
    found = []
    for grid in grids:
        middle = np.clip(np.round(grid / CHANGE_STEP).astype(int), 1, len(level) - 1)
        first, last = np.maximum(middle - reach_n, 0), np.minimum(middle + reach_n, len(level))
        before = (sums[middle] - sums[first]) / (middle - first)[:, None]
        after = (sums[last] - sums[middle]) / (last - middle)[:, None]
        change = np.abs(after - before).mean(axis=0)
        found.append((change.mean(), change[low].mean()))
    return np.array(found)


def _phase_heights(envelope: Array, tempo_bpm: float) -> tuple[Array, Array]:
    """First frames of grids over one period, and the mean height of the envelope on each."""
    period = 60 * FRAMES_HZ / tempo_bpm
    phases = np.linspace(0, period, PHASES_N, endpoint=False)
    frames = np.arange(0, max(len(envelope) - period, 1), period)
    return phases, np.interp(frames[None] + phases[:, None], np.arange(len(envelope)), envelope).mean(axis=1)


def track_beats(envelope: Array, tempo_bpm: float, *, tightness: float = 100.0) -> Array:
    """Beat frames by dynamic programming (Ellis 2007): onsets high, intervals near the tempo's period.

    ``tightness`` weighs the squared log deviation of an interval from the period against onset height in SD.
    """
    period = 60 * FRAMES_HZ / tempo_bpm
    heights = envelope / max(envelope.std(), 1e-12)
    longest, shortest = round(2 * period), max(round(period / 2), 1)
    frames, intervals = np.arange(len(heights)), np.arange(longest, shortest - 1, -1)
    cost = -tightness * np.log(intervals / period) ** 2
    total = np.concatenate([np.full(longest, -np.inf, heights.dtype), heights])  # frame i is at longest + i
    earlier = sliding_window_view(total, len(intervals))  # at i: what may be the beat before frame i
    before = np.full(len(heights), -1)
    for first in range(shortest, len(heights), shortest):  # none of a block may be the beat before another of it
        block = slice(first, min(first + shortest, len(heights)))
        candidates = earlier[block] + cost
        best, gain = candidates.argmax(axis=1), candidates.max(axis=1)
        total[longest:][block] += np.maximum(gain, 0)
        before[block] = np.where(gain > 0, frames[block] - intervals[best], -1)
    return _backtrack(total[longest:], before, period)


def _backtrack(total: Array, before: np.ndarray, period: float) -> Array:
    last_bar = total[-int(np.ceil(period)) :]
    beat = len(total) - len(last_bar) + int(last_bar.argmax())
    beats = []
    while beat >= 0:
        beats.append(beat)
        beat = int(before[beat])
    return np.array(beats[::-1], dtype=float)


def beat_frames(envelope: Array, tempo_bpm: float, level: Floats) -> Array:
    """Beats in frames: the even grid where the music stays on one, else a path through the onsets.

    There are none before the first and after the last attack.
    """
    period = 60 * FRAMES_HZ / tempo_bpm
    if keeps_grid(envelope, tempo_bpm, grid_phase(envelope, tempo_bpm)):
        beats = np.arange(beat_phase(envelope, tempo_bpm, level), len(envelope), period)
    else:
        beats = track_beats(envelope, tempo_bpm)
    attacks = np.flatnonzero(envelope > envelope.mean())
    return beats[(beats >= attacks[0] - period / 2) & (beats <= attacks[-1] + period / 2)]


def keeps_grid(envelope: Array, tempo_bpm: float, first: float) -> bool:
    """Whether an even grid from frame ``first`` stands nearly as high as grids that may move every four beats."""
    from scipy.ndimage import maximum_filter1d

    wide = maximum_filter1d(envelope, 3)
    period = 60 * FRAMES_HZ / tempo_bpm
    stretch_n = round(4 * period)
    on_grid = on_best = 0.0
    for start in range(0, len(envelope) - stretch_n + 1, stretch_n):
        phases, heights = _phase_heights(wide[start : start + stretch_n], tempo_bpm)
        off = np.abs((phases + start - first + period / 2) % period - period / 2)
        on_grid += float(heights[off <= max(GRID_SLACK, off.min())].max())
        on_best += float(heights.max())
    return on_grid >= GRID_SHARE * on_best


def attack_shift_s(y: Floats, beats_s: Array) -> float:
    """How much later than the onset envelope says the beats sound, in seconds.

    The envelope sees an attack as soon as the window's edge touches it. So all beats are laid over each other on the
    rise of short-time energy (8.7 ms, of the first difference of the signal); where that has a sharp top, the top is
    the beat.
    """
    rise = energy_rise(y)
    if len(beats_s) == 0 or not rise.any():
        return SOFT_SHIFT_S
    times_s = np.arange(len(rise)) * ATTACK_HOP / ANALYSIS_RATE_HZ - ATTACK_HOP / ANALYSIS_RATE_HZ
    shifts_s = np.linspace(-ATTACK_REACH_S, ATTACK_REACH_S, 61)
    heights = np.array([np.interp(beats_s + shift_s, times_s, rise).mean() for shift_s in shifts_s])
    if heights.max() < ATTACK_CONTRAST * rise.mean():
        return SOFT_SHIFT_S
    return float(shifts_s[heights.argmax()])


def energy_rise(y: Floats) -> Array:
    """Rise of the log energy over three blocks of :data:`ATTACK_HOP` samples, treble emphasised, shape (blocks,)."""
    blocks = np.diff(y, prepend=y[:1])[: len(y) // ATTACK_HOP * ATTACK_HOP].reshape(-1, ATTACK_HOP)
    energy = np.einsum("ij,ij->i", blocks, blocks, dtype=np.float64)
    if len(energy) < 8:
        return np.zeros(len(energy))
    energy = np.convolve(energy, np.full(3, 1 / 3), mode="same")
    level = np.log10(energy + 0.01 * np.percentile(energy, 90) + 1e-12)
    return np.concatenate([np.zeros(3), np.maximum(level[3:] - level[:-3], 0)])
