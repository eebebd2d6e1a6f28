"""Many files, one table."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.audio import file_sha256
from suno_lab.features._ahead import TABLES, import_ahead
from suno_lab.features._cache import Cache, opened
from suno_lab.features._extract import check_estimator
from suno_lab.features._feature import Row
from suno_lab.features._measuring import Measured, Source, Work, measure
from suno_lab.features._registry import families as registered

if TYPE_CHECKING:
    import pandas as pd

Progress = bool | Callable[[int, int], None] | None

BEATS = "rhythm.beats"  #: the name by which beat times are kept
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
    cache: Cache | str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Measure files: one row a file, and a file that cannot be measured is a row that says why.

    Parameters
    ----------
    paths : path, Clip, Source, iterable of those, or DataFrame
        A file, a folder (its audio files and those of its folders, by name), a clip of a session (with its words, its
        vocals and the length the service says), a :class:`Source`, a list of such, or a frame with a ``path`` column,
        as ``session.df``; its other columns are kept in front, its index is kept too. Paths of a session's frames are
        relative to its folder, which the frame knows; a column ``service_duration_s`` is what the service says.
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
    cache : path or mutable mapping, optional
        A file (SQLite, made where it is missing) or mapping of rows by ``(sha256, family, version, estimator)``,
        followed by the part's two ends where there is one; what is found there is not measured again, and other
        versions stay beside it. Nothing is kept without it.

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
    asked = tuple(registered(families))
    _check(estimator, excerpt, beats=beats, long=long)
    import_ahead(TABLES)
    sources = _sources(paths)
    work = Work(source=Source(path=""), families=_versions(asked), estimator=estimator, beats=beats, excerpt=excerpt)
    with opened(cache) as kept:
        files = [_file(source, work, kept) for source in sources]
        rows = list(_ticking(_rows(files, way(jobs, dask), kept), len(files), progress))

    from suno_lab.features import _table  # pandas, imported while the first file was decoded

    given = paths if _is_frame(paths) else _table.of_paths(source.path for source in sources if source is not None)
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
def sources_of(things: Any) -> list[Source]:
    """The files behind whatever :func:`analyze` takes, without the rows of a frame that have none."""
    return [source for source in _sources(things) if source is not None]


def _sources(things: Any) -> Sequence[Source | None]:
    """One for each file, or for each row of a frame; None where there is no path."""
    if _is_frame(things):
        return _sources_of_rows(things)
    single = isinstance(things, (str, os.PathLike, Source)) or hasattr(things, "source")
    return [source for thing in ([things] if single else things) for source in _sources_of(thing)]


def _is_frame(things: Any) -> bool:
    """Whether it is a DataFrame; who has one has imported pandas."""
    return isinstance(things, getattr(sys.modules.get("pandas"), "DataFrame", ()))


def _sources_of(thing: Any) -> list[Source]:
    """A source, what a clip says of itself, or the files of a path."""
    thing = getattr(thing, "source", thing)
    return [thing] if isinstance(thing, Source) else [Source(path=file) for file in _files_of(Path(thing))]


def _sources_of_rows(given: pd.DataFrame) -> list[Source | None]:
    import pandas as pd

    if "path" not in given:
        raise ValueError(f"the frame has no column 'path', only {', '.join(map(str, given.columns))}")
    folder = Path(given.attrs.get("folder", ""))
    said = given["service_duration_s"] if "service_duration_s" in given else [None] * len(given)
    return [
        None if pd.isna(path) else Source(path=str(folder / str(path)), service_duration_s=_number(said_s))
        for path, said_s in zip(given["path"], said, strict=True)
    ]


def _number(value: Any) -> float | None:
    import pandas as pd

    return None if pd.isna(value) else float(value)


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


def _file(source: Source | None, work: Work, cache: Cache | None) -> _File:
    if source is None:
        return _File(error="no file")
    work = replace(work, source=source)
    if cache is None:
        return _File(work=work)
    try:
        sha256 = file_sha256(source.path)
    except OSError as error:
        return _File(error=f"{type(error).__name__}: {error}")
    wanted = work.families | ({BEATS: registered(["rhythm"])["rhythm"].VERSION} if work.beats else {})
    known = {name: cache[key] for name in wanted if (key := _key(sha256, name, work)) in cache}
    left = {name: version for name, version in work.families.items() if name not in known}
    beats = work.beats and BEATS not in known
    return _File(known=known, sha256=sha256, work=replace(work, families=left, beats=beats) if left or beats else None)


def _key(sha256: str, family: str, work: Work) -> tuple[str, ...]:
    """By what a family's values are kept; whatever else was known of the file is part of it."""
    version = registered(["rhythm" if family == BEATS else family])["rhythm" if family == BEATS else family].VERSION
    said = [f"{work.source.service_duration_s} s"] if work.source.service_duration_s is not None else []
    known = [repr((work.source.words, work.source.vocals))] if work.source.words or work.source.vocals else []
    return (sha256, family, str(version), work.estimator, *map(str, work.excerpt or ()), *said, *known)


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
Way = Callable[[Sequence[Work]], Iterator[Measured]]


def way(jobs: int, dask: Any) -> Way:
    """Where to measure: here, in processes, or on a cluster."""
    if dask is not None:
        from suno_lab.features._cluster import measured_on_cluster

        return lambda works: measured_on_cluster(
            [replace(work, source=replace(work.source, path=os.path.abspath(work.source.path))) for work in works],
            dask,
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
            times = {} if answer.beats_s is None else {BEATS: {"beats_s": answer.beats_s}}
            measured: dict[str, Any] = answer.rows | times
            cache.update({_key(file.sha256, name, file.work): row for name, row in measured.items()})
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
