"""The journal's schema: numbered steps, appended, never edited.

Every row carries ``change_n``, the number of the transaction that last wrote it: what changed since a moment is one
range query.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

Migration = Callable[[sqlite3.Connection], None]
MIGRATIONS: list[Migration] = []

#: states in which a request stands for its prompt: an equal one is answered by it
STANDING = ("NEW", "SENT", "ACCEPTED", "DONE", "UNKNOWN", "NEEDS_USER")


@MIGRATIONS.append
def m001_journal(con: sqlite3.Connection) -> None:
    """Requests, exchanges, tasks, clips, products, files, words, events, balances."""
    for statement in (
        "create table meta (key text primary key, value text not null)",
        "create table counter (change_n integer not null, epoch_n integer not null)",
        "insert into counter values (0, 0)",
        """create table requests (
            request_id text primary key, run_order integer not null unique, operation text not null,
            request_hash text not null, replicate_n integer not null default 0, prompt_id text not null,
            request text not null, body blob, model_requested text, service text not null, emulated integer,
            state text not null, status text not null, owner text, attempts_n integer not null default 0,
            credits_estimated real, credits real, task_id text,
            requested_at real not null, sent_at real, answered_at real, finished_at real,
            error_type text, error_code integer, error text, tags text, change_n integer not null)""",
        f"create unique index requests_standing on requests (request_hash, replicate_n) where state in {STANDING}",
        "create index requests_change on requests (change_n)",
        "create index requests_state on requests (state)",
        "create index requests_task on requests (task_id)",
        """create table exchanges (
            exchange_id integer primary key, request_id text, task_id text, operation text, purpose text not null,
            method text not null, url text not null, sent blob, status integer, code integer, got blob,
            reply_headers text, error text, asked_at real not null, latency_s real, change_n integer not null)""",
        "create index exchanges_change on exchanges (change_n)",
        "create index exchanges_task on exchanges (task_id)",
        """create table tasks (
            task_id text primary key, request_id text not null, operation text not null, family text not null,
            state text not null, status text not null, service text not null, emulated integer,
            accepted_at real not null, first_at real, finished_at real, interrupted_at real,
            error_code integer, error text, parent_clip_id text, change_n integer not null)""",
        "create index tasks_change on tasks (change_n)",
        "create index tasks_request on tasks (request_id)",
        """create table clips (
            clip_id text primary key, task_id text not null, sibling integer not null, title text, tags text,
            lyrics text, model_reported text, audio_url text, source_audio_url text, stream_url text, image_url text,
            duration_s real, created_at real, service text not null, emulated integer, change_n integer not null)""",
        "create index clips_change on clips (change_n)",
        "create index clips_task on clips (task_id)",
        """create table products (
            task_id text not null, position integer not null, kind text not null, name text not null, url text,
            value text, clip_id text, item_id text, change_n integer not null, primary key (task_id, position))""",
        """create table files (
            file_id integer primary key, task_id text not null, clip_id text not null default '', kind text not null,
            name text not null default '', status text not null, path text, sha256 text, size_bytes integer,
            media_type text, url text, error text, stored_at real, change_n integer not null,
            unique (task_id, clip_id, kind, name))""",
        "create index files_change on files (change_n)",
        "create index files_clip on files (clip_id)",
        """create table timed_lyrics (
            clip_id text primary key, request_id text, hoot_cer real, streamed integer, at real not null,
            change_n integer not null)""",
        """create table words (
            clip_id text not null, position integer not null, word text not null, start_s real, end_s real,
            success integer, palign real, change_n integer not null, primary key (clip_id, position))""",
        """create table answers (
            request_id text primary key, value text, change_n integer not null)""",
        """create table events (
            event_id integer primary key, at real not null, request_id text, state text not null, note text,
            change_n integer not null)""",
        """create table balances (
            balance_id integer primary key, at real not null, balance real not null, quiet integer not null,
            change_n integer not null)""",
    ):
        con.execute(statement)


@MIGRATIONS.append
def m002_research(con: sqlite3.Connection) -> None:
    """Features by content, ratings, comparisons, callbacks."""
    for statement in (
        """create table features (
            sha256 text not null, family text not null, version integer not null, estimator text not null,
            measured text not null, error text, at real not null, change_n integer not null,
            primary key (sha256, family, version, estimator))""",
        "create index features_change on features (change_n)",
        """create table ratings (
            rating_id integer primary key, clip_id text, other_clip_id text, rater text, kind text not null,
            scale text, value real, label text, note text, start_s real, end_s real, at real not null,
            change_n integer not null)""",
        """create table comparisons (
            comparison_id integer primary key, at real not null, feature text not null, by text not null,
            "table" text not null, verdict text, change_n integer not null)""",
        """create table callbacks (
            callback_id integer primary key, at real not null, intent text not null, task_id text, stage text,
            signed integer, body blob, seen integer not null default 0, change_n integer not null default 0)""",
        "create index callbacks_intent on callbacks (intent)",
    ):
        con.execute(statement)


@MIGRATIONS.append
def m003_listening(con: sqlite3.Connection) -> None:
    """Listening tests: what was planned, and everything that happened while people listened."""
    for statement in (
        """create table listening_tests (
            test_id text primary key, name text not null unique, settings text not null, plan text not null,
            plan_sha256 text not null, at real not null, change_n integer not null)""",
        """create table listening_events (
            event_id integer primary key, test_id text not null, listener text not null, run text not null,
            position integer not null, type text not null, page text, event text not null, at real not null,
            change_n integer not null, unique (test_id, run, position))""",
    ):
        con.execute(statement)


@MIGRATIONS.append
def m004_decoded(con: sqlite3.Connection) -> None:
    """What decoding a file showed."""
    for column in ("source_codec text", "decoded_s real", "finding text"):
        con.execute(f"alter table files add column {column}")


@MIGRATIONS.append
def m005_outlines(con: sqlite3.Connection) -> None:
    """The waveform of every audio file, small, by content."""
    con.execute(
        """create table outlines (
            sha256 text primary key, version integer not null, duration_s real not null, peaks blob not null,
            change_n integer not null)"""
    )


@MIGRATIONS.append
def m006_what_changed(con: sqlite3.Connection) -> None:
    """What changed since a moment is found at once in every table; so are the clips a measure is about."""
    for table in ("words", "events", "balances", "ratings", "comparisons"):
        con.execute(f"create index {table}_change on {table} (change_n)")
    con.execute("create index files_sha256 on files (sha256)")


@MIGRATIONS.append
def m007_marks(con: sqlite3.Connection) -> None:
    """The user's notes and columns, by clip or request."""
    for statement in (
        """create table marks (
            target_id text not null, name text not null, value text not null, at real not null,
            change_n integer not null, primary key (target_id, name))""",
        "create index marks_change on marks (change_n)",
        "create table mark_columns (name text primary key, dtype text not null, change_n integer not null)",
    ):
        con.execute(statement)
