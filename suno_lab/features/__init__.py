"""Measures of a clip. The folder is the registry: one family of measures a file.

A family module says ``VERSION``, ``FEATURES`` and ``extract(audio) -> dict``; the other files are their parts.
Nothing heavier than NumPy is imported until something is measured.
"""

from __future__ import annotations

from suno_lab.features._analyze import analyze
from suno_lab.features._extract import ESTIMATORS, beats, chords, downbeats, extract, feature, segments
from suno_lab.features._feature import Feature, Row, Value
from suno_lab.features._measuring import Source
from suno_lab.features._registry import families
from suno_lab.features._table import column_features
from suno_lab.features.similarity import compare, near_duplicates

__all__ = [
    "ESTIMATORS",
    "Feature",
    "Row",
    "Source",
    "Value",
    "analyze",
    "beats",
    "chords",
    "column_features",
    "compare",
    "downbeats",
    "extract",
    "families",
    "feature",
    "near_duplicates",
    "segments",
]
