"""Frames of the journal: one question a table, and a cache that reads only what changed.

Rows are read in chunks of neighbouring positions (a request's place in the run, or a row number). When the journal has
moved on, only chunks with changed rows are read again; strings stay in Arrow memory, so that joining chunks copies
little.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from suno_lab.store.journal import Journal
from suno_lab.tables import DF_COLUMNS, STRING, TABLES, Column, frame

if TYPE_CHECKING:
    import pandas as pd

#: positions a chunk spans
CHUNK_N = 128


@dataclass(frozen=True, kw_only=True)
class Question:
    """How a frame is read.

    Attributes
    ----------
    rows : str
        Columns as in ``suno_lab.tables``, rows with positions from ``:low`` to ``:high``, in order.
    changed : str
        The chunks (position divided by ``:size``) with rows after ``:since``; "" for a frame read whole.
    """

    rows: str
    changed: str = ""


def _plain(columns: str, table: str, position: str) -> Question:
    return Question(
        rows=f"select {columns} from {table} where {position} between :low and :high order by {position}",  # noqa: S608
        changed=f"select distinct {position} / :size from {table} where change_n > :since",  # noqa: S608
    )


_FILE_OF_CLIP = "(select file_id from files where clip_id = c.clip_id and kind = 'mp3' limit 1)"
_CHANGED_CLIPS = """
    select run_order / :size from requests where change_n > :since
    union select r.run_order / :size from clips c join requests r on r.task_id = c.task_id where c.change_n > :since
    union select r.run_order / :size from files f join clips c on c.clip_id = f.clip_id
        join requests r on r.task_id = c.task_id where f.change_n > :since"""

QUESTIONS: Mapping[str, Question] = {
    "requests": _plain(
        """request_id, run_order, operation, status, state, prompt_id, model_requested,
            request ->> '$.description' as description, request ->> '$.lyrics' as lyrics,
            request ->> '$.style' as style, request ->> '$.title' as title,
            request ->> '$.instrumental' as instrumental, request ->> '$.duration_s' as requested_duration_s,
            service, emulated, replicate_n, attempts_n, credits_estimated, credits, task_id, requested_at, sent_at,
            answered_at, finished_at, finished_at - answered_at as latency_s, error_type, error_code, error, tags,
            request""",
        "requests",
        "run_order",
    ),
    "tasks": _plain(
        """task_id, request_id, operation, family, state, status, service, emulated,
            (select count(*) from clips c where c.task_id = tasks.task_id) as clips_n,
            accepted_at, first_at, finished_at, interrupted_at, error_code, error, parent_clip_id""",
        "tasks",
        "rowid",
    ),
    "clips": Question(
        rows=f"""
            select c.clip_id, c.task_id, r.request_id, c.sibling, r.operation, r.prompt_id, r.model_requested,
                c.model_reported, c.service, c.emulated, c.title, c.tags, c.lyrics, c.audio_url, c.source_audio_url,
                c.image_url, c.duration_s, f.path, f.sha256, f.source_codec, f.decoded_s,
                coalesce(f.finding, f.status) as file_status, c.created_at
            from requests r join clips c on c.task_id = r.task_id left join files f on f.file_id = {_FILE_OF_CLIP}
            where r.run_order between :low and :high order by r.run_order, c.sibling""",  # noqa: S608
        changed=_CHANGED_CLIPS,
    ),
    "files": _plain(
        """task_id, nullif(clip_id, '') as clip_id, kind, nullif(name, '') as name, status, path, sha256,
            size_bytes, media_type, source_codec, decoded_s, finding, url, error, stored_at""",
        "files",
        "file_id",
    ),
    "words": _plain("clip_id, start_s, end_s, word, position, success, palign", "words", "rowid"),
    "exchanges": _plain(
        """exchange_id, request_id, task_id, operation, purpose, method, url, status, code, error,
            length(sent) as sent_bytes, length(got) as got_bytes, asked_at, latency_s""",
        "exchanges",
        "exchange_id",
    ),
    "credits": Question(
        rows="""
            select at, 'balance' as kind, null as request_id, null as operation, balance as credits, balance
                from balances
            union all
            select answered_at, 'charge', request_id, operation, credits_estimated, null from requests
                where answered_at is not null and (task_id is not null or state = 'DONE')
            union all
            select finished_at, 'refund', request_id, operation, credits_estimated, null from requests
                where state = 'FAILED' and credits = 0
            order by 1"""
    ),
    "ratings": _plain(
        "clip_id, rater, kind, scale, value, start_s, end_s, label, note, other_clip_id, at", "ratings", "rating_id"
    ),
    "comparisons": _plain('at, feature, by, "table", verdict', "comparisons", "comparison_id"),
    "events": _plain("at, request_id, state, note", "events", "event_id"),
    "df": Question(
        rows=f"""
            select r.request_id, r.task_id, c.clip_id, r.run_order, r.prompt_id, r.operation,
                coalesce(c.service, r.service) as service, r.model_requested, c.model_reported, r.status,
                coalesce(r.error, f.error) as error, c.sibling,
                coalesce(c.title, r.request ->> '$.title') as title, r.request ->> '$.description' as description,
                coalesce(r.request ->> '$.lyrics', nullif(c.lyrics, '')) as lyrics, r.request ->> '$.style' as style,
                c.tags, r.request ->> '$.instrumental' as instrumental,
                r.request ->> '$.duration_s' as requested_duration_s, c.duration_s, f.path, f.sha256, r.requested_at,
                r.finished_at, r.finished_at - r.answered_at as latency_s, r.credits, r.replicate_n, r.tags as labels
            from requests r left join clips c on c.task_id = r.task_id left join files f on f.file_id = {_FILE_OF_CLIP}
            where r.run_order between :low and :high
                and (c.clip_id is not null or r.operation in (select value from json_each(:clip_operations)))
            order by r.run_order, c.sibling""",  # noqa: S608
        changed=_CHANGED_CLIPS,
    ),
}


@dataclass
class _Kept:
    """What is known of one frame."""

    change_n: int = 0
    epoch_n: int = -1
    chunks: dict[int, pd.DataFrame] = field(default_factory=dict)
    head: pd.DataFrame | None = None  #: every chunk before ``head_end``, joined
    head_end: int = 0
    whole: pd.DataFrame | None = None

    def join(self, changed: list[int]) -> None:
        """Make ``whole`` of the chunks (there is one); what was joined before and did not change is left as it is."""
        import pandas as pd

        if any(number < self.head_end for number in changed):
            self.head, self.head_end = None, 0
        last = max(self.chunks)
        added = [self.chunks[number] for number in sorted(self.chunks) if self.head_end <= number < last]
        if added:
            self.head = in_one_piece(pd.concat(([] if self.head is None else [self.head]) + added))
        self.head_end = last
        tail = self.chunks[last]
        self.whole = tail if self.head is None else pd.concat([self.head, tail])


class Frames:
    """Makes frames, and reads only what changed since the last time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.RLock()

    def table(self, name: str) -> pd.DataFrame:
        """One of ``suno_lab.tables.TABLES`` as a copy of its own."""
        table = TABLES[name]
        found = own_copy(self._fresh(name, table.columns, table.index))
        return found if table.index else found.reset_index(drop=True)

    def wide(self, clip_operations: str) -> pd.DataFrame:
        """The request and clip columns of ``session.df``.

        Parameters
        ----------
        clip_operations : str
            JSON list of the operations whose requests are rows even without a clip.
        """
        found = self._fresh("df", DF_COLUMNS, (), clip_operations=clip_operations)
        return own_copy(found).reset_index(drop=True)

    def _fresh(self, name: str, columns: tuple[Column, ...], index: tuple[str, ...], **parameters: str) -> pd.DataFrame:
        with self._lock:
            change_n, epoch_n = self._journal.version
            kept = self._kept.get(name)
            if kept is None or kept.epoch_n != epoch_n:
                kept = self._kept[name] = _Kept(epoch_n=epoch_n)
            if kept.whole is None or kept.change_n != change_n:
                self._read_changed(kept, QUESTIONS[name], columns, index, parameters)
                kept.change_n = change_n
            assert kept.whole is not None
            return kept.whole

    def _read_changed(
        self,
        kept: _Kept,
        question: Question,
        columns: tuple[Column, ...],
        index: tuple[str, ...],
        parameters: Mapping[str, str],
    ) -> None:
        if not question.changed:
            kept.whole = frame(map(tuple, self._journal.rows(question.rows)), columns, index=index)
            return
        asked = {"since": kept.change_n, "size": CHUNK_N}
        numbers = sorted(int(row[0]) for row in self._journal.rows(question.changed, asked))
        if not numbers and kept.whole is not None:
            return
        rows: list[tuple[Any, ...]] = []
        ends: list[int] = []
        for number in numbers:
            span = {"low": number * CHUNK_N, "high": (number + 1) * CHUNK_N - 1}
            rows += map(tuple, self._journal.rows(question.rows, {**parameters, **span}))
            ends.append(len(rows))
        read = frame(rows, columns, index=index)  # one frame of all is made faster than one of each
        for number, start, end in zip(numbers, [0, *ends], ends, strict=False):
            kept.chunks[number] = read if len(numbers) == 1 else read.iloc[start:end]
        if not kept.chunks:
            kept.chunks[0] = frame([], columns, index=index)
        kept.join(numbers)


def in_one_piece(joined: pd.DataFrame) -> pd.DataFrame:
    """The same frame with every string column in one piece of memory: later joins then touch few pieces."""
    import pandas as pd
    import pyarrow as pa

    for place, dtype in enumerate(joined.dtypes):
        if dtype == STRING:
            pieces = pa.array(joined.iloc[:, place].array)
            if isinstance(pieces, pa.ChunkedArray):
                joined.isetitem(place, pd.array(pieces.combine_chunks(), dtype=STRING))
    return joined


def own_copy(shared: pd.DataFrame) -> pd.DataFrame:
    """A frame whose changes nobody else sees; lazily copied where pandas can (from 3.0 on)."""
    import pandas as pd

    return shared.copy(deep=int(pd.__version__.split(".")[0]) < 3)
