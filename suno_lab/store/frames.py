"""Frames of the journal: one question a table, and a cache that reads only what changed.

A row has a position: a request's place in the run, or a row number. When the journal has moved on, only the rows at
positions where something changed are read, and put in the place of the old ones.
"""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from suno_lab.store.columns import Cut, Grown, Levels
from suno_lab.store.journal import Journal
from suno_lab.tables import TABLES, Column

if TYPE_CHECKING:
    import pandas as pd

#: positions that are read with one question, at most
SPAN_N = 8192
#: changed positions this near to each other are read with one question
NEAR_N = 32
#: additions to a frame sorted by time before it is sorted anew
ADDED_N = 32
#: values of some rows, by column
Read = Mapping[str, Sequence[Any]]
#: first and last position of some rows
Span = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Question:
    """How a frame is read.

    Attributes
    ----------
    rows : str
        The position as ``at_``, and columns as in ``suno_lab.tables``; positions from ``:low`` to ``:high``, in order.
    changed : str
        Positions with rows after ``:since``.
    last : str
        The highest position.
    """

    rows: str
    changed: str
    last: str


@dataclass(frozen=True, kw_only=True)
class Added:
    """Columns that are worked out when rows are read.

    Attributes
    ----------
    key : hashable
        Equal where the same columns come out.
    columns : tuple of Column
        All columns of the frame, in order.
    work_out : callable
        The columns read → those to be added or put in their place.
    """

    key: Hashable
    columns: tuple[Column, ...]
    work_out: Callable[[Read], Read]


def _plain(columns: str, table: str, position: str) -> Question:
    return Question(
        rows=f"""select {position} as at_, {columns} from {table}
            where {position} between :low and :high order by {position}""",  # noqa: S608
        changed=f"select {position} from {table} where change_n > :since",  # noqa: S608
        last=f"select max({position}) from {table}",  # noqa: S608
    )


_FILE_OF_CLIP = "(select file_id from files where clip_id = c.clip_id and kind = 'mp3' limit 1)"
_AUDIO_OF_CLIP = """(select sha256 from files where clip_id = c.clip_id and kind in ('audio', 'mp3')
    and status = 'STORED' order by file_id limit 1)"""
_LAST_REQUEST = "select max(run_order) from requests"
_CHANGED_CLIPS = """
    select run_order from requests where change_n > :since
    union select r.run_order from clips c join requests r on r.task_id = c.task_id where c.change_n > :since
    union select r.run_order from files f join clips c on c.clip_id = f.clip_id
        join requests r on r.task_id = c.task_id where f.change_n > :since"""
_CHANGED_MEASURES = f"""{_CHANGED_CLIPS}
    union select r.run_order from features m join files f on f.sha256 = m.sha256
        join clips c on c.clip_id = f.clip_id join requests r on r.task_id = c.task_id where m.change_n > :since"""  # noqa: S608
_CHANGED_ROWS = f"""{_CHANGED_MEASURES}
    union select r.run_order from marks m join requests r on r.request_id = m.target_id where m.change_n > :since
    union select r.run_order from marks m join clips c on c.clip_id = m.target_id
        join requests r on r.task_id = c.task_id where m.change_n > :since"""  # noqa: S608
