"""Many files, one table."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.audio import file_sha256
from suno_lab.features._extract import check_estimator
from suno_lab.features._feature import Row
from suno_lab.features._measuring import Measured, Work, measure
from suno_lab.features._registry import families as registered

if TYPE_CHECKING:
    import pandas as pd

Progress = bool | Callable[[int, int], None] | None
Cache = MutableMapping[tuple[str, ...], Row]

AUDIO_SUFFIXES = frozenset(
    (".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac", ".mp4", ".aif", ".aiff", ".caf", ".webm", ".w64", ".au")
)


def analyze(
    paths: Any,
    *,
    families: Iterable[str] | str | None = None,
    estimator: str = "suno_lab",
    excerpt: tuple[float, float] | None = None,
    long: bool = False,
    beats: bool = False,
    jobs: int = 1,
    dask: Any = None,
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
    excerpt : (start_s, end_s), optional
        Measure this part of every file; ``start_s`` and ``end_s`` then stand beside ``path``, so that rows of parts and
        of whole files can be put in one table. Beats count from the start of the part.
    long : bool
        One row a file and feature: ``path``, ``feature``, ``value`` (a number; 0 or 1 for a flag) or ``text`` (a name),
        ``low`` and ``high`` (where there is an interval), ``unit``, ``family``, ``version``, ``estimator``, ``method``,
        ``scale``, ``direction``, ``error``.
    beats : bool
        Add ``beats_s``, a list of beat times a row.
    jobs : int
        Processes to measure in; each takes about a second to start. A process that dies (a decoder that crashes, a
        system short of memory) is one row with an error.
    dask : str or distributed.Client, optional
        A Dask scheduler's address, or a client: measure there instead (extra ``dask``). Its workers need the files at
        the same paths and the same version of this package.
    progress : bool or callable, optional
        True shows a bar; a callable gets ``(done_n, total_n)``.
    cache : mutable mapping, optional
        Rows by ``(sha256, family, version, estimator)``, followed by the part's two ends where there is one; what is
        found there is not measured again.

    Returns
    -------
    DataFrame
        ``path``, the features, and ``error`` (NA where all went well). The same columns and dtypes for no files.

    Raises
    ------
    ValueError
        For an unknown family or estimator, a part that ends before it begins, or beats in the long form.
    InvalidRequest
        For ``dask`` without its extra.
    """
    import pandas as pd

    from suno_lab.features import _table

    asked = tuple(registered(families))
    _check(estimator, excerpt, beats=beats, long=long)
    given = paths if isinstance(paths, pd.DataFrame) else pd.DataFrame({"path": pd.Series(_files(paths), dtype=object)})
    if "path" not in given:
        raise ValueError(f"the frame has no column 'path', only {', '.join(map(str, given.columns))}")
    work = Work(path="", families=_versions(asked), estimator=estimator, beats=beats, excerpt=excerpt)
    files = [_file(None if pd.isna(path) else str(path), work, cache) for path in given["path"]]
    rows = list(_ticking(_rows(files, _way(jobs, dask), cache), len(files), progress))
    table = _table.joined(given, _table.wide(rows, families=asked, beats=beats, excerpt=excerpt))
    return _table.long(table, families=asked, estimator=estimator) if long else table


def _check(estimator: str, excerpt: tuple[float, float] | None, *, beats: bool, long: bool) -> None:
    check_estimator(estimator)
    if excerpt is not None and not 0 <= excerpt[0] < excerpt[1]:
        raise ValueError(
            f"an excerpt from {excerpt[0]} s to {excerpt[1]} s: expected a start of 0 or later, and a later end"
        )
    if beats and long:
        raise ValueError("beats have no place in the long form: ask for one of the two")


def _versions(families: Iterable[str]) -> dict[str, int]:
    return {name: module.VERSION for name, module in registered(families).items()}


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _files(paths: Any) -> list[str]:
    given = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    return [file for path in given for file in _files_of(Path(path))]


def _files_of(path: Path) -> list[str]:
    """A folder's audio files, by name; anything else is taken as a file."""
    if not path.is_dir():
        return [str(path)]
    return sorted(str(file) for file in path.rglob("*") if file.suffix.lower() in AUDIO_SUFFIXES and file.is_file())


@dataclass(frozen=True, kw_only=True)
class _File:
    """A file's row as far as it is known before measuring, and what is left to measure (None: nothing)."""

    known: dict[str, Row] = field(default_factory=dict)
    error: str | None = None
    work: Work | None = None
    sha256: str = ""


def _file(path: str | None, work: Work, cache: Cache | None) -> _File:
    if path is None:
        return _File(error="no file")
    work = replace(work, path=path)
    if cache is None:
        return _File(work=work)
    try:
        sha256 = file_sha256(path)
    except OSError as error:
        return _File(error=f"{type(error).__name__}: {error}")
    known = {name: cache[key] for name in work.families if (key := _key(sha256, name, work)) in cache}
    left = {name: version for name, version in work.families.items() if name not in known}
    return _File(known=known, sha256=sha256, work=replace(work, families=left) if left or work.beats else None)


def _key(sha256: str, family: str, work: Work) -> tuple[str, ...]:
    return (sha256, family, str(work.families[family]), work.estimator, *map(str, work.excerpt or ()))


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
Way = Callable[[Sequence[Work]], Iterator[Measured]]


def _way(jobs: int, dask: Any) -> Way:
    """Where to measure: here, in processes, or on a cluster."""
    if dask is not None:
        from suno_lab.features._cluster import measured_on_cluster

        return lambda works: measured_on_cluster(
            [replace(work, path=os.path.abspath(work.path)) for work in works], dask
        )
    if jobs > 1:
        from suno_lab.features._processes import measured_by_processes

        return partial(measured_by_processes, jobs=jobs)
    return partial(map, measure)


def _rows(files: Sequence[_File], way: Way, cache: Cache | None) -> Iterator[dict[str, Any]]:
    """One file's values after the other, or ``{"error": …}``."""
    works = [file.work for file in files if file.work is not None]
    answers = iter(way(works)) if works else iter(())
    for file in files:
        if file.error is not None:
            yield {"error": file.error}
            continue
        answer = next(answers) if file.work else Measured()
        if answer.error is None and file.work and cache is not None:
            cache.update({_key(file.sha256, name, file.work): row for name, row in answer.rows.items()})
        yield _row(file, answer)


def _row(file: _File, answer: Measured) -> dict[str, Any]:
    if answer.error is not None:
        return {"error": answer.error}
    values = {name: value for row in (file.known | answer.rows).values() for name, value in row.items()}
    return values if answer.beats_s is None else values | {"beats_s": answer.beats_s}


def _ticking(rows: Iterator[dict[str, Any]], total_n: int, progress: Progress) -> Iterator[dict[str, Any]]:
    if progress is True:
        from tqdm.auto import tqdm

        yield from tqdm(rows, total=total_n, desc="measuring", unit="file")
        return
    for done_n, row in enumerate(rows, 1):
        yield row
        if callable(progress):
            progress(done_n, total_n)
