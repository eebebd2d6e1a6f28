"""One clip, one row."""

from __future__ import annotations

import os
from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio
from suno_lab.features._ahead import import_ahead
from suno_lab.features._feature import Feature, Row
from suno_lab.features._registry import families as registered

if TYPE_CHECKING:
    import pandas as pd

SEGMENT_COLUMNS = ("start_s", "end_s", "label", "musical_key", "key_margin")
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
    audio = audio_of(audio_or_path)
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
    audio = audio_of(audio_or_path)
    return rhythm.beats(audio) if estimator == "suno_lab" else rhythm.beats_librosa(audio)


def downbeats(audio_or_path: Audio | str | os.PathLike[str]) -> npt.NDArray[np.float64]:
    """Times of the first beats of bars in seconds, rising; empty where nothing marks the bars."""
    from suno_lab.features import meter, rhythm

    audio = audio_of(audio_or_path)
    bars = meter.find_bars(audio, rhythm.beats(audio))
    return np.zeros(0) if bars is None else bars.downbeats_s


def chords(audio_or_path: Audio | str | os.PathLike[str]) -> pd.DataFrame:
    """The chords of a clip: ``start_s``, ``end_s``, ``chord`` (major and minor triads in Harte's syntax, or ``N``).

    The spans follow each other without gaps, as :mod:`mir_eval.chord` wants them; none for silence.
    """
    import pandas as pd

    from suno_lab.features import harmony

    found = harmony.chords(audio_of(audio_or_path))
    rows = [(span.start_s, span.end_s, span.chord) for span in found]
    return pd.DataFrame(rows, columns=["start_s", "end_s", "chord"]).astype(
        {"start_s": "float64", "end_s": "float64", "chord": "string"}
    )


def segments(audio_or_path: Audio | str | os.PathLike[str]) -> pd.DataFrame:
    """The segments of a clip with their keys; none for silence and less than 12 s.

    Returns
    -------
    DataFrame
        ``start_s``, ``end_s``, ``label`` (segments that sound alike share a letter), ``musical_key``, ``key_margin``.
    """
    import pandas as pd

    from suno_lab.features.harmony import segment_keys
    from suno_lab.features.keys import key_name

    rows = [
        (span.start_s, span.end_s, span.label)
        + ((None, None) if span.key is None else (key_name(span.key.tonic, span.key.mode), span.key.margin))
        for span in segment_keys(audio_of(audio_or_path))
    ]
    dtypes = dict(zip(SEGMENT_COLUMNS, ("float64", "float64", "string", "string", "float64"), strict=True))
    return pd.DataFrame(rows, columns=list(SEGMENT_COLUMNS)).astype(dtypes)


def audio_of(audio_or_path: Audio | str | os.PathLike[str]) -> Audio:
    """The audio itself, or that of a file."""
    import_ahead()
    return audio_or_path if isinstance(audio_or_path, Audio) else Audio.load(audio_or_path)


def feature(name: str) -> Feature | None:
    """What the families say about a column; None for a column that is not theirs."""
    for module in registered().values():
        for item in module.FEATURES:
            if item.name == name:
                return item
    return None
