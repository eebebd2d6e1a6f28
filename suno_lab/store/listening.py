"""Listening tests in the journal: plans, which say what was behind every letter, and the events of every sitting."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from suno_lab.errors import StudyError
from suno_lab.store.hashes import canonical
from suno_lab.store.journal import Journal


@dataclass(frozen=True, kw_only=True)
class KeptTest:
    """A listening test as the journal holds it.

    Attributes
    ----------
    settings : str
        What it was asked for with, as canonical JSON: a test of the same name must be asked for in the same way.
    plan : str
        Who hears what, as JSON; the only place where tokens and clips stand together.
    plan_sha256 : str
        Of ``plan``; may be published before the first vote.
    """

    test_id: str
    name: str
    settings: str
    plan: str
    plan_sha256: str


@dataclass(frozen=True, kw_only=True)
class KeptEvent:
    """One thing that happened in one sitting (``run``) of one listener; ``position`` counts from 0."""

    test_id: str
    listener: str
    run: str
    position: int
    event: Mapping[str, Any]


def keep_test(journal: Journal, test: KeptTest, *, now: float) -> None:
    """Keep a new test, before anybody hears a sound of it; ``now`` in Unix seconds."""
    with journal.write(durable=True) as writing:
        writing.insert("listening_tests", {**test.__dict__, "at": now})


def find_test(journal: Journal, *, name: str | None = None, test_id: str | None = None) -> KeptTest | None:
    """The test of that name or id, or None."""
    sql = "select test_id, name, settings, plan, plan_sha256 from listening_tests where name = ? or test_id = ?"
    found = journal.row(sql, (name, test_id))
    return None if found is None else KeptTest(**dict(found))


def tests(journal: Journal) -> list[KeptTest]:
    """All tests, the oldest first."""
    sql = "select test_id, name, settings, plan, plan_sha256 from listening_tests order by at, rowid"
    return [KeptTest(**dict(row)) for row in journal.rows(sql)]


def same_settings(test: KeptTest, settings: Mapping[str, Any]) -> None:
    """Hold a wish against the test that has its name.

    Raises
    ------
    StudyError
        For any other setting than the one the test was planned with.
    """
    kept, wished = json.loads(test.settings), json.loads(canonical(settings))
    others = sorted(name for name in kept.keys() | wished.keys() if kept.get(name) != wished.get(name))
    if others:
        raise StudyError(
            f"the listening test {test.name!r} exists with another {', '.join(others)}; give this one another name"
        )


def keep_events(journal: Journal, events: Iterable[KeptEvent], *, now: float) -> list[KeptEvent]:
    """Add events that are not there yet; those that were new."""
    new: list[KeptEvent] = []
    with journal.write() as writing:
        for kept in events:
            known = "select 1 from listening_events where test_id = ? and run = ? and position = ?"
            if writing.value(known, (kept.test_id, kept.run, kept.position)):
                continue
            text = canonical(dict(kept.event))
            about = {"type": str(kept.event.get("type", "")), "page": str(kept.event.get("page", ""))}
            row = {**kept.__dict__, **about, "event": text, "at": now}
            writing.insert("listening_events", row)
            new.append(kept)
    return new


def events_of(journal: Journal, test_id: str, *, run: str | None = None) -> list[KeptEvent]:
    """Events of a test, sitting by sitting, in the order in which they happened."""
    sql = """select test_id, listener, run, position, event from listening_events
        where test_id = ? and (? is null or run = ?) order by run, position"""
    return [
        KeptEvent(**{**dict(row), "event": json.loads(row["event"])}) for row in journal.rows(sql, (test_id, run, run))
    ]
