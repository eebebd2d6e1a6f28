"""Frames of the journal: one question a table, and a cache that reads only what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from suno_lab.store.journal import Journal
from suno_lab.tables import DF_COLUMNS, TABLES, Column, frame

if TYPE_CHECKING:
    import pandas as pd

#: one question a table, columns as in ``suno_lab.tables``
QUERIES: Mapping[str, str] = {
    "requests": """
        select request_id, run_order, operation, status, state, prompt_id, model_requested,
            request ->> '$.description' as description, request ->> '$.lyrics' as lyrics,
            request ->> '$.style' as style, request ->> '$.title' as title,
            request ->> '$.instrumental' as instrumental, request ->> '$.duration_s' as requested_duration_s,
            service, emulated, replicate_n, attempts_n, credits_estimated, credits, task_id, requested_at, sent_at,
            answered_at, finished_at, finished_at - answered_at as latency_s, error_type, error_code, error, tags,
            request
        from requests order by run_order""",
    "tasks": """
        select t.task_id, request_id, operation, family, state, status, service, emulated,
            (select count(*) from clips c where c.task_id = t.task_id) as clips_n,
            accepted_at, first_at, finished_at, interrupted_at, error_code, error, parent_clip_id
        from tasks t order by accepted_at, t.rowid""",
    "clips": """
        select c.clip_id, c.task_id, r.request_id, c.sibling, r.operation, r.prompt_id, r.model_requested,
            c.model_reported, c.service, c.emulated, c.title, c.tags, c.lyrics, c.audio_url, c.source_audio_url,
            c.image_url, c.duration_s, f.path, f.sha256, f.status as file_status, c.created_at
        from clips c join requests r on r.task_id = c.task_id
        left join files f on f.file_id = (select file_id from files where clip_id = c.clip_id and kind = 'mp3' limit 1)
        order by r.run_order, c.sibling""",
    "files": """
        select task_id, nullif(clip_id, '') as clip_id, kind, nullif(name, '') as name, status, path, sha256,
            size_bytes, media_type, url, error, stored_at
        from files order by file_id""",
    "words": """
        select clip_id, start_s, end_s, word, position, success, palign from words order by clip_id, position""",
    "exchanges": """
        select exchange_id, request_id, task_id, operation, purpose, method, url, status, code, error,
            length(sent) as sent_bytes, length(got) as got_bytes, asked_at, latency_s
        from exchanges order by exchange_id""",
    "credits": """
        select at, 'balance' as kind, null as request_id, null as operation, balance as credits, balance from balances
        union all
        select answered_at, 'charge', request_id, operation, credits_estimated, null from requests
            where answered_at is not null and task_id is not null or state = 'DONE'
        union all
        select finished_at, 'refund', request_id, operation, credits_estimated, null from requests
            where state = 'FAILED' and credits = 0
        order by 1""",
    "ratings": """
        select clip_id, rater, kind, scale, value, start_s, end_s, label, note, other_clip_id, at
        from ratings order by rating_id""",
    "comparisons": """
        select at, feature, by, "table", verdict from comparisons order by comparison_id""",
    "events": """
        select at, request_id, state, note from events order by event_id""",
    "df": """
        select r.request_id, r.task_id, c.clip_id, r.run_order, r.prompt_id, r.operation,
            coalesce(c.service, r.service) as service, r.model_requested, c.model_reported, r.status,
            coalesce(r.error, f.error) as error, c.sibling,
            coalesce(c.title, r.request ->> '$.title') as title, r.request ->> '$.description' as description,
            coalesce(r.request ->> '$.lyrics', nullif(c.lyrics, '')) as lyrics, r.request ->> '$.style' as style,
            c.tags, r.request ->> '$.instrumental' as instrumental,
            r.request ->> '$.duration_s' as requested_duration_s, c.duration_s, f.path, f.sha256, r.requested_at,
            r.finished_at, r.finished_at - r.answered_at as latency_s, r.credits, r.replicate_n, r.tags as labels
        from requests r left join clips c on c.task_id = r.task_id
        left join files f on f.file_id = (select file_id from files where clip_id = c.clip_id and kind = 'mp3' limit 1)
        where c.clip_id is not null or r.operation in (select value from json_each(:clip_operations))
        order by r.run_order, c.sibling""",
}


class Frames:
    """Makes frames, and keeps each until the journal changes."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._kept: dict[str, tuple[int, pd.DataFrame]] = {}

    def table(self, name: str) -> pd.DataFrame:
        """One of ``suno_lab.tables.TABLES`` as a fresh copy."""
        table = TABLES[name]
        return self._fresh(name, table.columns, table.index).copy()

    def wide(self, clip_operations: str) -> pd.DataFrame:
        """The request and clip columns of ``session.df``.

        Parameters
        ----------
        clip_operations : str
            JSON list of the operations whose requests are rows even without a clip.
        """
        return self._fresh("df", DF_COLUMNS, (), clip_operations=clip_operations).copy()

    def _fresh(self, name: str, columns: tuple[Column, ...], index: tuple[str, ...], **parameters: str) -> pd.DataFrame:
        change_n = self._journal.change_n
        kept = self._kept.get(name)
        if kept is None or kept[0] != change_n:
            made = frame(map(tuple, self._journal.rows(QUERIES[name], parameters)), columns, index=index)
            self._kept[name] = kept = (change_n, made)
        return kept[1]