_MARKS = "(select json_group_object(name, json(value)) from marks where target_id = {})"

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
            select r.run_order as at_, c.clip_id, c.task_id, r.request_id, c.sibling, r.operation, r.prompt_id,
                r.model_requested, c.model_reported, c.service, c.emulated, c.title, c.tags, c.lyrics, c.audio_url,
                c.source_audio_url, c.image_url, c.duration_s, f.path, f.sha256, f.source_codec, f.decoded_s,
                coalesce(f.finding, f.status) as file_status, c.created_at
            from requests r join clips c on c.task_id = r.task_id left join files f on f.file_id = {_FILE_OF_CLIP}
            where r.run_order between :low and :high order by r.run_order, c.sibling""",  # noqa: S608
        changed=_CHANGED_CLIPS,
        last=_LAST_REQUEST,
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
    "charges": Question(
        rows="""
            select run_order as at_, answered_at as at, 'charge' as kind, request_id, operation,
                    credits_estimated as credits, null as balance from requests
                where run_order between :low and :high and answered_at is not null
                    and (task_id is not null or state = 'DONE')
            union all
            select run_order, finished_at, 'refund', request_id, operation, credits_estimated, null from requests
                where run_order between :low and :high and state = 'FAILED' and credits = 0
            order by 1, 2""",
        changed="select run_order from requests where change_n > :since",
        last=_LAST_REQUEST,
    ),
    "balances": _plain(
        "at, 'balance' as kind, null as request_id, null as operation, balance as credits, balance",
        "balances",
        "balance_id",
    ),
    "ratings": _plain(
        "clip_id, rater, kind, scale, value, start_s, end_s, label, note, other_clip_id, at", "ratings", "rating_id"
    ),
    "comparisons": _plain('at, feature, by, "table", verdict', "comparisons", "comparison_id"),
    "events": _plain("at, request_id, state, note", "events", "event_id"),
    "df": Question(
        rows=f"""
            select r.run_order as at_, r.request_id, r.task_id, c.clip_id, r.run_order, r.prompt_id, r.operation,
                coalesce(c.service, r.service) as service, r.model_requested, c.model_reported, r.status,
                coalesce(r.error, f.error) as error, c.sibling,
                coalesce(c.title, r.request ->> '$.title') as title, r.request ->> '$.description' as description,
                coalesce(r.request ->> '$.lyrics', nullif(c.lyrics, '')) as lyrics, r.request ->> '$.style' as style,
                c.tags, r.request ->> '$.instrumental' as instrumental,
                r.request ->> '$.duration_s' as requested_duration_s, c.duration_s, f.path, f.sha256, r.requested_at,
                r.finished_at, r.finished_at - r.answered_at as latency_s, r.credits, r.replicate_n, r.tags as labels,
                c.emulated, {_MARKS.format("r.request_id")} as request_marks, {_MARKS.format("c.clip_id")} as clip_marks
            from requests r left join clips c on c.task_id = r.task_id left join files f on f.file_id = {_FILE_OF_CLIP}
            where r.run_order between :low and :high
                and (c.clip_id is not null or r.operation in (select value from json_each(:clip_operations)))
            order by r.run_order, c.sibling""",  # noqa: S608
        changed=_CHANGED_ROWS,
        last=_LAST_REQUEST,
    ),
    "features": Question(
        rows=f"""
            select r.run_order as at_, c.clip_id, c.emulated, {_AUDIO_OF_CLIP} as sha256
            from requests r join clips c on c.task_id = r.task_id
            where r.run_order between :low and :high order by r.run_order, c.sibling""",  # noqa: S608
        changed=_CHANGED_MEASURES,
        last=_LAST_REQUEST,
    ),
}


@dataclass
class _Kept:
    """What is known of one frame; ``edition`` counts how often rows of before were changed."""

    rows: Grown
    change_n: int
    epoch_n: int
    levels: Levels
    edition: int = 0
    whole: pd.DataFrame | None = None


@dataclass
class _Merged:
    """Rows of several frames by time: of which, at which edition and length, and how often some were added."""

    whole: pd.DataFrame
    parts: list[_Kept]
    editions: list[int]
    lengths: list[int]
    added_n: int = 0


class Frames:
    """Makes frames, and reads only what changed since the last time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._kept: dict[tuple[str, Hashable], _Kept] = {}
        self._merged: _Merged | None = None
        self._lock = threading.RLock()

    def table(self, name: str) -> pd.DataFrame:
        """One of ``suno_lab.tables.TABLES`` as a copy of its own."""
        table = TABLES[name]
        with self._lock:
            return own_copy(self._credits() if name == "credits" else self._whole(name, table.columns, table.index))

    def joined(self, name: str, added: Added, *, index: Sequence[str] = (), **parameters: str) -> pd.DataFrame:
        """A question's columns and some worked out of them, as a copy of its own.

        Parameters
        ----------
        name : str
            ``"df"`` or ``"features"``.
        added : Added
            What is worked out, and all columns.
        index : sequence of str
            The columns that become the index.
        **parameters
            What else the question asks for.
        """
        with self._lock:
            return own_copy(self._whole(name, added.columns, index, added=added, **parameters))

    def _credits(self) -> pd.DataFrame:
        """Balances, charges and refunds in the order of time."""
        parts = [self._up_to_date(name, TABLES["credits"].columns, ()) for name in ("balances", "charges")]
        self._merged = _by_time(parts, self._merged)
        return self._merged.whole

    def _whole(self, name: str, columns: tuple[Column, ...], index: Sequence[str], **options: Any) -> pd.DataFrame:
        whole = self._up_to_date(name, columns, index, **options).whole
        assert whole is not None
        return whole

    def _up_to_date(
        self,
        name: str,
        columns: tuple[Column, ...],
        index: Sequence[str],
        *,
        added: Added | None = None,
        **parameters: str,
    ) -> _Kept:
        """The frame as it is now: the one of before where nothing changed."""
        change_n, epoch_n = self._journal.version
        key = (name, added and added.key)
        kept = self._kept.get(key)
        if kept is None or kept.epoch_n != epoch_n:
            for other in [known for known in self._kept if known[0] == name][:-1]:
                del self._kept[other]  # worked out otherwise, some time ago
            kept = self._kept[key] = _Kept(rows=Grown(columns), change_n=-1, epoch_n=epoch_n, levels=Levels(index))
        if kept.change_n != change_n:
            spans = self._changed(QUESTIONS[name], since=None if kept.whole is None else kept.change_n)
            for group in _grouped(spans):
                self._read(kept, QUESTIONS[name], group, added, parameters)
            if spans or kept.whole is None:
                kept.whole = _indexed(kept.rows.frame(), kept.levels)
            kept.change_n = change_n
        return kept

    def _changed(self, question: Question, *, since: int | None) -> list[Span]:
        """Which positions have to be read: all of them where nothing was read before."""
        if since is None:
            last = self._journal.value(question.last) or 0
            return [(low, low + SPAN_N - 1) for low in range(0, last + 1, SPAN_N)]
        return list(_spans(sorted(row[0] for row in self._journal.rows(question.changed, {"since": since}))))

    def _read(
        self, kept: _Kept, question: Question, spans: list[Span], added: Added | None, parameters: Mapping[str, str]
    ) -> None:
        """Read rows, and put them in the place of the ones that were there."""
        names: list[str] = []
        rows: list[tuple[Any, ...]] = []
        cuts: list[Cut] = []
        for low, high in spans:
            names, found = self._journal.read(question.rows, {**parameters, "low": low, "high": high})
            start, stop = kept.rows.between(low, high)
            cuts.append(Cut(start=start, stop=stop, rows_n=len(found)))
            rows += found
        positions, *values = list(zip(*rows, strict=True)) or [()] * len(names)
        read: Read = dict(zip(names[1:], values, strict=True))
        if added is not None:
            read = {**read, **added.work_out(read)}
        if not kept.rows.splice(cuts, positions, read):
            kept.levels = Levels(kept.levels.names)
            kept.edition += 1


