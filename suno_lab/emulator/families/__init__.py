"""The families of tasks, one a file.

Every module of this folder that has ``FAMILIES`` or ``IMMEDIATE`` adds to the emulator; operations of the service
that no module answers are refused as switched off.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from suno_lab.emulator.call import Family, Immediate

__all__ = ["families", "immediate"]


@cache
def families() -> Mapping[str, Family]:
    """Every family by name."""
    rows: list[Family] = [row for module in _modules() for row in getattr(module, "FAMILIES", ())]
    return {row.name: row for row in rows}


@cache
def immediate() -> Mapping[str, Immediate]:
    """Every call that answers at once, by operation."""
    rows: list[Immediate] = [row for module in _modules() for row in getattr(module, "IMMEDIATE", ())]
    return {row.operation: row for row in rows}


def _modules() -> list[object]:
    return [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
