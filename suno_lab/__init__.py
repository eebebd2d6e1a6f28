"""A research bench for generative song models, inside Jupyter: ask, keep, measure, compare, export.

>>> from suno_lab import SunoSession                       # doctest: +SKIP
>>> session = SunoSession("studies/first")                 # doctest: +SKIP
>>> task = session.generate("calm relaxing piano", instrumental=True)   # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from suno_lab.api.song_models import models_table as models_table
    from suno_lab.client.nested import allow_nested_loops as allow_nested_loops
    from suno_lab.errors import SunoLabError as SunoLabError
    from suno_lab.features import analyze as analyze
    from suno_lab.session import Clip as Clip
    from suno_lab.session import Job as Job
    from suno_lab.session import SunoSession as SunoSession
    from suno_lab.session import Task as Task
    from suno_lab.settings import Secret as Secret
    from suno_lab.studies import compare as compare

#: where each public name lives; nothing is imported before it is used
_WHERE = {
    "Clip": "suno_lab.session",
    "EmulatorSettings": "suno_lab.emulator",
    "Job": "suno_lab.session",
    "Secret": "suno_lab.settings",
    "SunoLabError": "suno_lab.errors",
    "SunoSession": "suno_lab.session",
    "Task": "suno_lab.session",
    "allow_nested_loops": "suno_lab.client.nested",
    "analyze": "suno_lab.features",
    "compare": "suno_lab.studies",
    "models_table": "suno_lab.api.song_models",
}
_MODULES = ("api", "errors", "features", "plots", "studies", "widgets")
__all__ = [*sorted(_WHERE), "__version__", "load_ipython_extension"]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    if name in _MODULES:
        return import_module(f"suno_lab.{name}")
    raise AttributeError(f"module 'suno_lab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES})


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext suno_lab``: the magics ``%suno`` and ``%%suno``."""
    import_module("suno_lab.magics").load_ipython_extension(shell)
