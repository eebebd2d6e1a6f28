"""Chords: major and minor triads over time, and the key of each segment."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio
from suno_lab.features._feature import Feature, Row
from suno_lab.features.keys import KeyEstimate, best_key, key_name, key_scores
from suno_lab.features.pitch import FRAME_S, N_FFT, RATE_HZ, TONICS, frame_pitch_classes
from suno_lab.features.structure import segments

Array = npt.NDArray[np.float64]

VERSION = 1

FEATURES = (
    Feature(
        name="chords_n",
        unit="chords",
        scale="log",
        dtype="Int64",
        method="24 triads and none by templates on pitch classes, most likely path (Viterbi)",
        description="stretches with one chord",
    ),
    Feature(
        name="chord_share",
        unit="proportion",
        scale="proportion",
        method="time not labelled N",
        description="share of the time with a chord",
    ),
    Feature(
        name="chord_change_rate_hz",
        unit="Hz",
        scale="log",
        method="changes from chord to chord over the time with a chord",
        description="how often the chord changes",
    ),
    Feature(
        name="chord_commonest",
        unit="chord",
        scale="nominal",
        dtype="string",
        method="longest total time",
        description="the chord with the most time, in Harte's syntax: “A:min”",
    ),
    Feature(
        name="chord_minor_share",
        unit="proportion",
        scale="proportion",
        method="time of minor triads over that of all triads",
        description="share of minor chords",
    ),
    Feature(
        name="keys_n",
        unit="keys",
        scale="log",
        dtype="Int64",
        method="key of each segment of 6 s or more, by the correlation that gives the key of the clip",
        description="different keys among the segments",
    ),
    Feature(
        name="key_agreement",
        unit="proportion",
        scale="proportion",
        method="time of the segments whose key is the commonest over the time of all that have one",
        description="how much of the clip keeps to one key",
    ),
)

TRIADS = {"maj": (0, 4, 7), "min": (0, 3, 7)}
NONE = "N"
NAMES = (*(f"{tonic}:{quality}" for quality in TRIADS for tonic in TONICS), NONE)
CHANGE = 0.01  #: chance of another chord in the next frame (0.19 s)
SHARPNESS = 16.0  #: weight of likeness to a template against the chance of a change
NONE_LIKENESS = 0.62  #: what “no chord” is like


@dataclass(frozen=True, kw_only=True)
class Chord:
    """A stretch of time with one chord, in Harte's syntax; ``"N"`` where none is heard."""

    start_s: float
    end_s: float
    chord: str


@dataclass(frozen=True, kw_only=True)
class SegmentKey:
    """A stretch of the form with its key; None where nothing has a pitch."""

    start_s: float
    end_s: float
    label: str
    key: KeyEstimate | None


def extract(audio: Audio) -> Row:
    """Chords and keys of one clip; None for silence."""
    found = chords(audio)
    sounding = [span for span in found if span.chord != NONE]
    if not sounding:
        return {"chord_share": 0.0} if audio.peak > 0 and found else {}
    seconds: dict[str, float] = {}
    for span in sounding:
        seconds[span.chord] = seconds.get(span.chord, 0.0) + span.end_s - span.start_s
    total_s = sum(seconds.values())
    changes_n = sum(NONE not in (a.chord, b.chord) for a, b in pairwise(found))
    row: Row = {
        "chords_n": len(sounding),
        "chord_share": min(total_s / audio.duration_s, 1.0),
        "chord_change_rate_hz": changes_n / total_s if changes_n else None,
        "chord_commonest": max(seconds, key=lambda name: seconds[name]),
        "chord_minor_share": sum(s for name, s in seconds.items() if name.endswith("min")) / total_s,
    }
    return row | _keys(segment_keys(audio))


def chords(audio: Audio) -> tuple[Chord, ...]:
    """The chord of every moment, without gaps; empty for silence and less than 0.4 s.

    Every 0.19 s the pitch classes (spectral peaks, 60 to 2000 Hz) are held against the templates of 24 triads; the
    path through them is the most likely one when a change has a small chance (Viterbi; after Papadopoulos & Peeters,
    "Large-scale study of chord estimation algorithms based on chroma representation and HMM", 2007).
    """
    if audio.peak == 0 or audio.duration_s < N_FFT / RATE_HZ:
        return ()
    path = best_path(likeness(np.sqrt(frame_pitch_classes(audio))))
    starts = np.flatnonzero(np.diff(path, prepend=-1))
    # a frame belongs to its middle: it speaks for the hop around that
    times_s = [0.0, *(starts[1:] * FRAME_S + (N_FFT / RATE_HZ - FRAME_S) / 2).tolist(), audio.duration_s]
    names = [NAMES[path[start]] for start in starts]
    return tuple(
        Chord(start_s=start_s, end_s=end_s, chord=name)
        for (start_s, end_s), name in zip(pairwise(times_s), names, strict=True)
        if end_s > start_s
    )


def likeness(frames: Array) -> Array:
    """Cosine of pitch classes with each of :data:`NAMES`, shape (frames, 25)."""
    norm = np.linalg.norm(frames, axis=1, keepdims=True)
    unit = np.divide(frames, norm, out=np.zeros_like(frames), where=norm > 1e-9)
    return np.hstack([unit @ _templates().T, np.full((len(unit), 1), NONE_LIKENESS)])


def _templates() -> Array:
    rows = []
    for notes in TRIADS.values():
        row = np.zeros(12)
        row[list(notes)] = 1.0
        rows += [np.roll(row, tonic) for tonic in range(12)]
    return np.array(rows) / np.sqrt(3)


def best_path(scores: Array) -> npt.NDArray[np.intp]:
    """The most likely sequence of states where all changes are equally unlikely, shape (frames,)."""
    change = np.log(CHANGE / (scores.shape[1] - 1)) - np.log(1 - CHANGE)
    total = SHARPNESS * scores
    stayed = np.ones(total.shape, dtype=bool)
    origin = np.zeros(len(total), dtype=np.intp)
    for i in range(1, len(total)):
        before = total[i - 1]
        origin[i] = before.argmax()
        moved = before[origin[i]] + change
        stayed[i] = before >= moved
        total[i] += np.where(stayed[i], before, moved)
    path = np.empty(len(total), dtype=np.intp)
    path[-1] = total[-1].argmax()
    for i in range(len(total) - 1, 0, -1):
        path[i - 1] = path[i] if stayed[i, path[i]] else origin[i]
    return path


def segment_keys(audio: Audio) -> tuple[SegmentKey, ...]:
    """The segments of the form, each with its key; empty where there are none."""
    found = segments(audio)
    frames = frame_pitch_classes(audio) if found else np.zeros((0, 12))
    return tuple(
        SegmentKey(start_s=span.start_s, end_s=span.end_s, label=span.label, key=_key(frames, span.start_s, span.end_s))
        for span in found
    )


def _key(frames: Array, start_s: float, end_s: float) -> KeyEstimate | None:
    total = frames[round(start_s / FRAME_S) : max(round(end_s / FRAME_S), 1)].sum(axis=0)
    return best_key(key_scores(np.sqrt(total))) if total.any() else None


def _keys(spans: tuple[SegmentKey, ...]) -> Row:
    seconds: dict[str, float] = {}
    for span in spans:
        if span.key is not None:
            name = key_name(span.key.tonic, span.key.mode)
            seconds[name] = seconds.get(name, 0.0) + span.end_s - span.start_s
    if not seconds:
        return {}
    return {"keys_n": len(seconds), "key_agreement": max(seconds.values()) / sum(seconds.values())}