def _spans(positions: Sequence[int]) -> Iterator[Span]:
    """Ascending positions → first and last of each group of neighbours."""
    if not positions:
        return
    low = high = positions[0]
    for position in positions:
        if position - high > NEAR_N or position - low >= SPAN_N:
            yield low, high
            low = position
        high = position
    yield low, high


def _grouped(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Spans in groups of a bounded number of positions."""
    group: list[Span] = []
    size_n = 0
    for low, high in spans:
        size_n += high - low + 1
        if group and size_n > SPAN_N:
            yield group
            group, size_n = [], high - low + 1
        group.append((low, high))
    if group:
        yield group


def _indexed(frame: pd.DataFrame, levels: Levels) -> pd.DataFrame:
    if len(levels.names) > 1:
        return frame.drop(columns=list(levels.names)).set_axis(levels.extended(frame), axis=0)
    return frame.set_index(list(levels.names)) if levels.names else frame


def _by_time(parts: list[_Kept], known: _Merged | None) -> _Merged:
    """Rows of several frames by their column ``at``; what came last is added to what is known, where it can be."""
    import pandas as pd

    frames = [part.whole for part in parts if part.whole is not None]
    editions, lengths = [part.edition for part in parts], [len(frame) for frame in frames]
    if known is not None and known.editions == editions and all(map(operator.is_, known.parts, parts)):
        if known.lengths == lengths:
            return known
        later = _sorted([frame.iloc[n:] for frame, n in zip(frames, known.lengths, strict=True)])
        if known.added_n < ADDED_N and not known.whole["at"].iloc[-1:].gt(later["at"].iloc[0]).any():
            whole = pd.concat([known.whole, later], ignore_index=True)
            return _Merged(whole, parts, editions, lengths, known.added_n + 1)
    return _Merged(_sorted(frames), parts, editions, lengths)


def _sorted(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Rows of several frames by their column ``at``; equal moments as they came."""
    import pandas as pd

    return pd.concat(frames).sort_values("at", kind="stable", na_position="first", ignore_index=True)


def own_copy(shared: pd.DataFrame) -> pd.DataFrame:
    """A frame whose changes nobody else sees; lazily copied where pandas can (from 3.0 on)."""
    import pandas as pd

    return shared.copy(deep=int(pd.__version__.split(".")[0]) < 3)
