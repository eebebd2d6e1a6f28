"""Bars: where they begin, how many beats they have, and how steady the beat is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio
from suno_lab.features import rhythm
from suno_lab.features._feature import Feature, Row
from suno_lab.features.onsets import FRAMES_HZ, onset_envelope
from suno_lab.features.pitch import FRAME_S, N_FFT, RATE_HZ, frame_pitch_classes

Array = npt.NDArray[np.float64]

VERSION = 1

FEATURES = (
    Feature(
        name="beats_per_bar",
        unit="beats",
        scale="nominal",
        dtype="Int64",
        method="changes of harmony and low attacks on every third or fourth beat, largest contrast",
        description="3 or 4",
    ),
    Feature(
        name="downbeats_n",
        unit="downbeats",
        scale="log",
        dtype="Int64",
        method="beats at the place in the bar with the largest contrast",
        description="first beats of bars found; their times: features.downbeats(audio)",
    ),
    Feature(
        name="downbeat_contrast",
        unit="standard errors",
        scale="linear",
        method="mean of harmony change and low attack on downbeats less that on other beats, over its standard error",
        description="how clear the bars are: nothing is called a bar below 3",
    ),
    Feature(
        name="downbeat_margin",
        unit="standard errors",
        scale="linear",
        method="contrast less that of the next best place or length of the bar",
        description="how far this reading leads the next: near 0 undecided",
    ),
    Feature(
        name="tempo_stability",
        unit="proportion",
        scale="proportion",
        method="autocorrelation of the onset envelope at four beats, in stretches of 8 s or 8 beats",
        description="share of the stretches whose own tempo is within 2 % of their median: 1 steady",
    ),
    Feature(
        name="tempo_spread_pc",
        unit="%",
        scale="linear",
        method="1.4826 times the median absolute deviation of those tempi from their median",
        description="how far the tempo of stretches lies apart: below 0.3 as even as a machine",
    ),
)

LOW_BANDS_N = 6  #: mel bands below 180 Hz
LOW_WEIGHT = 0.5  #: of low attacks beside changes of harmony
LEAST_CHANGE, LEAST_RISE = 0.03, 0.1  #: less spread than this (of a cosine, in decades) is no difference of beats
LEAST_BEATS_N = 16
LEAST_CONTRAST = 3.0
STRETCH_S, STEP_S, STRETCH_BEATS = 8.0, 4.0, 8
LAG_BEATS, REACH = 4, 0.06  #: the distance that is measured, and how far from the clip's tempo it may lie
LEAST_CORRELATION = 0.2
STEADY = 0.02


@dataclass(frozen=True, kw_only=True)
class Bars:
    """Where the bars begin. ``contrast`` and ``margin`` are in standard errors."""

    beats_per_bar: int
    downbeats_s: Array
    contrast: float
    margin: float


def extract(audio: Audio) -> Row:
    """Bars and steadiness; None where there are no beats, or nothing marks the bars."""
    beats_s = rhythm.beats(audio)
    row = steadiness(onset_envelope(audio), beats_s)
    bars = find_bars(audio, beats_s)
    if bars is None:
        return row
    return row | {
        "beats_per_bar": bars.beats_per_bar,
        "downbeats_n": len(bars.downbeats_s),
        "downbeat_contrast": bars.contrast,
        "downbeat_margin": bars.margin,
    }


def find_bars(audio: Audio, beats_s: Array) -> Bars | None:
    """The bars of three or four beats that changes of harmony and low attacks mark best; None where nothing does."""
    if len(beats_s) < LEAST_BEATS_N:
        return None
    harmony, low = harmony_changes(audio, beats_s), low_attacks(audio, beats_s)
    marks = _standard(harmony, LEAST_CHANGE) + LOW_WEIGHT * _standard(low, LEAST_RISE)
    readings = sorted(((_contrast(marks, n, place), n, place) for n in (3, 4) for place in range(n)), reverse=True)
    (contrast, beats_per_bar, place), (second, _, _) = readings[:2]
    if contrast < LEAST_CONTRAST:
        return None
    return Bars(
        beats_per_bar=beats_per_bar,
        downbeats_s=beats_s[place::beats_per_bar],
        contrast=contrast,
        margin=contrast - second,
    )


def harmony_changes(audio: Audio, beats_s: Array) -> Array:
    """One less the cosine of the pitch classes of the beat before and the beat after each beat, shape (beats,)."""
    frames = np.sqrt(frame_pitch_classes(audio))
    middles_s = np.arange(len(frames)) * FRAME_S + N_FFT / RATE_HZ / 2
    total = np.concatenate([np.zeros((1, 12)), np.cumsum(frames, axis=0)])
    period_s = float(np.median(np.diff(beats_s)))
    before, at, after = (np.searchsorted(middles_s, beats_s + shift_s) for shift_s in (-period_s, 0.0, period_s))
    return 1 - np.einsum("ij,ij->i", _unit(total[at] - total[before]), _unit(total[after] - total[at]))


def low_attacks(audio: Audio, beats_s: Array) -> Array:
    """Largest rise of the level below 180 Hz within 46 ms of each beat, in decades, shape (beats,)."""
    level = np.log10(np.maximum(audio.mel_power[:, :LOW_BANDS_N], 1e-7)).mean(axis=1)
    if len(level) < 5:
        return np.zeros(len(beats_s))
    rise = np.pad(np.maximum(level[4:] - level[:-4], 0), 2)
    frames = np.round((beats_s - audio.mel_times_s[0]) * FRAMES_HZ).astype(int)
    return rise[np.clip(frames[:, None] + np.arange(-4, 5), 0, len(rise) - 1)].max(axis=1)


def _unit(rows: Array) -> Array:
    norm = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, norm, out=np.zeros_like(rows), where=norm > 1e-9)


def _standard(marks: Array, least_sd: float) -> Array:
    return (marks - marks.mean()) / max(float(marks.std()), least_sd)


def _contrast(marks: Array, beats_per_bar: int, place: int) -> float:
    first = np.arange(len(marks)) % beats_per_bar == place
    error = np.sqrt(1 / np.count_nonzero(first) + 1 / np.count_nonzero(~first))
    return float((marks[first].mean() - marks[~first].mean()) / error)


# ── steadiness ───────────────────────────────────────────────────────────────────────────────────────────────────────
def steadiness(envelope: Array, beats_s: Array) -> Row:
    """How alike the tempi of stretches are; empty for fewer than three stretches with a clear beat."""
    if len(beats_s) < LEAST_BEATS_N:
        return {}
    tempi_bpm = local_tempi_bpm(envelope, 60 / float(np.median(np.diff(beats_s))))
    if len(tempi_bpm) < 3:
        return {}
    off = np.abs(tempi_bpm / np.median(tempi_bpm) - 1)
    return {
        "tempo_stability": float(np.mean(off <= STEADY)),
        "tempo_spread_pc": float(100 * 1.4826 * np.median(off)),
    }


def local_tempi_bpm(envelope: Array, tempo_bpm: float) -> Array:
    """The tempo of each stretch near ``tempo_bpm``, shape (stretches,); those without a clear beat are left out."""
    period = 60 * FRAMES_HZ / tempo_bpm
    width = int(max(STRETCH_S * FRAMES_HZ, STRETCH_BEATS * period))
    lags = np.arange(int(LAG_BEATS * period * (1 - REACH)), int(LAG_BEATS * period * (1 + REACH)) + 2)
    found = []
    for start in range(0, len(envelope) - width + 1, int(STEP_S * FRAMES_HZ)):
        lag = _repetition(envelope[start : start + width], lags)
        if lag is not None:
            found.append(60 * FRAMES_HZ * LAG_BEATS / lag)
    return np.array(found)


def _repetition(stretch: Array, lags: npt.NDArray[np.int_]) -> float | None:
    """The lag at which a stretch repeats best, between frames; None where it does so badly or at the edge."""
    import scipy.fft

    centred = stretch - stretch.mean()
    n = scipy.fft.next_fast_len(len(centred) + int(lags[-1]) + 1, real=True)
    raw = scipy.fft.irfft(np.square(np.abs(scipy.fft.rfft(centred, n))), n)
    heights = raw[lags] / (len(centred) - lags) * len(centred) / max(raw[0], 1e-12)
    best = int(heights.argmax())
    if heights[best] < LEAST_CORRELATION or not 0 < best < len(lags) - 1:
        return None
    left, middle, right = heights[best - 1 : best + 2]
    bend = left - 2 * middle + right
    return float(lags[best] + (0.5 * (left - right) / bend if bend < 0 else 0.0))
