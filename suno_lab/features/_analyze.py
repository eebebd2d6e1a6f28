"""Many files, one table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.audio import Audio, file_sha256
from suno_lab.errors import AudioError
from suno_lab.features._extract import beats as beats_of
from suno_lab.features._extract import check_estimator, extract_family
from suno_lab.features._feature import Feature, Row
from suno_lab.features._registry import families as registered

if TYPE_CHECKING:
    import pandas as pd

Progress = bool | Callable[[int, int], None] | None
Cache = MutableMapping[tuple[str, ...], Row]

AUDIO_SUFFIXES = frozenset(
    (".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".mp4", ".aif", ".aiff", ".caf", ".webm", ".w64", ".au")
)

#: the first columns of a table, where they were asked for; the others follow family by family
FIRST_COLUMNS = (
    "tempo_bpm",
    "tempo_alternative_bpm",
    "tempo_confidence",
    "musical_key",
    "key_tonic",
    "key_mode",
    "key_confidence",
    "duration_s",
    "loudness_integrated_lufs",
)


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """What to measure of every file."""

    families: tuple[str, ...]
    estimator: str
    beats: bool
    cache: Cache | None


def column_features(families: Iterable[str] | str | None = None) -> tuple[Feature, ...]:
    """The features of these families (default: all) in the order of the columns of :func:`analyze`."""
    features = {item.name: item for module in registered(families).values() for item in module.FEATURES}
    first = [name for name in FIRST_COLUMNS if name in features]
    return tuple(features[name] for name in [*first, *(name for name in features if name not in first)])


def analyze(
    paths: Any,
    *,
    families: Iterable[str] | str | None = None,
    estimator: str = "suno_lab",
    jobs: int = 1,
    beats: bool = False,
    progress: Progress = None,
    cache: Cache | None = None,
) -> pd.DataFrame:
    """Measure files: one row a file, and a file that cannot be measured is a row that says why.

    Parameters
    ----------
    paths : path, iterable of paths, or DataFrame
        A file, a folder (its audio files and those of its folders, by name), a list of both, or a frame with a
        ``path`` column; its other columns are kept in front, its index is kept too.
    families, estimator
        As for :func:`extract`.
    jobs : int
        Files measured at the same time, in threads (decoding and Fourier transforms run side by side).
    beats : bool
        Add ``beats_s``, a list of beat times a row.
    progress : bool or callable, optional
        True shows a bar; a callable gets ``(done_n, total_n)``.
    cache : mutable mapping, optional
        Rows by ``(sha256, family, version, estimator)``; what is found there is not measured again.

    Returns
    -------
    DataFrame
        ``path``, the features, and ``error`` (NA where all went well). The same columns and dtypes for no files.
    """
    import pandas as pd

    modules = registered(families)
    check_estimator(estimator)
    plan = _Plan(families=tuple(modules), estimator=estimator, beats=beats, cache=cache)
    given = paths if isinstance(paths, pd.DataFrame) else pd.DataFrame({"path": pd.Series(_files(paths), dtype=object)})
    if "path" not in given:
        raise ValueError(f"the frame has no column 'path', only {', '.join(map(str, given.columns))}")
    wanted = [None if pd.isna(path) else str(path) for path in given["path"]]
    rows = list(_ticking(_measured(wanted, plan, jobs=jobs), len(wanted), progress))
    return _joined(given, _frame(rows, plan))


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _files(paths: Any) -> list[str]:
    given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    return [file for path in given for file in _files_of(Path(path))]


def _files_of(path: Path) -> list[str]:
    """A folder's audio files, by name; anything else is taken as a file."""
    if not path.is_dir():
        return [str(path)]
    return sorted(str(file) for file in path.rglob("*") if file.suffix.lower() in AUDIO_SUFFIXES and file.is_file())


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _measured(paths: Sequence[str | None], plan: _Plan, *, jobs: int) -> Iterator[dict[str, Any]]:
    if jobs <= 1 or len(paths) <= 1:
        yield from (_row(path, plan) for path in paths)
        return
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        yield from pool.map(lambda path: _row(path, plan), paths)


def _row(path: str | None, plan: _Plan) -> dict[str, Any]:
    """One file's values, or ``{"error": …}``."""
    if path is None:
        return {"error": "no file"}
    try:
        return _values(_Source(path), plan)
    except (AudioError, OSError) as error:
        return {"error": f"{type(error).__name__}: {error}"}


@dataclass(frozen=True)
class _Source:
    """A file, decoded and hashed when first needed."""

    path: str

    @cached_property
    def audio(self) -> Audio:
        return Audio.load(self.path)

    @cached_property
    def sha256(self) -> str:
        return file_sha256(self.path)


def _values(source: _Source, plan: _Plan) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, module in registered(plan.families).items():
        if plan.cache is None:
            row |= extract_family(module, source.audio, estimator=plan.estimator)
            continue
        key = (source.sha256, name, str(module.VERSION), plan.estimator)
        if key not in plan.cache:
            plan.cache[key] = extract_family(module, source.audio, estimator=plan.estimator)
        row |= plan.cache[key]
    if plan.beats:
        row["beats_s"] = beats_of(source.audio, estimator=plan.estimator).tolist()
    return row


def _ticking(rows: Iterator[dict[str, Any]], total_n: int, progress: Progress) -> Iterator[dict[str, Any]]:
    if progress is True:
        from tqdm.auto import tqdm

        yield from tqdm(rows, total=total_n, desc="measuring", unit="file")
        return
    for done_n, row in enumerate(rows, 1):
        yield row
        if callable(progress):
            progress(done_n, total_n)


# ── tables ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _frame(rows: Sequence[dict[str, Any]], plan: _Plan) -> pd.DataFrame:
    import pandas as pd

    dtypes = {item.name: item.dtype for item in column_features(plan.families)}
    dtypes |= {"beats_s": "object"} if plan.beats else {}
    dtypes["error"] = "string"
    return pd.DataFrame(
        {name: pd.Series([row.get(name) for row in rows], dtype=dtype) for name, dtype in dtypes.items()}
    )


def _joined(given: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    kept = given.drop(columns=[name for name in measured if name in given]).astype({"path": "string"})
    measured.index = kept.index
    return pd.concat([kept, measured], axis=1)
