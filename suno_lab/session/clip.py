"""One clip: what is known about it, its file, and what can be done with it."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from suno_lab.api.lyrics import TimedLyricsOf
from suno_lab.errors import DownloadError, LinkExpired, SunoLabError
from suno_lab.models import ClipRecord
from suno_lab.session import cards
from suno_lab.session.thumbnails import waveform_png
from suno_lab.store import files, outlines, tasks
from suno_lab.tables import TABLES, frame

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from suno_lab.audio import Audio
    from suno_lab.audio.outline import Outline
    from suno_lab.features import Source
    from suno_lab.lyrics import AlignmentCheck
    from suno_lab.session.session import SunoSession
    from suno_lab.session.task import Task

#: larger files are not written into a notebook
MAX_EMBED_BYTES = 10 * 1024 * 1024


class Clip:
    """A piece of audio a task made. Looking at it never costs anything; ``timed_lyrics()`` does, and says so.

    Attributes
    ----------
    clip_id : str
        The service's id.
    """

    def __init__(self, session: SunoSession, clip_id: str) -> None:
        self._session, self.clip_id = session, clip_id

    def _column(self, name: str) -> Any:
        return self._session.journal.value(f"select {name} from clips where clip_id = ?", (self.clip_id,))  # noqa: S608

    # ── what the service says ────────────────────────────────────────────────────────────────────────────────────────
    @property
    def task_id(self) -> str:
        """The task that made it."""
        return str(self._column("task_id"))

    @property
    def task(self) -> Task:
        """The task that made it."""
        return self._session.task(self.task_id)

    @property
    def record(self) -> ClipRecord:
        """Everything the service said, as a plain value."""
        return next(c for c in tasks.clips_of(self._session.journal, self.task_id) if c.clip_id == self.clip_id)

    @property
    def title(self) -> str | None:
        """Its title."""
        return self._column("title")

    @property
    def lyrics(self) -> str | None:
        """What is sung, as the service says."""
        return self._column("lyrics")

    @property
    def tags(self) -> str | None:
        """The style the service reports."""
        return self._column("tags")

    @property
    def duration_s(self) -> float | None:
        """Length in seconds, as the service says."""
        return self._column("duration_s")

    @property
    def sibling(self) -> int:
        """Place within the task, from 0."""
        return int(self._column("sibling"))

    @property
    def service(self) -> str:
        """Which service made it."""
        return str(self._column("service"))

    @property
    def emulated(self) -> bool:
        """Whether the emulator made it: not Suno."""
        return bool(self._column("emulated"))

    @property
    def model(self) -> str:
        """The model asked for, as it is printed."""
        return cards.model_label(self.task.model_requested, emulated=self.emulated)

    # ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def path(self) -> Path | None:
        """The audio file; None where it is not here (``session.files`` says why)."""
        found = files.audio_of(self._session.journal, self.clip_id)
        return None if found is None else self._session.folder / found[0]

    @property
    def source(self) -> Source:
        """The file with what is known of it, as :func:`suno_lab.features.analyze` takes it; raises as :attr:`audio`."""
        return self._session._source(self.clip_id, self._here())

    @property
    def audio(self) -> Audio:
        """The decoded audio.

        Raises
        ------
        LinkExpired
            The service does not have the file any more.
        DownloadError
            The file is not here for another reason.
        """
        from suno_lab.audio import Audio

        return Audio.load(self._here())

    @property
    def kept_outline(self) -> Outline | None:
        """The waveform as it is kept since the file came; None where it is not."""
        found = files.audio_of(self._session.journal, self.clip_id)
        return None if found is None else outlines.of_file(self._session.journal, found[1])

    @property
    def outline(self) -> Outline:
        """The waveform, small enough to draw; of a file that came without one it is made, and kept.

        Raises
        ------
        LinkExpired, DownloadError
            As :attr:`audio`.
        AudioError
            The file cannot be decoded.
        """
        kept = self.kept_outline
        if kept is None:
            from suno_lab.audio.inspection import outline_of

            kept = outline_of(self._here())
            found = files.audio_of(self._session.journal, self.clip_id)
            assert found is not None
            with self._session.journal.write() as writing:
                outlines.keep(writing, found[1], kept)
        return kept

    @property
    def finding(self) -> str | None:
        """What decoding showed to be odd with the file, in words; None for nothing."""
        return files.finding_about(self._session.journal, self.clip_id)

    def _here(self) -> Path:
        path = self.path
        if path is None or not path.is_file():
            reason = files.problem_of(self._session.journal, self.clip_id) or "it was not downloaded"
            expired = files.status_of(self._session.journal, self.clip_id) == "EXPIRED"
            kind = LinkExpired if expired else DownloadError
            raise kind(f"the audio of clip {self.clip_id} is not here: {reason}")
        return path

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def words(self) -> pd.DataFrame:
        """The timed words that are kept; empty where they were never bought (``timed_lyrics()`` buys them)."""
        table = TABLES["words"]
        rows = [
            (self.clip_id, w.start_s, w.end_s, w.word, position, w.success, w.palign)
            for position, w in enumerate(tasks.words_of(self._session.journal, self.clip_id))
        ]
        return frame(rows, table.columns, index=table.index)

    def timed_lyrics(self, **options: Any) -> pd.DataFrame:
        """Ask the service when each word is sung (a paid call; kept, so that a second time is free).

        Returns
        -------
        pandas.DataFrame
            As :attr:`words`.
        """
        self._session.run(TimedLyricsOf(clip_id=self.clip_id, task_id=self.task_id), **options)
        return self.words

    def check_alignment(self, *, forced: bool = True) -> AlignmentCheck:
        """Whether the kept word times can be right: by themselves and against the sound. Buys nothing.

        Parameters
        ----------
        forced : bool
            Whether to align the words by force where the vocal stem is kept (``keep="stems"``; extra ``align``).

        Returns
        -------
        suno_lab.lyrics.AlignmentCheck
            ``print`` it for what to know; ``.frame`` has one row a word.

        Raises
        ------
        InvalidRequest
            No timed words are kept.
        LinkExpired, DownloadError
            The audio is not here.
        """
        return self._session._check_words(self, forced=forced)

    def export_lyrics(self, path: str | os.PathLike[str], *, format: str | None = None) -> Path:
        """Write the kept timed words as LRC, SRT, WebVTT, TextGrid, ASS karaoke or JSON. Buys nothing.

        Parameters
        ----------
        path : path-like
            Its ending says the format: ``.lrc``, ``.elrc``, ``.srt``, ``.vtt``, ``.TextGrid``, ``.ass``, ``.json``.
        format : str, optional
            One of :func:`suno_lab.lyrics.formats.formats`, whatever the ending.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        InvalidRequest
            No timed words are kept.
        ValueError
            An ending or format that is not known.
        """
        from suno_lab.lyrics import write_file

        return write_file(self._session._needed(self), path, format=format)

    @property
    def truth(self) -> Any:
        """What the emulator knows about the clip it made; None for a real one. It is for checking measures."""
        return self._session._truth(self.clip_id) if self.emulated else None

    # ── looking and listening ────────────────────────────────────────────────────────────────────────────────────────
    def plot_alignment(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Words over the waveform. Buys nothing: without kept words the waveform stands alone."""
        from suno_lab.plots import plot_alignment

        words = tasks.words_of(self._session.journal, self.clip_id)
        return plot_alignment(self.audio, words, ax=ax, emulated=self.emulated, **options)

    def plot_karaoke(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Lyrics as a page, every word over its time. Buys nothing: without kept words the page is empty.

        Words that do not say where their lines end are put in the lines of :attr:`lyrics`.
        """
        from suno_lab.plots import plot_karaoke

        return plot_karaoke(self._session._sung(self), ax=ax, **{"emulated": self.emulated} | options)

    def player(self, **options: Any) -> Any:
        """A player with waveform and running words (a widget)."""
        from suno_lab import widgets

        return widgets.player(self, **options)

    def embed(self) -> Any:
        """A card with the audio inside, for a notebook that leaves this machine.

        Raises
        ------
        DownloadError
            The file is not here, or larger than 10 MB.
        """
        from IPython.display import HTML

        path = self._here()
        if path.stat().st_size > MAX_EMBED_BYTES:
            raise DownloadError(
                f"{path.name} is larger than {MAX_EMBED_BYTES} bytes; it is not written into a notebook"
            )
        content = base64.b64encode(path.read_bytes()).decode("ascii")
        return HTML(self._card(f"data:{self._media_type()};base64,{content}", waveform=self._waveform()))

    def _media_type(self) -> str:
        sql = "select media_type from files where clip_id = ? and kind = 'mp3'"
        return str(self._session.journal.value(sql, (self.clip_id,)) or "audio/mpeg")

    def _repr_html_(self) -> str:
        path = self.path
        if path is None:
            return self._card(None)
        return self._card(quote(os.path.relpath(path), safe="/"), waveform=self._waveform())

    def _waveform(self) -> bytes:
        """The card's picture; nothing for a file that cannot be read."""
        try:
            return waveform_png(self.outline.pairs)
        except SunoLabError:
            return b""

    def _card(self, source: str | None, *, waveform: bytes = b"") -> str:
        about = {
            "": self.model,
            "length": cards.length(self.duration_s),
            "style": self.tags,
            "clip": self.clip_id,
        }
        reason = files.problem_of(self._session.journal, self.clip_id)
        if source is None:
            sound = cards.paragraph(f"no audio here: {reason or 'not downloaded yet'}")
        else:
            odd = self.finding
            sound = cards.drawing(waveform, "waveform") + cards.player(source) + (cards.warning(odd) if odd else "")
        words = cards.folded("lyrics", self.lyrics) if self.lyrics else ""
        return cards.box(cards.heading(self.title, emulated=self.emulated), cards.facts(about), sound, words)

    def __repr__(self) -> str:
        return f"<Clip {self.clip_id} {self.title!r}, {self.model}, {cards.length(self.duration_s)}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clip) and other.clip_id == self.clip_id

    def __hash__(self) -> int:
        return hash(self.clip_id)
