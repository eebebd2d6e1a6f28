"""How far the measures can be trusted: estimators held against truth.

Songs whose truth is known (made by the engine, or a folder with a truth table) are measured by every estimator; what
comes out is an error card. A card speaks about its domain only: one made from engine songs is a prior for real audio,
not a promise.
"""

from __future__ import annotations

from suno_lab.calibration.card import ErrorCard, chances, error_card, shipped_card, with_probabilities
from suno_lab.calibration.labels import LabelledTruth, labelled_truth
from suno_lab.calibration.measuring import measure
from suno_lab.calibration.scores import key_score, octave_ratio
from suno_lab.calibration.songs import engine_songs
from suno_lab.calibration.truth import read_truth

__all__ = [
    "ErrorCard",
    "LabelledTruth",
    "chances",
    "engine_songs",
    "error_card",
    "key_score",
    "labelled_truth",
    "measure",
    "octave_ratio",
    "read_truth",
    "shipped_card",
    "with_probabilities",
]
