"""Form: where the music changes, what comes back, how it begins and ends."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, MEL_HOP, Audio
from suno_lab.features._feature import Feature, Row
from suno_lab.features.ends import measure_ends
from suno_lab.features.pitch import FRAME_S, frame_pitch_classes

Array = npt.NDArray[np.float64]

VERSION = 2

FEATURES = (
    Feature(
        name="segments_n",
        unit="segments",
        scale="log",
        method="checkerboard novelty (Foote 2000) of the self-similarity of timbre and harmony, every 0.5 s",
        description="stretches between audible changes",
        dtype="Int64",
    ),
    Feature(
        name="segment_median_s",
        unit="s",
        scale="log",
        method="checkerboard novelty (Foote 2000)",
        description="their median length",
    ),
    Feature(
        name="repetition",
        unit="proportion",
        scale="proportion",
        method="segments whose mean similarity to an earlier one is 0.7 of their own",
        description="share of the time spent in segments that sound like another one",
    ),
    Feature(
        name="fade_in_s",
        unit="s",
        scale="linear",
        method="level of 0.5 s against its upper quartile",
        description="time until the level first comes within 6 dB of its upper quartile",
    ),
    Feature(
        name="fade_out_s",
        unit="s",
        scale="linear",
        method="level of 0.5 s against its upper quartile",
        description="time after the level last was within 6 dB of its upper quartile",
    ),
    Feature(
        name="intro_s",
        unit="s",
        scale="linear",
        method="2 s means of all mel bands and of those below 200 Hz against their medians",
        description="time until the music is complete: level and low end first within 3 dB of their medians",
    ),
    Feature(
        name="ending",
        unit="kind",
        scale="nominal",
        method="level, its slope and the attacks in the last seconds",
        description="“abrupt”, “fade” (attacks go on while it dies away), “ring-out” or “hum” (a steady remainder)",
        dtype="string",
    ),
)

STEP_S = 0.5  #: resolution of the form
KERNEL_S = 8.0  #: how much music before and after a moment is compared
SHORTEST_S = 6.0  #: segments are at least this long
ALIKE = 0.7  #: similarity from which two segments carry the same label


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A stretch of music; segments that sound alike share a label (A, B, …)."""

    start_s: float
    end_s: float
    label: str


def extract(audio: Audio) -> Row:
    """Form of one clip; None for what is too short (12 s) or silent."""
    found = segments(audio)
    row: Row = measure_ends(audio)
    if not found:
        return row
    lengths_s = np.array([segment.end_s - segment.start_s for segment in found])
    labels = [segment.label for segment in found]
    repeated = np.array([labels.count(label) > 1 for label in labels])
    return row | {
        "segments_n": len(found),
        "segment_median_s": float(np.median(lengths_s)),
        "repetition": float(lengths_s[repeated].sum() / lengths_s.sum()),
    }


def segments(audio: Audio) -> tuple[Segment, ...]:
    """Cut a clip where timbre and harmony change together.

    Every half second is described by its mel spectrum and pitch classes; boundaries are peaks of the checkerboard
    novelty of their similarity (Foote, "Automatic audio segmentation using a measure of audio novelty", 2000).
    Empty for clips shorter than 12 s and for silence.
    """
    return audio.shared("segments", lambda: _segments(audio))


def _segments(audio: Audio) -> tuple[Segment, ...]:
    if audio.duration_s < 2 * SHORTEST_S or audio.peak == 0:
        return ()
    steps = describe_steps(audio)
    similarity = self_similarity(steps)
    cuts = [0, *boundaries(novelty(similarity)), len(steps)]
    labels = _labels(similarity, cuts)
    ends_s = [*(cut * STEP_S for cut in cuts[1:-1]), audio.duration_s]
    return tuple(
        Segment(start_s=start * STEP_S, end_s=end_s, label=label)
        for start, end_s, label in zip(cuts[:-1], ends_s, labels, strict=True)
    )


def describe_steps(audio: Audio) -> Array:
    """Mel spectrum (smoothed to 16 bands, in decades) and pitch classes of each half second, shape (steps, 28).

    Each half is centred and of equal weight.
    """
    level = audio.mel_level.reshape(len(audio.mel_level), 16, -1).mean(axis=2)
    steps_n = max(int(audio.duration_s / STEP_S), 1)
    mel = _mean_in_steps(level, MEL_HOP / ANALYSIS_RATE_HZ, steps_n)
    chroma = _mean_in_steps(np.sqrt(frame_pitch_classes(audio)), FRAME_S, steps_n)
    return np.hstack([_evened(mel), _evened(chroma)])


def self_similarity(steps: Array) -> Array:
    """Cosine similarity of all pairs of steps, shape (steps, steps), -1 to 1."""
    norm = np.linalg.norm(steps, axis=1, keepdims=True)
    unit = np.divide(steps, norm, out=np.zeros_like(steps), where=norm > 1e-9)
    return unit @ unit.T


def novelty(similarity: Array) -> Array:
    """How different the seconds before and after each step are, for their likeness among themselves; shape (steps,)."""
    half = round(KERNEL_S / STEP_S)
    offsets = np.arange(-half, half) + 0.5
    taper = np.exp(-0.5 * (offsets / (half / 2)) ** 2)
    kernel = np.outer(np.sign(offsets) * taper, np.sign(offsets) * taper)
    kernel /= np.abs(kernel).sum()
    padded = np.pad(similarity, half, mode="edge")
    return np.array([np.sum(kernel * padded[i : i + 2 * half, i : i + 2 * half]) for i in range(len(similarity))])


def boundaries(curve: Array) -> list[int]:
    """Steps at which a new segment begins: clear peaks of the novelty, at least :data:`SHORTEST_S` apart."""
    from scipy.signal import find_peaks

    shortest = round(SHORTEST_S / STEP_S)
    peaks, _ = find_peaks(curve, distance=shortest, prominence=0.06)
    return [int(peak) for peak in peaks if shortest <= peak <= len(curve) - shortest]


def _mean_in_steps(frames: Array, frame_s: float, steps_n: int) -> Array:
    step = np.minimum((np.arange(len(frames)) * frame_s / STEP_S).astype(int), steps_n - 1)
    total = np.zeros((steps_n, frames.shape[1]))
    np.add.at(total, step, frames)
    return total / np.maximum(np.bincount(step, minlength=steps_n), 1)[:, None]


def _evened(features: Array) -> Array:
    centred = features - features.mean(axis=0)
    return centred / max(float(np.sqrt(np.mean(np.sum(centred**2, axis=1)))), 1e-9)


def _labels(similarity: Array, cuts: list[int]) -> list[str]:
    """A letter a segment: that of the earlier segment it resembles most, or a new one."""
    spans = [slice(first, last) for first, last in pairwise(cuts)]
    likeness = np.array([[similarity[a, b].mean() for b in spans] for a in spans])
    own = np.sqrt(np.maximum(np.outer(np.diag(likeness), np.diag(likeness)), 1e-9))
    letters: list[int] = []
    for i in range(len(spans)):
        close = [(likeness[i, j] / own[i, j], letters[j]) for j in range(i)]
        best = max(close, default=(0.0, 0))
        letters.append(best[1] if best[0] >= ALIKE else len(set(letters)))
    return [_letter(number) for number in letters]


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else f"Z{number - 25}"
