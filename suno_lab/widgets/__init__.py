"""Widgets for notebooks: things to hear, compare, ask and judge with.

Each is made by one function, which gets the session (or clip) as an argument. Importing this package is cheap: a
widget's module, and with it the widget machinery, is imported when its function is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from suno_lab.widgets.annotation import Annotation, annotate, annotated_labels, annotation_agreement
    from suno_lab.widgets.browsing import Browser, browse
    from suno_lab.widgets.comparing import Matrix, matrix
    from suno_lab.widgets.composing import Composer, composer
    from suno_lab.widgets.listening import (
        ListeningTest,
        import_votes,
        listeners,
        listening_files,
        listening_test,
        listening_votes,
    )
    from suno_lab.widgets.playing import Player, player

_HOMES = {
    "Annotation": "annotation",
    "Browser": "browsing",
    "Composer": "composing",
    "ListeningTest": "listening",
    "Matrix": "comparing",
    "Player": "playing",
    "annotate": "annotation",
    "annotated_labels": "annotation",
    "annotation_agreement": "annotation",
    "browse": "browsing",
    "composer": "composing",
    "import_votes": "listening",
    "listeners": "listening",
    "listening_files": "listening",
    "listening_test": "listening",
    "listening_votes": "listening",
    "matrix": "comparing",
    "player": "playing",
}

__all__ = [
    "Annotation",
    "Browser",
    "Composer",
    "ListeningTest",
    "Matrix",
    "Player",
    "annotate",
    "annotated_labels",
    "annotation_agreement",
    "browse",
    "composer",
    "import_votes",
    "listeners",
    "listening_files",
    "listening_test",
    "listening_votes",
    "matrix",
    "player",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
