"""The service on this machine: the same protocol, answered with real music.

One function, :func:`~suno_lab.emulator.handling.handle`, from request to reply; two shells: in this process
(:meth:`Emulator.handle` behind :class:`~suno_lab.transport.InProcessTransport`) and over HTTP (:func:`serve`,
:func:`running`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from suno_lab.emulator.core import Emulator as Emulator
    from suno_lab.emulator.faults import FAULTS as FAULTS
    from suno_lab.emulator.plain import PlainSongs as PlainSongs
    from suno_lab.emulator.server import running as running
    from suno_lab.emulator.server import serve as serve
    from suno_lab.emulator.settings import EmulatorSettings as EmulatorSettings
    from suno_lab.emulator.songs import EngineSongs as EngineSongs
    from suno_lab.emulator.songs import SongMaker as SongMaker

_WHERE = {
    "FAULTS": "faults",
    "Emulator": "core",
    "EmulatorSettings": "settings",
    "EngineSongs": "songs",
    "PlainSongs": "plain",
    "SongMaker": "songs",
    "running": "server",
    "serve": "server",
}
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return __all__
