"""Widgets and reports of a session: explicit calls, imported when they are made."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.session.clip import Clip

if TYPE_CHECKING:
    from suno_lab.exports import SessionView
    from suno_lab.session.task import Task


class Showing:
    """What a session puts on the screen."""

    if TYPE_CHECKING:

        def __getitem__(self, some_id: str) -> Clip | Task: ...

        def view(self) -> SessionView: ...

    def composer(self, **options: Any) -> Any:
        """A form that asks for songs."""
        return _widgets().composer(self, **options)

    def player(self, clip: Clip | str, **options: Any) -> Any:
        """A player with waveform and running words."""
        chosen = clip if isinstance(clip, Clip) else self[clip]
        return _widgets().player(chosen, **options)

    def matrix(self, **options: Any) -> Any:
        """Prompts against models, to listen across."""
        return _widgets().matrix(self, **options)

    def browse(self, **options: Any) -> Any:
        """A table of clips to sort, filter and hear."""
        return _widgets().browse(self, **options)

    def annotate(self, clip: Clip | str, **options: Any) -> Any:
        """Mark and label parts of a clip."""
        chosen = clip if isinstance(clip, Clip) else self[clip]
        return _widgets().annotate(self, chosen, **options)

    def listening_test(self, **options: Any) -> Any:
        """A blind comparison; the votes are kept in :attr:`ratings`."""
        return _widgets().listening_test(self, **options)

    def report(self, path: str | Path) -> Path:
        """One page of HTML about this session, complete in itself."""
        from suno_lab.exports.report import write_beside

        return write_beside(self.view(), path)


def _widgets() -> Any:
    return import_module("suno_lab.widgets")
