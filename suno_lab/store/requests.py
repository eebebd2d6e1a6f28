"""What is asked, and what became of it: the states of a request.

::

    NEW ──► SENT ──► ACCEPTED ──► (the task decides: SUCCESS or FAILED)
     ▲        │ ├──► DONE          answered at once
     └────────┘ ├──► REFUSED       certainly not accepted
     refusals,  └──► UNKNOWN ──► NEW (proven not charged) · ACCEPTED (a callback named the task)
     not sent                 └─► NEEDS_USER ──► ACCEPTED (adopted) · NEW (asked again) · DROPPED

``SENT`` is committed durably, with the credits it may cost, before the first byte leaves.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from suno_lab.api import Request, operations
from suno_lab.errors import BudgetExceeded, SunoLabError
from suno_lab.store.hashes import canonical, prompt_id, request_fields, request_hash
from suno_lab.store.journal import Journal, Writing
from suno_lab.store.migrations import STANDING


class RequestState(StrEnum):
    """Where a request is, on our side of the wire."""

    NEW = "NEW"  #: recorded, not sent (again) yet
    SENT = "SENT"  #: on its way; the answer is not known
    ACCEPTED = "ACCEPTED"  #: the service made a task of it
    DONE = "DONE"  #: answered at once, complete
    UNKNOWN = "UNKNOWN"  #: may have been accepted; never sent again by itself
    NEEDS_USER = "NEEDS_USER"  #: cannot be decided from here
    REFUSED = "REFUSED"  #: certainly not accepted
    FAILED = "FAILED"  #: accepted, and the task failed
    INVALID = "INVALID"  #: refused here, nothing was sent
    DROPPED = "DROPPED"  #: given up by the user


@dataclass(frozen=True, kw_only=True)
class RequestRow:
    """One request as kept."""

    request_id: str
    run_order: int
    operation: str
    replicate_n: int
    state: RequestState
    status: str
    request: str
    request_hash: str
    model_requested: str | None
    service: str
    emulated: bool | None
    owner: str | None
    attempts_n: int
    credits_estimated: float | None
    credits: float | None
    task_id: str | None
    requested_at: float
    sent_at: float | None
    answered_at: float | None
    error_type: str | None
    error_code: int | None
    error: str | None

    def value(self) -> Request:
        """The request value again."""
        return rebuilt(self.operation, json.loads(self.request))


_COLUMNS = ", ".join(RequestRow.__dataclass_fields__)


def rebuilt(operation: str, fields: Mapping[str, Any]) -> Request:
    """A request value from its kept fields; lists become tuples."""
    kind = operations()[operation].request
    known = {name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()}
    return kind(**known)


def _row(found: sqlite3.Row) -> RequestRow:
    about = dict(zip(found.keys(), tuple(found), strict=True))
    about["state"] = RequestState(about["state"])
    about["emulated"] = None if about["emulated"] is None else bool(about["emulated"])
    return RequestRow(**about)


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def get(journal: Journal, request_id: str) -> RequestRow:
    """One request.

    Raises
    ------
    KeyError
        There is none of that id.
    """
    found = journal.row(f"select {_COLUMNS} from requests where request_id = ?", (request_id,))  # noqa: S608
    if found is None:
        raise KeyError(request_id)
    return _row(found)


def in_states(journal: Journal, *states: RequestState) -> list[RequestRow]:
    """All requests in some states, in the order they were made."""
    marks = ", ".join("?" * len(states))
    sql = f"select {_COLUMNS} from requests where state in ({marks}) order by run_order"  # noqa: S608
    return [_row(found) for found in journal.rows(sql, [str(state) for state in states])]


def of_task(journal: Journal, task_id: str) -> RequestRow | None:
    """The request that made a task."""
    found = journal.row(f"select {_COLUMNS} from requests where task_id = ?", (task_id,))  # noqa: S608
    return None if found is None else _row(found)


def standing(journal: Journal, request: Request) -> list[RequestRow]:
    """Requests equal to this one that still stand, first replicate first."""
    sql = f"select {_COLUMNS} from requests where request_hash = ? and state in {STANDING} order by replicate_n"  # noqa: S608
    return [_row(found) for found in journal.rows(sql, (request_hash(request),))]


def spent_credits(source: Journal | Writing) -> float:
    """What the folder's requests cost or may still cost: accepted, under way, and undecided ones."""
    sql = (
        "select coalesce(sum(coalesce(credits, credits_estimated, 0)), 0) from requests "
        "where state in ('SENT', 'ACCEPTED', 'DONE', 'UNKNOWN', 'NEEDS_USER', 'FAILED')"
    )
    return float(source.value(sql) or 0.0)


# ── new requests ─────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Draft:
    """A request about to be recorded."""

    request: Request
    service: str
    credits_estimated: float | None
    replicate_n: int = 0
    emulated: bool | None = None


def record(journal: Journal, draft: Draft, *, now: float, error: SunoLabError | None = None) -> RequestRow:
    """Record a request as NEW, or as INVALID where ``error`` says why it is not sent.

    An equal one that another thread or process recorded first is returned instead.
    """
    request = draft.request
    key = (request_hash(request), draft.replicate_n)
    state = RequestState.NEW if error is None else RequestState.INVALID
    request_id = secrets.token_hex(16)
    with journal.write() as writing:
        if error is None:
            sql = f"select request_id from requests where request_hash = ? and replicate_n = ? and state in {STANDING}"  # noqa: S608
            request_id = writing.value(sql, key) or request_id
        if not writing.value("select 1 from requests where request_id = ?", (request_id,)):
            writing.insert("requests", _new_row(draft, request_id, key, state, now, error, writing))
            _event(writing, request_id, state, now, str(error) if error else None)
    return get(journal, request_id)


