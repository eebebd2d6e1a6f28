"""Who took part: one row a sitting, with what the pages around the trials asked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from suno_lab.store import listening as kept
from suno_lab.store.listening import KeptEvent
from suno_lab.tables import BOOLEAN, INTEGER, STRING, TIME, Column, frame
from suno_lab.widgets.listening.trials import Plan, plan_from
from suno_lab.widgets.listening.votes import answers_of
from suno_lab.widgets.rows import number

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = tuple(
    Column(name=name, dtype=dtype, description=text)
    for name, dtype, text in (
        ("test", STRING, "name of the test"),
        ("listener", STRING, "who, as named in the votes"),
        ("sitting", INTEGER, "which of the planned sittings, from 1"),
        ("began_at", TIME, "by the listener's clock"),
        ("ended_at", TIME, "the last thing that happened, by the listener's clock"),
        ("declined", BOOLEAN, "would rather not take part"),
        ("trials_n", INTEGER, "trials of the sitting, practice and traps included"),
        ("answered_n", INTEGER, "how many of them were answered"),
        ("headphones_right_n", INTEGER, "of six tones, told right; five or more speak for headphones"),
        ("questionnaire", STRING, "the answers, as JSON"),
    )
)


def listeners(session: Any, name: str | None = None) -> pd.DataFrame:
    """Everybody who opened one listening test, or any of them.

    Parameters
    ----------
    session : SunoSession
    name : str, optional
        Of the test; all by default.

    Returns
    -------
    pandas.DataFrame
        One row a sitting, in the order of its number; columns as in :data:`COLUMNS`.
    """
    rows = []
    for test in kept.tests(session.journal):
        if name in (None, test.name):
            by_run: dict[str, list[KeptEvent]] = {}
            for event in kept.events_of(session.journal, test.test_id):
                by_run.setdefault(event.run, []).append(event)
            plan = plan_from(json.loads(test.plan))
            rows += [_listener_row(plan, events) for events in by_run.values()]
    rows.sort(key=lambda row: (row["test"], row["sitting"], row["listener"]))
    return frame([[row[column.name] for column in COLUMNS] for row in rows], COLUMNS)


def _listener_row(plan: Plan, events: Sequence[KeptEvent]) -> dict[str, Any]:
    answered = answers_of(events)
    place = number(next((e.event.get("sitting") for e in events if e.event.get("type") == "start"), None))
    known = place is not None and 0 <= place < len(plan.sittings)
    sitting = plan.sittings[int(place)] if place is not None and known else ()
    times_ms = [at for at in (number(e.event.get("at_ms")) for e in events) if at is not None]
    right_n = number(_answers(answered, "headphones").get("right_n"))
    told = _answers(answered, "questionnaire")
    return {
        "test": plan.name,
        "listener": events[0].listener,
        "sitting": int(place) + 1 if place is not None and known else 0,
        "began_at": min(times_ms) / 1000 if times_ms else None,
        "ended_at": max(times_ms) / 1000 if times_ms else None,
        "declined": _declined(events),
        "trials_n": len(sitting),
        "answered_n": sum(trial.page in answered for trial in sitting),
        "headphones_right_n": None if right_n is None else int(right_n),
        "questionnaire": json.dumps(told, ensure_ascii=False, sort_keys=True) if told else None,
    }


def _declined(events: Sequence[KeptEvent]) -> bool:
    """Whether the last word on taking part was no."""
    said = [kind for kind in (e.event.get("type") for e in events) if kind in ("declined", "reconsidered")]
    return said[-1:] == ["declined"]


def _answers(answered: Mapping[str, Mapping[str, Any]], page: str) -> Mapping[str, Any]:
    found = answered.get(page, {}).get("answers")
    return found if isinstance(found, dict) else {}
