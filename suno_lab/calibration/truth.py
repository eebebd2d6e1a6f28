"""Truth tables: what is known about audio that others made or labelled.

``truth.csv`` in a folder has one row a file: ``path`` (relative to the folder), ``tempo`` (quarter-note bpm), ``tonic``
(pitch class 0–11, −1 unknown), ``mode`` (``major``, ``minor`` or empty), ``dur`` (s), ``off`` (time of the first beat,
s). Where ``off`` and ``dur`` stand there, the beats are taken to be even from the first one on. ``genre`` is used for
breakdowns.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from suno_lab.calibration.scores import TONICS
from suno_lab.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd

TRUTH_NAME = "truth.csv"


def read_truth(folder: str | Path) -> pd.DataFrame:
    """Read a folder's truth table.

    Returns
    -------
    pandas.DataFrame
        Columns ``path`` (absolute), ``reference_tempo_bpm``, ``reference_key`` (``"Eb minor"`` or NA),
        ``reference_duration_s``, ``first_beat_s``, ``genre`` (NA where absent).

    Raises
    ------
    StudyError
        No table, a column missing, or a file that is not there.
    """
    import pandas as pd

    root = Path(folder)
    table = root / TRUTH_NAME
    if not table.is_file():
        raise StudyError(f"{root} has no {TRUTH_NAME}: columns path, tempo, tonic, mode, dur, off are needed")
    raw = pd.read_csv(table, dtype={"path": "string", "mode": "string"})
    absent = [name for name in ("path", "tempo", "tonic", "mode") if name not in raw]
    if absent:
        raise StudyError(f"{table} lacks the columns {', '.join(absent)}; it has {', '.join(map(str, raw.columns))}")
    missing = [name for name in raw["path"] if not (root / name).is_file()]
    if missing:
        raise StudyError(f"{table} names {len(missing)} files that are not there, first {missing[0]!r}")
    keys = [_key(tonic, mode) for tonic, mode in zip(raw["tonic"], raw["mode"], strict=True)]
    return pd.DataFrame(
        {
            "path": pd.array([str((root / name).resolve()) for name in raw["path"]], dtype="string"),
            "reference_tempo_bpm": raw["tempo"].astype("float64"),
            "reference_key": pd.array(keys, dtype="string"),
            "reference_duration_s": _floats(raw, "dur"),
            "first_beat_s": _floats(raw, "off"),
            "genre": raw["genre"].astype("string") if "genre" in raw else pd.array([None] * len(raw), dtype="string"),
        }
    )


def _floats(raw: pd.DataFrame, name: str) -> pd.Series:
    import pandas as pd

    return raw[name].astype("float64") if name in raw else pd.Series(float("nan"), index=raw.index, dtype="float64")


def _key(tonic: object, mode: object) -> str | None:
    if not isinstance(mode, str) or mode not in ("major", "minor") or not isinstance(tonic, int | float):
        return None
    return f"{TONICS[int(tonic)]} {mode}" if 0 <= tonic <= 11 else None
