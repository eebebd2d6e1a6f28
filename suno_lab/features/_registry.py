"""Which families there are: the files of this folder."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from types import ModuleType

import suno_lab.features as package

#: the columns of a row begin with these families; others follow by name
ORDER = ("rhythm", "tonality", "file", "level", "loudness", "meter", "harmony")


@cache
def _modules() -> dict[str, ModuleType]:
    names = {info.name for info in pkgutil.iter_modules(package.__path__) if not info.name.startswith("_")}
    found = {name: import_module(f"{package.__name__}.{name}") for name in names}
    found = {name: module for name, module in found.items() if hasattr(module, "extract")}
    return {name: found[name] for name in sorted(found, key=_place)}


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def families(names: Iterable[str] | str | None = None) -> dict[str, ModuleType]:
    """The families of measures by name, in the order of their columns; all of them, or only ``names``.

    Raises
    ------
    ValueError
        For a name that is no family.
    """
    found = _modules()
    if names is None:
        return dict(found)
    wanted = {names} if isinstance(names, str) else set(names)
    if unknown := sorted(wanted - set(found)):
        raise ValueError(f"unknown family {', '.join(unknown)}, expected some of {', '.join(found)}")
    return {name: module for name, module in found.items() if name in wanted}