def _new_row(
    draft: Draft,
    request_id: str,
    key: tuple[str, int],
    state: RequestState,
    now: float,
    error: SunoLabError | None,
    writing: Writing,
) -> dict[str, Any]:
    request = draft.request
    return {
        "request_id": request_id,
        "run_order": writing.value("select coalesce(max(run_order), 0) + 1 from requests"),
        "operation": request.operation,
        "request_hash": key[0],
        "replicate_n": key[1],
        "prompt_id": prompt_id(request),
        "request": canonical(request_fields(request)),
        "model_requested": getattr(request, "model", None),
        "service": draft.service,
        "emulated": draft.emulated,
        "state": state,
        "status": state,
        "credits_estimated": draft.credits_estimated,
        "credits": 0.0 if error else None,
        "requested_at": now,
        "finished_at": now if error else None,
        **_error_columns(error),
    }


def _error_columns(error: SunoLabError | None) -> dict[str, Any]:
    if error is None:
        return {"error_type": None, "error_code": None, "error": None}
    return {"error_type": type(error).__name__, "error_code": getattr(error, "code", None) or None, "error": str(error)}


def _event(writing: Writing, request_id: str, state: RequestState, now: float, note: str | None = None) -> None:
    writing.insert("events", {"at": now, "request_id": request_id, "state": state, "note": note})


# ── changes of state ─────────────────────────────────────────────────────────────────────────────────────────────────
def mark_sent(
    journal: Journal, request_id: str, *, owner: str, body: bytes, now: float, max_credits: float | None
) -> bool:
    """Commit durably that this request is about to be sent.

    Returns
    -------
    bool
        False where somebody else has it in hand already; then nothing may be sent.

    Raises
    ------
    BudgetExceeded
        The ceiling would be passed; nothing may be sent.
    """
    with journal.write(durable=True) as writing:
        row = writing.execute(
            "select state, credits_estimated from requests where request_id = ?", (request_id,)
        ).fetchone()
        if row is None or row["state"] != RequestState.NEW:
            return False
        check_budget(writing, cost=row["credits_estimated"], max_credits=max_credits)
        change = {"state": RequestState.SENT, "status": RequestState.SENT, "owner": owner, "body": body, "sent_at": now}
        writing.update("requests", {**change, **_error_columns(None)}, where={"request_id": request_id})
        writing.execute("update requests set attempts_n = attempts_n + 1 where request_id = ?", (request_id,))
        _event(writing, request_id, RequestState.SENT, now)
    return True


def check_budget(source: Journal | Writing, *, cost: float | None, max_credits: float | None) -> None:
    """Refuse what could pass the ceiling."""
    if max_credits is None or cost == 0:
        return
    if cost is None:
        raise BudgetExceeded(
            f"no price is published for this call, so it cannot be kept under max_credits={max_credits:g}; "
            "nothing was sent. Open the session without max_credits to make it"
        )
    spent = spent_credits(source)
    if spent + cost > max_credits + 1e-9:
        raise BudgetExceeded(
            f"this call costs {cost:g} credits; with {spent:g} spent or under way in this folder it would pass "
            f"max_credits={max_credits:g}. Nothing was sent"
        )


def mark(
    journal: Journal,
    request_id: str,
    state: RequestState,
    *,
    now: float,
    error: SunoLabError | None = None,
    note: str | None = None,
    keep_error: bool = False,
    durable: bool = False,
    **columns: Any,
) -> None:
    """Move a request to a state, with the reason; ``keep_error`` leaves what is known about its error."""
    with journal.write(durable=durable) as writing:
        mark_in(writing, request_id, state, now=now, error=error, note=note, keep_error=keep_error, **columns)


def mark_in(
    writing: Writing,
    request_id: str,
    state: RequestState,
    *,
    now: float,
    error: SunoLabError | None = None,
    note: str | None = None,
    keep_error: bool = False,
    **columns: Any,
) -> None:
    """The same inside a transaction that is open already."""
    change = {"state": state, "status": state, **({} if keep_error else _error_columns(error)), **columns}
    writing.update("requests", change, where={"request_id": request_id})
    _event(writing, request_id, state, now, note or (str(error) if error else None))


def keep_answer(
    journal: Journal, request_id: str, value: Any, *, now: float, credits: float | None, **columns: Any
) -> None:
    """Keep the answer of a call that is answered at once."""
    with journal.write(durable=True) as writing:
        writing.upsert("answers", {"request_id": request_id, "value": canonical(value)}, key=("request_id",))
        done = {"answered_at": now, "finished_at": now, "credits": credits, **columns}
        mark_in(writing, request_id, RequestState.DONE, now=now, **done)


def answer(journal: Journal, request_id: str) -> Any:
    """The kept ``data`` of a call that was answered at once."""
    text = journal.value("select value from answers where request_id = ?", (request_id,))
    return json.loads(text) if text else None
