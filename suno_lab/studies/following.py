"""Does a clip follow the request? Shares with intervals over prompts, and what the detector's errors hide."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from suno_lab.errors import StudyError
from suno_lab.studies.paired import half_width

TEMPO_TOLERANCE = 0.04  #: as MIREX judges tempo
DURATION_TOLERANCE_S = 5.0

COLUMNS = {
    "aspect": "string",
    "by": "string",
    "followed": "float64",
    "low": "float64",
    "high": "float64",
    "corrected": "float64",
    "corrected_low": "float64",
    "corrected_high": "float64",
    "prompts_n": "Int64",
    "clips_n": "Int64",
    "missing_n": "Int64",
}


@dataclass(frozen=True, kw_only=True)
class Detector:
    """How often a detector says "followed": of clips that did (``sensitivity``), and of those that did not."""

    sensitivity: float
    false_alarm: float = 0.0


def tempo_followed(requested: float, measured: float) -> bool:
    """Within 4 %, half and double time forgiven: which of them a listener taps is a matter of taste."""
    return any(abs(measured / (requested * octave) - 1) <= TEMPO_TOLERANCE for octave in (0.5, 1.0, 2.0))


def key_followed(requested: str, measured: str) -> bool:
    """The same tonic and mode, whatever the spelling."""
    return _plain_key(requested) == _plain_key(measured)


def duration_followed(requested: float, measured: float) -> bool:
    """Within five seconds."""
    return abs(measured - requested) <= DURATION_TOLERANCE_S


#: aspect: column asked, column measured, judgement
ASPECTS: dict[str, tuple[str, str, Callable[[Any, Any], bool]]] = {
    "tempo": ("requested_tempo_bpm", "tempo_bpm", tempo_followed),
    "key": ("requested_key", "musical_key", key_followed),
    "duration": ("requested_duration_s", "duration_s", duration_followed),
}


def adherence(
    df: pd.DataFrame,
    *,
    by: str = "model",
    pair: str = "prompt_id",
    detectors: dict[str, Detector] | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Share of clips that follow the request, an aspect and condition a row.

    Clips are averaged within their prompt; the interval is Student's over prompts. Where the detector's own error is
    known, ``corrected`` is the share that explains what it saw (Rogan & Gladen, "Estimating prevalence from the
    results of a screening test", 1978), within 0 and 1.

    Parameters
    ----------
    df : DataFrame
        One row a clip, with the columns of an aspect: ``requested_tempo_bpm`` and ``tempo_bpm``, ``requested_key`` and
        ``musical_key``, ``requested_duration_s`` and ``duration_s``. Clips that were asked for nothing do not count.
    by, pair : str
        As for :func:`compare`.
    detectors : dict of str to Detector, optional
        By aspect, for instance from ``suno-lab calibrate``.
    confidence : float
        Coverage of the intervals.

    Raises
    ------
    StudyError
        When ``by`` or ``pair`` is missing, services are mixed, or a detector cannot tell the cases apart.
    """
    column = "model_requested" if by == "model" and "model" not in df else by
    if missing := [name for name in (column, pair) if name not in df]:
        raise StudyError(f"the frame has no column {missing[0]!r}")
    if by != "service" and "service" in df and df["service"].nunique() > 1:
        raise StudyError('clips of several services are not one sample: choose one, or by="service"')
    rows = []
    for aspect, (asked, measured, follows) in ASPECTS.items():
        if asked not in df or measured not in df:
            continue
        clips = df[df[asked].notna()]
        for name, mine in clips.groupby(column, sort=True):
            judged = _judged(mine, asked, measured, follows)
            row = {"aspect": aspect, "by": str(name), "missing_n": len(mine) - len(judged)}
            rows.append(row | _share(judged, mine.loc[judged.index, pair], (detectors or {}).get(aspect), confidence))
    return pd.DataFrame(
        {name: pd.Series([row.get(name) for row in rows], dtype=kind) for name, kind in COLUMNS.items()}
    )


def _judged(clips: pd.DataFrame, asked: str, measured: str, follows: Callable[[Any, Any], bool]) -> pd.Series:
    found = clips[clips[measured].notna()]
    verdicts = [float(follows(a, b)) for a, b in zip(found[asked], found[measured], strict=True)]
    return pd.Series(verdicts, index=found.index, dtype="float64")


def _share(followed: pd.Series, prompts: pd.Series, detector: Detector | None, confidence: float) -> dict[str, float]:
    means = followed.groupby(prompts).mean().to_numpy(dtype=float)
    share = float(means.mean()) if len(means) else math.nan
    half = half_width(means, confidence=confidence)
    seen = {"followed": share, "low": max(share - half, 0.0), "high": min(share + half, 1.0)}
    if math.isnan(half):
        seen |= {"low": math.nan, "high": math.nan}
    if detector is not None:
        names = {"followed": "corrected", "low": "corrected_low", "high": "corrected_high"}
        seen |= {names[name]: corrected_share(value, detector) for name, value in list(seen.items())}
    return seen | {"prompts_n": len(means), "clips_n": len(followed)}


def corrected_share(seen: float, detector: Detector) -> float:
    """The true share behind one that a detector saw, within 0 and 1.

    Raises
    ------
    StudyError
        When the detector says "followed" no more often where it is true.
    """
    power = detector.sensitivity - detector.false_alarm
    if power <= 0:
        raise StudyError("a detector that says “followed” as often without reason corrects nothing")
    return float(np.clip((seen - detector.false_alarm) / power, 0, 1))


_FLATS = {"db": "c#", "d#": "eb", "gb": "f#", "g#": "ab", "a#": "bb", "cb": "b", "fb": "e", "e#": "f", "b#": "c"}


def _plain_key(name: object) -> tuple[str, str]:
    tonic, _, mode = str(name).strip().lower().replace("♭", "b").replace("♯", "#").partition(" ")
    return _FLATS.get(tonic, tonic), {"maj": "major", "min": "minor"}.get(mode.strip(), mode.strip())
