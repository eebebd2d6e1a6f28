"""How results leave: one format a file, the folder is the registry.

A format module has ``SUMMARY`` (one sentence) and ``write(view, folder) -> list[Path]``; its name is the module's.
:func:`export` writes the chosen formats into a fresh folder, adds checksums over all of them, and only then puts the
folder in place, so that a half-written data set never stands under the final name.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from suno_lab.errors import InvalidRequest, StoreError, StudyError
from suno_lab.exports._checksums import SUMS_NAME, verify, write_sums
from suno_lab.exports._view import SessionView

__all__ = ["SessionView", "export", "formats", "verify"]


@cache
def formats() -> Mapping[str, ModuleType]:
    """The formats by name."""
    names = sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))
    return {name: import_module(f"{__name__}.{name}") for name in names}


def export(
    view: SessionView,
    path: str | Path,
    *,
    only: Iterable[str] | None = None,
    by: str | None = None,
    progress: Callable[[str], None] = lambda name: None,
) -> Path:
    """Write a data set.

    Parameters
    ----------
    view : SessionView
        What to write.
    path : path-like
        The data set's folder. An earlier data set there is replaced; any other folder with something in it is refused.
    only : iterable of str, optional
        Names of formats; all by default.
    by : str, optional
        ``"service"`` allows a data set that mixes services; its tables have the column ``service``.
    progress : callable, optional
        Called with the name of each format before it is written.

    Returns
    -------
    pathlib.Path
        The folder, with ``SHA256SUMS`` over every file in it.

    Raises
    ------
    StudyError
        Clips of several services, and ``by="service"`` not given.
    StoreError
        The folder holds something that is no data set of ours.
    """
    folder = Path(path).expanduser().resolve()
    chosen = _chosen(only)
    _refuse_mixture(view, by)
    _refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
    try:
        for name in chosen:
            progress(name)
            formats()[name].write(view, partial)
        write_sums(partial)
        _put_in_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _chosen(only: Iterable[str] | None) -> list[str]:
    known = list(formats())
    wanted = known if only is None else list(only)
    for name in wanted:
        if name not in known:
            message = f"unknown export format {name!r}, expected some of {', '.join(known)}"
            raise InvalidRequest(message, field="only", given=name)
    return wanted


def _refuse_mixture(view: SessionView, by: str | None) -> None:
    services = sorted(view.clips["service"].dropna().unique())
    if len(services) > 1 and by != "service":
        raise StudyError(
            f"these clips come from several services ({', '.join(map(str, services))}): one data set of a mixture "
            'would mislead its readers. Export with by="service" if it is meant'
        )


def _refuse_foreign(folder: Path) -> None:
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not (folder / SUMS_NAME).is_file()):
        raise StoreError(
            f"{folder} exists and is no data set written here (no {SUMS_NAME} in it): nothing was written. "
            "Name a new folder, or empty this one"
        )


def _put_in_place(partial: Path, folder: Path) -> None:
    partial.chmod(0o755)  # a data set is for others to read
    if not folder.exists():
        partial.rename(folder)
        return
    old = partial.with_suffix(".old")
    folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old)
