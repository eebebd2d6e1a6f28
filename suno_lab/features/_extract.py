"""One clip, one row."""

from __future__ import annotations

import os
from collections.abc import Iterable
from types import ModuleType

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio
from suno_lab.features._feature import Feature, Row
from suno_lab.features._registry import families as registered

ESTIMATORS = ("suno_lab", "librosa")


def extract(
    audio_or_path: Audio | str | os.PathLike[str],
    *,
    families: Iterable[str] | str | None = None,
    estimator: str = "suno_lab",
    excerpt: tuple[float, float] | None = None,
) -> Row:
    """Measure one clip.

    Parameters
    ----------
    audio_or_path : Audio or path
        What to measure.
    families : str or iterable of str, optional
        Which families; all by default.
    estimator : {"suno_lab", "librosa"}
        ``"librosa"`` takes tempo, beats and key from librosa's own defaults: ``beat_track``, and the mean of
        ``chroma_cqt`` against the Krumhansl–Kessler profiles. The other columns do not change.
    excerpt : (start_s, end_s), optional
        Measure this part only.

    Returns
    -------
    dict
        One value for every feature of these families; None is "not measurable here".

    Raises
    ------
    AudioError
        When the file cannot be decoded, or the excerpt holds nothing.
    ValueError
        For an unknown family or estimator.
    """
    modules = registered(families)
    check_estimator(estimator)
    audio = audio_or_path if isinstance(audio_or_path, Audio) else Audio.load(audio_or_path)
    audio = audio if excerpt is None else audio.excerpt(*excerpt)
    row: Row = {}
    for module in modules.values():
        row |= extract_family(module, audio, estimator=estimator)
    return row


def extract_family(module: ModuleType, audio: Audio, *, estimator: str = "suno_lab") -> Row:
    """One family's values, every feature present."""
    measure = getattr(module, "extract_librosa", module.extract) if estimator == "librosa" else module.extract
    measured = measure(audio)
    return {item.name: measured.get(item.name) for item in module.FEATURES}


def check_estimator(estimator: str) -> None:
    """Raise ValueError for an estimator that does not exist."""
    if estimator not in ESTIMATORS:
        raise ValueError(f"unknown estimator {estimator!r}, expected one of {', '.join(ESTIMATORS)}")


def beats(audio_or_path: Audio | str | os.PathLike[str], *, estimator: str = "suno_lab") -> npt.NDArray[np.float64]:
    """Beat times in seconds, rising; empty where there is no tempo."""
    from suno_lab.features import rhythm

    check_estimator(estimator)
    audio = audio_or_path if isinstance(audio_or_path, Audio) else Audio.load(audio_or_path)
    return rhythm.beats(audio) if estimator == "suno_lab" else rhythm.beats_librosa(audio)


def feature(name: str) -> Feature | None:
    """What the families say about a column; None for a column that is not theirs."""
    for module in registered().values():
        for item in module.FEATURES:
            if item.name == name:
                return item
    return None
