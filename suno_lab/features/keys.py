"""Key from pitch classes: correlation with the profiles of all 24 keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from suno_lab.features.pitch import TONICS, Array

MODES = ("major", "minor")

#: Albrecht & Shanahan, "The use of large corpora to train a new type of key-finding algorithm", Music Perception 2013
ALBRECHT_SHANAHAN = (
    (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
)
#: Krumhansl & Kessler, "Tracing the dynamic changes in perceived tonal organization", Psychological Review 1982
KRUMHANSL_KESSLER = (
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
)


@dataclass(frozen=True, kw_only=True)
class KeyEstimate:
    """A key, the runner-up, and how far the first leads (difference of scores)."""

    tonic: int  #: pitch class, C = 0
    mode: str
    margin: float
    second_tonic: int
    second_mode: str


def key_name(tonic: int, mode: str) -> str:
    """``"Eb minor"``, as mir_eval writes it."""
    return f"{TONICS[tonic % 12]} {mode}"


def key_scores(profile: Array, templates: tuple[tuple[float, ...], ...] = ALBRECHT_SHANAHAN) -> Array:
    """Pearson correlation of a pitch-class profile with every key, shape (24,): major from C up, then minor."""
    rolled = np.array([np.roll(template, tonic) for template in templates for tonic in range(12)])
    rolled = rolled - rolled.mean(axis=1, keepdims=True)
    centred = profile - profile.mean()
    norm = np.linalg.norm(rolled, axis=1) * np.linalg.norm(centred)
    return rolled @ centred / np.maximum(norm, 1e-12)


def best_key(scores: Array) -> KeyEstimate | None:
    """The key with the highest score and the one after it; None where all scores are the same."""
    second, first = np.argsort(scores)[-2:]
    if scores[first] <= scores.min():
        return None
    return KeyEstimate(
        tonic=int(first % 12),
        mode=MODES[first // 12],
        margin=float(scores[first] - scores[second]),
        second_tonic=int(second % 12),
        second_mode=MODES[second // 12],
    )
