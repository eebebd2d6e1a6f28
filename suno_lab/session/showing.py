"""How a session shows itself, and its widgets: explicit calls, imported when they are made."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.session import cards
from suno_lab.session.clip import Clip

if TYPE_CHECKING:
    import pandas as pd

    from suno_lab.session.task import Task


UNRESOLVED = ("UNKNOWN", "NEEDS_USER")  #: states of requests whose outcome is not known
NEWEST_N = 2  #: clips shown on a session's card


class Showing:
    """What a session puts on the screen."""

    if TYPE_CHECKING:

        def __getitem__(self, some_id: str) -> Clip | Task: ...

        @property
        def open_tasks(self) -> list[Task]: ...

        @property
        def folder(self) -> Path: ...
        @property
        def service(self) -> str: ...
        @property
        def emulated(self) -> bool: ...
        @property
        def read_only(self) -> bool: ...
        @property
        def requests(self) -> pd.DataFrame: ...
        @property
        def clips(self) -> pd.DataFrame: ...

    def _repr_html_(self) -> str:
        requests, clips = self.requests, self.clips
        states = requests["state"].value_counts()
        about = {
            "service": self.service,
            "clips": len(clips),
            "requests": len(requests),
            "in flight": len(self.open_tasks) or None,
            "outcome unknown": int(states.reindex(UNRESOLVED, fill_value=0).sum()) or None,
            "credits": f"{requests['credits'].sum():g}",
        }
        newest = [self[clip_id] for clip_id in clips.index[-NEWEST_N:]]
        box = cards.box(
            cards.heading(self.folder.name, emulated=self.emulated),
            cards.facts(about),
            cards.paragraph("read-only: the key of its service is not here") if self.read_only else "",
        )
        return box + cards.listing(clip._repr_html_() for clip in newest)

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

    # ── listening ────────────────────────────────────────────────────────────────────────────────────────────────────
    def annotate(self, n: int = 12, *, by: str = "model", **options: Any) -> Any:
        """Label ``n`` clips by ear, drawn evenly over ``by`` and blind to it; kept as ``reference_`` rows of
        :attr:`ratings` with who said it.
        """
        return _widgets().annotate(self, n, by=by, **options)

    def annotated(self) -> pd.DataFrame:
        """The labels that hold: of each scale what each annotator saved last."""
        return _widgets().annotated_labels(self)

    def annotation_agreement(self) -> pd.DataFrame:
        """How far the annotators agree, scale by scale."""
        return _widgets().annotation_agreement(self)

    def listening_test(self, form: str = "ab", **options: Any) -> Any:
        """A blind listening test in the notebook; the votes are kept in :attr:`ratings`."""
        return _widgets().listening_test(self, form, **options)

    def listening_files(self, folder: str | Path, form: str = "ab", **options: Any) -> list[Path]:
        """The same test as HTML files for listeners elsewhere, complete in themselves."""
        return list(_widgets().listening_files(self, folder, form, **options))

    def import_votes(self, *codes: str | Path) -> pd.DataFrame:
        """Take in the result codes that listeners send back; a mistyped one is refused."""
        return _widgets().import_votes(self, *codes)

    def listeners(self, name: str | None = None) -> pd.DataFrame:
        """One row a sitting of one listening test or of all: how far it went, headphones, questionnaire."""
        return _widgets().listeners(self, name)

    def listening_votes(self, name: str | None = None) -> pd.DataFrame:
        """Every vote of one test or of all, repeats and traps included."""
        return _widgets().listening_votes(self, name)


def _widgets() -> Any:
    return import_module("suno_lab.widgets")
