"""Clips side by side: one clock, one loudness, and what was measured on each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import traitlets as t

from suno_lab.errors import SunoLabError
from suno_lab.store import ratings
from suno_lab.store.ratings import Rating
from suno_lab.widgets.base import EMULATED_NOTE, StrictWidget, script, style
from suno_lab.widgets.bulk import read_bulk
from suno_lab.widgets.findings import findings_of
from suno_lab.widgets.grids import CHIPS, LOUDNESS, grid

STAR, NOTE = "star", "remark"


class Matrix(StrictWidget):
    """The comparison made by :func:`matrix`; ``active``, ``playing``, ``stars``, ``notes``, ``sort`` and ``filter``
    follow the user and may be set from Python.
    """

    _esm = script("common", "deck", "matrix", render="renderMatrix")
    _css = style("common", "matrix")

    note = t.Unicode("").tag(sync=True)
    rows = t.List(t.Unicode()).tag(sync=True)
    columns = t.List(t.Unicode()).tag(sync=True)
    clips = t.List(t.Dict()).tag(sync=True)

    active = t.Unicode("").tag(sync=True)
    playing = t.Bool(False).tag(sync=True)
    stars = t.List(t.Unicode()).tag(sync=True)
    notes = t.Dict(value_trait=t.Unicode(), key_trait=t.Unicode()).tag(sync=True)
    sort = t.Unicode("").tag(sync=True)
    filter = t.Unicode("").tag(sync=True)
    starred_only = t.Bool(False).tag(sync=True)


class SessionMatrix:
    """What connects a :class:`Matrix` to a session: sound on demand, new clips, and stars and notes that are kept."""

    def __init__(
        self,
        session: Any,
        *,
        rows: str,
        columns: str,
        chips: Sequence[str],
        rater: str,
        widget: Matrix,
        clock: Callable[[], float],
    ) -> None:
        self.session, self.widget = session, widget
        self.arranged = partial(grid, rows=rows, columns=columns, chips=chips)
        self.rater, self.clock = rater, clock
        self.known: tuple[str, ...] = ()
        self.refresh()
        self._recall()
        widget.on_msg(self._receive)
        widget.observe(self._keep_stars, names="stars")
        widget.observe(self._keep_notes, names="notes")

    def refresh(self) -> None:
        """Show the session's clips as they are now; new ones are measured for loudness first."""
        df = self.session.df
        present = tuple(df["clip_id"].dropna()[df["path"].notna()])
        if present == self.known:
            return
        self.known = present
        if df.loc[df["path"].notna(), LOUDNESS].isna().any():
            self.session.analyze(families=(feature_family(LOUDNESS),))
            df = self.session.df
        made = self.arranged(df[df["path"].notna()], findings=findings_of(self.session))
        with self.widget.hold_sync():
            self.widget.rows, self.widget.columns, self.widget.clips = made.rows, made.columns, made.clips
            self.widget.note = EMULATED_NOTE if any(clip["emulated"] for clip in made.clips) else ""

    # ── messages ──
    def _receive(self, _: Any, message: dict[str, Any], buffers: Any) -> None:
        if message.get("type") == "look":
            self.refresh()
            self.widget.send({"type": "looked"})
        elif message.get("type") == "sound":
            self._send_sound(str(message.get("clip_id")))

    def _send_sound(self, clip_id: str) -> None:
        about = {"clip_id": clip_id}
        if clip_id not in self.known:
            self.widget.send({**about, "type": "no sound", "text": "this clip is not here"})
            return
        try:
            sound = read_bulk(Path(self.session.clip(clip_id).path))
        except (OSError, SunoLabError) as problem:
            self.widget.send({**about, "type": "no sound", "text": str(problem)})
        else:
            self.widget.send({**about, "type": "sound"}, buffers=[sound])

    # ── stars and notes ──
    def _recall(self) -> None:
        journal = self.session.journal
        stars = ratings.latest(journal, rater=self.rater, scale=STAR)
        remarks = ratings.latest(journal, rater=self.rater, scale=NOTE)
        self.widget.stars = [clip_id for clip_id, star in stars.items() if star.value and clip_id in self.known]
        self.widget.notes = {clip_id: r.note for clip_id, r in remarks.items() if r.note and clip_id in self.known}

    def _keep_stars(self, change: dict[str, Any]) -> None:
        changed = set(change["old"]) ^ set(change["new"])
        rows = [
            Rating(clip_id=c, rater=self.rater, kind="label", scale=STAR, value=float(c in change["new"]))
            for c in sorted(changed)
        ]
        ratings.keep(self.session.journal, rows, now=self.clock())

    def _keep_notes(self, change: dict[str, Any]) -> None:
        rows = [
            Rating(clip_id=clip_id, rater=self.rater, kind="note", scale=NOTE, note=text)
            for clip_id, text in change["new"].items()
            if change["old"].get(clip_id) != text
        ]
        ratings.keep(self.session.journal, rows, now=self.clock())


def feature_family(name: str) -> str:
    """The family of measures that a feature belongs to."""
    from suno_lab.features import families

    return next(family for family, module in families().items() if name in {f.name for f in module.FEATURES})


def matrix(
    session: Any,
    *,
    rows: str = "prompt",
    columns: str = "model",
    chips: Sequence[str] = CHIPS,
    rater: str = "me",
    clock: Callable[[], float] = time.time,
    **options: Any,
) -> Matrix:
    """The clips of a session side by side, to switch between while they play.

    All clips are turned down to the quietest (never up), so that louder does not pass for better. New clips of the
    session appear by themselves; stars and notes are kept in ``session.ratings``.

    Parameters
    ----------
    session : SunoSession
    rows, columns : str
        ``"prompt"``, ``"model"``, ``"take"`` (sibling), or any column of ``session.df``.
    chips : sequence of str
        Columns of ``session.df`` to show on every clip.
    rater : str
        Under which name stars and notes are kept.
    **options
        Any trait of :class:`Matrix`: ``sort="tempo_bpm"``, ``filter="piano"`` …

    Raises
    ------
    TypeError
        For a keyword that is neither of the above nor a trait.
    KeyError
        For a column that ``session.df`` does not have.
    """
    made = Matrix(**options)
    made.behind = SessionMatrix(  # kept alive as long as the widget is
        session, rows=rows, columns=columns, chips=chips, rater=rater, widget=made, clock=clock
    )
    return made
