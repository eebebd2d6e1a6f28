"""Everything a session holds, in a table: search, sort, listen, see where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as W
import traitlets as t

from suno_lab.errors import SunoLabError
from suno_lab.widgets.base import EMULATED_NOTE, StrictWidget, script, style
from suno_lab.widgets.findings import findings_of
from suno_lab.widgets.lineage import Lineage, steps_of
from suno_lab.widgets.notes import Notes, Tone
from suno_lab.widgets.tabling import COLUMNS, lineage_steps, table_columns, table_rows
from suno_lab.widgets.unresolved import UnresolvedPanel


class ClipTable(StrictWidget):
    """The table; ``search``, ``sort``, ``descending`` and ``selected`` follow the user and may be set from Python."""

    _esm = script("common", "browse", render="renderBrowse")
    _css = style("common", "matrix", "browse")

    title = t.Unicode("Clips").tag(sync=True)
    note = t.Unicode("").tag(sync=True)
    columns = t.List(t.Dict()).tag(sync=True)
    rows = t.List(t.Dict()).tag(sync=True)
    search = t.Unicode("").tag(sync=True)
    sort = t.Unicode("").tag(sync=True)
    descending = t.Bool(False).tag(sync=True)
    selected = t.Unicode("").tag(sync=True)


class Browser(W.VBox):
    """The widget of :func:`browse`. ``clip`` is what is chosen (None for a failed request)."""

    def __init__(self, session: Any, *, columns: Sequence[str], table: ClipTable) -> None:
        self.session, self.names, self.table = session, columns, table
        self.unresolved = UnresolvedPanel(session)
        self.detail = W.VBox()
        self.table.observe(lambda change: self.show(change["new"]), names="selected")
        self.table.on_msg(self._look)
        self._seen: Any = None
        super().__init__([self.unresolved, self.table, self.detail])
        self.refresh()

    @property
    def clip(self) -> Any | None:
        """The chosen clip, or None."""
        row = next((row for row in self.table.rows if row["id"] == self.table.selected), None)
        return self.session.clip(row["clip_id"]) if row and row["clip_id"] else None

    def _look(self, _: Any, message: dict[str, Any], buffers: Any) -> None:
        if message.get("type") == "look":
            if self.session.journal.version != self._seen:
                self.refresh()
            self.table.send({"type": "looked"})

    def refresh(self) -> None:
        """Show the session as it is now; done by itself every few seconds while the table can be seen."""
        self._seen = self.session.journal.version
        self.table.rows = table_rows(self.session.df, self.names, findings=findings_of(self.session))
        self.unresolved.refresh()

    def show(self, some_id: str) -> None:
        """Show the player and the lineage of a clip, or what went wrong with a request."""
        for child in self.detail.children:
            child.close()
        self.detail.children = self._details(some_id)

    def _details(self, some_id: str) -> list[W.Widget]:
        from suno_lab.widgets.playing import player

        clip = self.clip
        if clip is None:
            row = next((row for row in self.table.rows if row["id"] == some_id), None)
            return [_said(row["finding"] or "no clip came of this request", "warn")] if row else []
        below = [self._origin(some_id), self._again_button(clip)]
        try:
            return [player(clip), *below]
        except SunoLabError as problem:
            return [_said(str(problem), "warn"), *below]

    def _origin(self, some_id: str) -> W.Widget:
        """Where a clip came from: a picture of the way, or a line where there is none."""
        lineage = self.session.lineage(some_id)
        if len(lineage) < 2:
            return _said("came from: " + " ← ".join(lineage_steps(lineage)), "soft")
        picture = Lineage(steps=steps_of(lineage))
        picture.observe(lambda change: self.choose(change["new"]), names="chosen")
        return picture

    def choose(self, clip_id: str) -> None:
        """Choose a clip's row, where it is in the table."""
        if any(row["id"] == clip_id for row in self.table.rows):
            self.table.selected = clip_id

    def _again_button(self, clip: Any) -> W.Button:
        button = W.Button(description="ask like this …", tooltip="a form filled with what was asked for here")
        button.layout = W.Layout(width="auto", align_self="flex-start")
        button.on_click(lambda _: self._ask_like(clip, button))
        return button

    def _ask_like(self, clip: Any, button: W.Button) -> None:
        from suno_lab.widgets.composing import composer

        button.layout.display = "none"
        self.detail.children = (*self.detail.children, composer(self.session, like=clip))

    def close(self) -> None:
        """Let go of the player too."""
        for child in (*self.detail.children, self.table, self.unresolved):
            child.close()
        super().close()


def _said(text: str, tone: Tone) -> Notes:
    return Notes(lines=[{"text": text, "tone": tone}])


def browse(session: Any, *, columns: Sequence[str] = COLUMNS, **options: Any) -> Browser:
    """Everything in a session as a table: choose a row to hear it.

    Above the table stand the paid calls whose outcome is not known, where there are any.

    Parameters
    ----------
    session : SunoSession
    columns : sequence of str
        Columns of ``session.df``, and ``"prompt"``.
    **options
        Any trait of :class:`ClipTable`: ``sort="tempo_bpm"``, ``search="piano"`` …

    Raises
    ------
    TypeError
        For a keyword that is neither.
    """
    note = EMULATED_NOTE if session.emulated else ""
    table = ClipTable(columns=table_columns(columns), **{"note": note, **options})
    return Browser(session, columns=columns, table=table)
