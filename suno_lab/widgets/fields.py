"""The inputs of a form: one control for each kind of field, with what its text may still grow under it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import ipywidgets as W

from suno_lab.widgets.forms import FormField
from suno_lab.widgets.lyrics_editor import LyricsEditor
from suno_lab.widgets.notes import Notes

_LABEL_WIDTH = "9em"
_NAMED = {"description_width": _LABEL_WIDTH}


class FieldRow(W.VBox):
    """A control with its note; ``value`` is what the user has filled in, as the control holds it."""

    def __init__(self, field: FormField, *, clip_ids: Sequence[str] = (), on_change: Callable[[], None]) -> None:
        self.field = field
        self.control = _control(field, clip_ids)
        self.note = Notes(layout=W.Layout(margin=f"0 0 0 calc({_LABEL_WIDTH} + 10px)"))
        self.control.observe(lambda _: on_change(), names="value")
        super().__init__([self.control, self.note])

    @property
    def value(self) -> Any:
        """What is filled in."""
        return self.control.value

    @value.setter
    def value(self, value: Any) -> None:
        self.control.value = _shown(self.field, value)

    def show(self, visible: bool) -> None:
        """Show or hide the row; what was written in it stays."""
        self.layout.display = None if visible else "none"


def _control(field: FormField, clip_ids: Iterable[str]) -> W.Widget:
    about = {"description": field.label, "tooltip": field.doc, "style": _NAMED, "layout": W.Layout(width="auto")}
    if field.kind == "switch":
        return W.Checkbox(value=bool(field.default), indent=True, **about)
    if field.kind in ("choice", "model"):
        value = field.default if field.default in field.choices else field.choices[0]
        return W.Dropdown(options=list(field.choices), value=value, **about)
    value = _shown(field, field.default)
    if field.kind == "clip":
        return W.Combobox(options=list(clip_ids), value=value, placeholder=field.doc, ensure_option=False, **about)
    if field.name == "lyrics":
        return LyricsEditor(value=value, label=field.label, placeholder=field.doc)
    if field.kind in ("text", "lines"):
        return W.Textarea(value=value, rows=3, placeholder=field.doc, **about)
    return W.Text(value=value, placeholder=field.doc, **about)


def _shown(field: FormField, value: Any) -> Any:
    """A value of the request as its control holds it."""
    if field.kind in ("switch", "choice", "model"):
        return bool(value) if field.kind == "switch" else (value or "")
    if value is None:
        return ""
    return "\n".join(value) if field.kind == "lines" and not isinstance(value, str) else str(value)
