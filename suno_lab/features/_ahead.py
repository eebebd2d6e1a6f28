"""Imports done while the first file is decoded."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from threading import Thread

MEASURING = ("scipy.fft", "scipy.ndimage", "scipy.sparse", "soxr")
TABLES = (*MEASURING, "pandas")


@cache
def import_ahead(modules: tuple[str, ...] = MEASURING) -> None:
    """Begin to import, in a thread, what will be asked for.

    A decoder works outside Python, so that on two cores the first answer of a process comes the sooner. Whoever needs
    one of the modules meanwhile waits for it as for any import.
    """
    Thread(target=lambda: [import_module(name) for name in modules], name="suno_lab imports").start()
