"""``asyncio.run`` inside a notebook cell, for a user's own coroutines. The package itself never needs it."""

from __future__ import annotations

import asyncio
import sys
import warnings
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

#: the first release of nest-asyncio2 that does not lose queued cells on ipykernel 7
SAFE_NEST2 = (1, 7, 3)


class NestedLoopsWarning(UserWarning):
    """Nested loops were not allowed, and why."""


def allow_nested_loops(*, force: bool = False) -> bool:
    """Allow ``asyncio.run(…)`` and ``run_until_complete(…)`` in a notebook whose loop is running already.

    Prefers ``nest-asyncio2``. ``nest-asyncio`` 1.6.0 together with ipykernel 7 silently drops every queued cell of a
    "Run All", so that pair is refused with a warning. ``session.generate(…)`` and its kin work without any of this.

    Parameters
    ----------
    force : bool
        Apply ``nest-asyncio`` even where it is known to lose cells.

    Returns
    -------
    bool
        Whether nested loops are allowed now.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return False  # no loop is running: asyncio.run works as it is
    if not isinstance(loop, asyncio.BaseEventLoop):
        _warn(f"a loop of type {type(loop).__module__}.{type(loop).__name__} cannot be nested")
        return False
    patch = _patch(force=force)
    if patch is None:
        return False
    patch.apply(loop)
    return True


def _patch(*, force: bool) -> ModuleType | None:
    if _version("nest-asyncio2") >= SAFE_NEST2:
        return import_module("nest_asyncio2")
    if not _version("nest-asyncio"):
        _warn("no package for nested loops is installed: pip install 'suno-lab[nested]'")
        return None
    if _version("ipykernel") >= (7,) and "ipykernel" in sys.modules and not force:
        _warn(
            "nest-asyncio with ipykernel 7 silently drops every queued cell of 'Run All'; nothing was changed. "
            "Install nest-asyncio2 (1.7.3 or newer), or use await, or session.generate, which needs none of this"
        )
        return None
    return import_module("nest_asyncio")


def _version(package: str) -> tuple[int, ...]:
    try:
        text = version(package)
    except PackageNotFoundError:
        return ()
    return tuple(int(part) for part in text.split(".")[:3] if part.isdigit())


def _warn(message: str) -> None:
    warnings.warn(NestedLoopsWarning(message), stacklevel=4)
