"""Lines of plain text that a screen reader announces when they change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import traitlets as t

from suno_lab.widgets.base import StrictWidget, script, style

Tone = Literal["plain", "soft", "warn", "bad", "title", "mark"]


class Notes(StrictWidget):
    """Shows ``lines``; text stays text, whatever stands in it."""

    _esm = script("common", "notes", render="renderNotes")
    _css = style("notes")

    lines = t.List(t.Dict()).tag(sync=True)

    def say(self, *lines: str | tuple[str, Tone]) -> None:
        """Show these lines instead of what was there; a plain string has the tone ``plain``."""
        self.lines = [_line(line) for line in lines if line]

    @property
    def texts(self) -> list[str]:
        """What is shown, without tones."""
        return [line["text"] for line in self.lines]


def _line(line: str | tuple[str, Tone]) -> dict[str, str]:
    text, tone = (line, "plain") if isinstance(line, str) else line
    return {"text": text, "tone": tone}


def toned(lines: Iterable[str], tone: Tone) -> list[tuple[str, Tone]]:
    """Every line with the same tone."""
    return [(line, tone) for line in lines]
