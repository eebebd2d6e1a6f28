"""Timed lyrics in other formats, both ways. The folder is the registry: one format a file.

A format module says ``SUFFIX``, ``KEEPS`` (``"words"`` or ``"lines"``: the finest times it can hold),
``write(words) -> str`` and ``read(text) -> tuple of SungWord``.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from types import ModuleType

from suno_lab.lyrics.timed import SungWord

__all__ = ["formats", "read", "write"]


@cache
def formats() -> dict[str, ModuleType]:
    """The format modules by name."""
    modules = {info.name: import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)}
    return {name: module for name, module in sorted(modules.items()) if hasattr(module, "SUFFIX")}


def write(words: Sequence[SungWord], format: str) -> str:
    """Timed words as text in a format.

    Raises
    ------
    ValueError
        For a format that does not exist.
    """
    return _module(format).write(words)


def read(text: str, format: str) -> tuple[SungWord, ...]:
    """Timed words from text in a format; what keeps lines only gives one "word" a line.

    Raises
    ------
    ValueError
        For a format that does not exist, or text that is not in it.
    """
    return _module(format).read(text.removeprefix("\ufeff").replace("\r\n", "\n"))


def _module(format: str) -> ModuleType:
    if format not in formats():
        raise ValueError(f"unknown lyrics format {format!r}, expected one of {', '.join(formats())}")
    return formats()[format]
