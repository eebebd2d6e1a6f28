"""Key from pitch classes: correlation with the profiles of all 24 keys."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from suno_lab.features.pitch import TONICS, Array

MODES = ("major", "minor")

#: Albrecht & Shanahan, "The use of large corpora to train a new type of key-finding algorithm", Music Perception 2013
ALBRECHT_SHANAHAN = (
    (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081),
    (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052),
)
#: Bellman, "About the determination of key of a musical excerpt", 2005, from Budge's counts of chords (1943)
BELLMAN_BUDGE = (
    (16.80, 0.86, 12.95, 1.41, 13.49, 11.93, 1.25, 20.28, 1.80, 8.04, 0.62, 10.57),
    (18.16, 0.69, 12.99, 13.34, 1.07, 11.15, 1.38, 21.07, 7.49, 1.53, 0.92, 10.21),
)
#: Krumhansl & Kessler, "Tracing the dynamic changes in perceived tonal organization", Psychological Review 1982
KRUMHANSL_KESSLER = (
    (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
)


Profiles = tuple[tuple[float, ...], ...]  #: of major and minor, from the tonic up

#: log odds that the key is right: constant, per lead of the best correlation over the next; fitted to the "dev" songs
#: of ``python -m benchmarks corpus``, so a prior at best for other music
CONFIDENCE = (0.1, 19.8)


@dataclass(frozen=True, kw_only=True)
class KeyEstimate:
    """A key, the runner-up, and how far the first leads (difference of scores)."""

    tonic: int  #: pitch class, C = 0
    mode: str
    margin: float
    second_tonic: int
    second_mode: str

    @property
    def confidence(self) -> float:
        """Chance that the key is right, 0.5 to 1, as far as :data:`CONFIDENCE` holds."""
        constant, of_margin = CONFIDENCE
        return 1 / (1 + math.exp(-constant - of_margin * self.margin))


def key_name(tonic: int, mode: str) -> str:
    """``"Eb minor"``, as mir_eval writes it."""
    return f"{TONICS[tonic % 12]} {mode}"


def key_scores(profile: Array, profiles: Sequence[Profiles] = (ALBRECHT_SHANAHAN, BELLMAN_BUDGE)) -> Array:
    """Correlation of pitch classes with every key, shape (24,): major from C up, then minor.

    With several key profiles, with the mean of them, each standardised.
    """
    standard = np.mean([_standardised(np.array(one)) for one in profiles], axis=0)
    keys = _standardised(np.array([np.roll(row, tonic) for row in standard for tonic in range(12)]))
    return keys @ _standardised(profile) / 12


def _standardised(rows: Array) -> Array:
    centred = rows - rows.mean(axis=-1, keepdims=True)
    return centred / np.maximum(centred.std(axis=-1, keepdims=True), 1e-12)


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
