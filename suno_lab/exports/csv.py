"""CSV for spreadsheets and for audio-folder loaders (``metadata.csv``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from suno_lab.exports._view import SessionView, dataset_clips

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = "metadata.csv (one row a clip) and words.csv, safe to open in a spreadsheet"

#: characters that make a spreadsheet run a cell (OWASP ASVS 1.2.10)
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\0")


def _texts(frame: pd.DataFrame) -> list[str]:
    """The columns that hold text."""
    return [str(name) for name, dtype in frame.dtypes.items() if dtype == "string" or dtype == object]  # noqa: E721


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy in which no text cell can start a formula: such cells get a leading ``'``."""

    def guard(value: object) -> object:
        return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value

    return frame.assign(**{name: frame[name].map(guard) for name in _texts(frame)})


def unguarded(frame: pd.DataFrame) -> pd.DataFrame:
    """The inverse of :func:`guarded` for a frame read back from CSV."""

    def bare(value: object) -> object:
        return value[1:] if isinstance(value, str) and value[:1] == "'" and value[1:2] in FORMULA_SIGNS else value

    return frame.assign(**{name: frame[name].map(bare) for name in _texts(frame)})


def write(view: SessionView, folder: Path) -> list[Path]:
    """Write ``metadata.csv`` and ``words.csv`` (UTF-8, times in ISO 8601 UTC, an empty cell is a missing value)."""
    targets = [folder / "metadata.csv"]
    guarded(dataset_clips(view)).to_csv(targets[0], index=False)
    words = view.frames.get("words")
    if words is not None:
        targets.append(folder / "words.csv")
        guarded(words.reset_index()).drop(columns="index", errors="ignore").to_csv(targets[1], index=False)
    return targets
