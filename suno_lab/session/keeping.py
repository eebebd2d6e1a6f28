"""Looking after what is kept: checks, tags, questions in SQL, compact copies, where things came from, forgetting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.errors import InvalidRequest, NotFound, StoreError
from suno_lab.session.clip import Clip
from suno_lab.session.task import Task
from suno_lab.session.worked_out import taken_names
from suno_lab.store import forgetting, lineage, marks
from suno_lab.store.blobs import BlobStore
from suno_lab.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from suno_lab.client.policy import Surroundings
    from suno_lab.store import Journal
    from suno_lab.store.frames import Frames

#: what SQL sees and ``compact`` writes
FRAMES = ("df", *TABLES, "features")


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
    _around: Surroundings

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

    # ── tags, notes, columns of yours ────────────────────────────────────────────────────────────────────────────────
    def tag(self, what: Task | Clip | str, *tags: str, note: str | None = None, **columns: Any) -> None:
        """Write beside a clip or a task: tags, a note, columns of yours. All of it is in :attr:`df`.

        Parameters
        ----------
        what : Task, Clip, or id
            Of a clip, task or request. Tags belong to the request; note and columns to the clip, where it is one.
        *tags : str
            ``labels`` in :attr:`df`, in the place of the ones before; without tags, note and columns they go away.
        note : str, optional
            Free words; ``""`` takes them away.
        **columns : str, float, bool or None
            Values by column; None takes one away. A column of several kinds of values becomes one of text.

        Raises
        ------
        NotFound
            There is no such clip, task or request here.
        InvalidRequest
            The column is one that :attr:`df` has already, or its value is of another kind.

        Examples
        --------
        >>> session.tag(clip, "pilot", note="ends too early", mood="calm", take=3)  # doctest: +SKIP
        """
        some_id = what.clip_id if isinstance(what, Clip) else what.task_id if isinstance(what, Task) else what
        request_id, clip_id = _written_beside(self.journal, some_id)
        values = _own_columns(columns) | ({} if note is None else {marks.NOTE: note or None})
        if tags or not values:
            joined = ",".join(tag.strip().replace(",", ";") for tag in tags) or None
            with self.journal.write() as writing:
                writing.update("requests", {"tags": joined}, where={"request_id": request_id})
        if values:
            marks.keep(self.journal, clip_id or request_id, values, now=self._around.clock())

    # ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────
    def sql(self, question: str) -> pd.DataFrame:
        """Ask the session's frames in SQL (DuckDB, extra ``sql``): ``df``, ``requests``, ``clips``, ``words`` …

        The question runs on copies, without access to files or the network; it can change nothing.

        Raises
        ------
        InvalidRequest
            DuckDB cannot answer it; the message says why, and which tables there are.
        """
        try:
            import duckdb
        except ImportError:
            raise StoreError("session.sql needs DuckDB: pip install 'suno-lab[sql]'") from None
        connection = duckdb.connect(":memory:", config={"enable_external_access": "false"})
        try:
            for name in FRAMES:
                connection.register(name, _plain(getattr(self, name)))
            return connection.execute(question).df()
        except duckdb.Error as problem:
            raise InvalidRequest(f"{problem}\nThe tables are {', '.join(FRAMES)}", field="question") from None
        finally:
            connection.close()

    def compact(self, folder: str | Path | None = None) -> Path:
        """Write every frame as Parquet (zstd), for fast loading elsewhere; by default into ``parquet/`` of the folder.

        The journal stays the truth; compact again after more was asked.
        """
        target = self.folder / "parquet" if folder is None else Path(folder).expanduser()
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in FRAMES:
            part = target / f".{name}.parquet.part"
            part.touch(mode=0o600)
            frame = getattr(self, name)
            frame.attrs = {}  # where the folder is now says nothing later
            frame.to_parquet(part, compression="zstd")
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
        """Delete what is kept of a clip (or of every clip of a task): files, words, measures, ratings, notes.

        That something was asked, and what it cost, stays; so do files another clip shares, and the service's raw
        answers as long as they speak of another clip that is not forgotten. It cannot be undone.
        """
        ids = [clip.clip_id for clip in what.clips] if isinstance(what, Task) else [_clip_id(what)]
        for clip_id in ids:
            for path in forgetting.forget_clip(self.journal, clip_id):
                (self.folder / path).unlink(missing_ok=True)


def _clip_id(what: Any) -> str:
    return what.clip_id if isinstance(what, Clip) else str(what)


def _written_beside(journal: Journal, some_id: str) -> tuple[str, str | None]:
    """The request of a clip, task or request; and the clip where it is one."""
    task_id = journal.value("select task_id from clips where clip_id = ?", (some_id,))
    sql = "select request_id from tasks where task_id = ?"
    found = journal.value(sql, (task_id or some_id,))
    found = found or journal.value("select request_id from requests where request_id = ?", (some_id,))
    if found is None:
        raise NotFound(f"no clip, task or request {some_id!r} here")
    return str(found), some_id if task_id else None


def _own_columns(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Values by the user's columns, as they can be kept."""
    taken = taken_names()
    made = {}
    for name, value in columns.items():
        if name in taken:
            raise InvalidRequest(f"session.df has a column {name!r} already: choose another name", field=name)
        plain = value.item() if hasattr(value, "item") else value
        if not isinstance(plain, str | bool | int | float | None):
            message = f"{name} must be a text, a number, True or False, or None to take it away, got {value!r}"
            raise InvalidRequest(message, field=name, given=value)
        made[name] = None if plain != plain else plain
    return made


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reset_index() if frame.index.names != [None] else frame
