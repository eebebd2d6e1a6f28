"""Looking after what is kept: checks, tags, questions in SQL, compact copies, where things came from, forgetting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.errors import NotFound, StoreError
from suno_lab.session.clip import Clip
from suno_lab.session.task import Task
from suno_lab.store import files, lineage
from suno_lab.store.blobs import BlobStore
from suno_lab.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from suno_lab.store import Journal
    from suno_lab.store.frames import Frames


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is not as it was kept."""

    what: str
    path: str
    problem: str

    def __str__(self) -> str:
        return f"{self.what}: {self.path} is {self.problem}"


class Keeping:
    """What a session does with what it holds; nothing here asks the service."""

    _frames: Frames

    if TYPE_CHECKING:

        @property
        def journal(self) -> Journal: ...

        @property
        def folder(self) -> Path: ...

        @property
        def emulated(self) -> bool: ...

        @property
        def df(self) -> pd.DataFrame: ...

    def verify(self) -> list[Fault]:
        """Check every file against its checksum, and the journal against itself.

        Returns
        -------
        list of Fault
            Empty where all is as it was kept.
        """
        return list(self._faults())

    def _faults(self) -> Iterator[Fault]:
        state = str(self.journal.value("pragma quick_check"))
        if state != "ok":
            yield Fault(what="journal", path=self.journal.path.name, problem=state)
        blobs = BlobStore(self.folder)
        sql = "select distinct path, sha256, clip_id from files where status = 'STORED' order by file_id"
        for row in self.journal.rows(sql):
            problem = blobs.check(row["path"], row["sha256"])
            if problem is not None:
                what = f"clip {row['clip_id']}" if row["clip_id"] else "file"
                yield Fault(what=what, path=row["path"], problem=problem)

    # ── tags ─────────────────────────────────────────────────────────────────────────────────────────────────────────
    def tag(self, what: Task | Clip | str, *tags: str) -> None:
        """Give a task's request tags of yours (``labels`` in :attr:`df`); no tags takes them away."""
        task_id = what.task_id if isinstance(what, Task | Clip) else what
        joined = ",".join(tag.strip().replace(",", ";") for tag in tags) or None
        with self.journal.write() as writing:
            owner = writing.value("select task_id from clips where clip_id = ?", (task_id,)) or task_id
            found = writing.update("requests", {"tags": joined}, where={"task_id": owner})
            found = found or writing.update("requests", {"tags": joined}, where={"request_id": owner})
        if not found:
            raise NotFound(f"no task, clip or request {task_id!r} here")

    # ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────
    def sql(self, question: str) -> pd.DataFrame:
        """Ask the session's frames in SQL (DuckDB, extra ``sql``): ``df``, ``requests``, ``clips``, ``words`` …

        The question runs on copies, without access to files or the network; it can change nothing.
        """
        try:
            import duckdb
        except ImportError:
            raise StoreError("session.sql needs DuckDB: pip install 'suno-lab[sql]'") from None
        connection = duckdb.connect(":memory:", config={"enable_external_access": "false"})
        try:
            for name in ("df", *TABLES):
                connection.register(name, _plain(getattr(self, name)))
            return connection.execute(question).df()
        finally:
            connection.close()

    def compact(self, folder: str | Path | None = None) -> Path:
        """Write every frame as Parquet (zstd), for fast loading elsewhere; by default into ``parquet/`` of the folder.

        The journal stays the truth; compact again after more was asked.
        """
        target = self.folder / "parquet" if folder is None else Path(folder).expanduser()
        target.mkdir(parents=True, exist_ok=True)
        for name in ("df", *TABLES):
            part = target / f".{name}.parquet.part"
            getattr(self, name).to_parquet(part, compression="zstd")
            part.replace(target / f"{name}.parquet")
        return target

    def snapshot(self, target: str | Path) -> Path:
        """Copy the journal to a new file that any other program may open."""
        return self.journal.snapshot(Path(target).expanduser())

    # ── where things came from ───────────────────────────────────────────────────────────────────────────────────────
    def lineage(self, what: Clip | Task | str) -> pd.DataFrame:
        """The way back from a clip: the request that made it, the clips and files that went into that, and so on.

        Returns
        -------
        pandas.DataFrame
            One row a step, nearest first: ``depth``, ``clip_id``, ``task_id``, ``request_id``, ``operation``,
            ``source``, ``into`` (the row of the step it went into).
        """
        some_id = what.clip_id if isinstance(what, Clip) else what.task_id if isinstance(what, Task) else what
        return lineage.frame_of(self.journal, some_id)

    def plot_lineage(self, what: Clip | Task | str, ax: Axes | None = None, **options: Any) -> Axes:
        """The way back from a clip as a picture: what it was made from, left to right."""
        from suno_lab.plots import plot_lineage

        return plot_lineage(self.lineage(what), ax=ax, emulated=self.emulated, **options)

    # ── forgetting ───────────────────────────────────────────────────────────────────────────────────────────────────
    def forget(self, what: Clip | Task | str) -> None:
        """Delete what is kept of a clip (or of every clip of a task): words, measures, ratings, and the audio file.

        That something was asked, and what it cost, stays. Files another clip shares stay too. It cannot be undone.
        """
        ids = [clip.clip_id for clip in what.clips] if isinstance(what, Task) else [_clip_id(what)]
        for clip_id in ids:
            kept = files.audio_of(self.journal, clip_id)
            _forget_clip(self.journal, clip_id)
            if kept is not None and not self.journal.value("select 1 from files where sha256 = ?", (kept[1],)):
                (self.folder / kept[0]).unlink(missing_ok=True)


def _clip_id(what: Any) -> str:
    return what.clip_id if isinstance(what, Clip) else str(what)


def _forget_clip(journal: Journal, clip_id: str) -> None:
    with journal.write() as writing:
        if not writing.value("select 1 from clips where clip_id = ?", (clip_id,)):
            raise NotFound(f"no clip {clip_id!r} here")
        sums = [row["sha256"] for row in writing.execute("select sha256 from files where clip_id = ?", (clip_id,))]
        for table in ("files", "words", "timed_lyrics", "ratings"):
            writing.delete(table, where={"clip_id": clip_id})
        for sha256 in sums:
            if sha256 and not writing.value("select 1 from files where sha256 = ?", (sha256,)):
                for table in ("features", "outlines"):
                    writing.delete(table, where={"sha256": sha256})
        blank = dict.fromkeys(("title", "tags", "lyrics", "audio_url", "source_audio_url", "stream_url", "image_url"))
        writing.update("clips", blank, where={"clip_id": clip_id})


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reset_index() if frame.index.names != [None] else frame
