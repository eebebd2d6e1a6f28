"""Callbacks: what is due is sent, repeated when nobody answers, and written into the ledger."""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Callable
from typing import Any, cast

from suno_lab.api import operations
from suno_lab.api.callbacks import (
    ANSWER_WITHIN_S,
    REPETITIONS,
    Stage,
    callback_payload,
    market_callback_payload,
    signature_headers,
)
from suno_lab.emulator.addresses import exchange, may_follow
from suno_lab.emulator.call import Call, Service
from suno_lab.emulator.families import families
from suno_lab.emulator.replies import MARK, emulator_version
from suno_lab.emulator.state import DueCallback
from suno_lab.emulator.tasks import Task
from suno_lab.models import HttpRequest

log = logging.getLogger(__name__)

#: pauses before the repetitions; the service does not say what its own are
PAUSES_S = (1.0, 3.0, 9.0)
Post = Callable[[str, bytes, dict[str, str]], int]


def deliver_due(service: Service, *, now: float, origin: str = "", post: Post | None = None) -> int:
    """Send what is due.

    Parameters
    ----------
    now : float
        Unix seconds.
    origin : str
        Where links point to; by default where the task was created.
    post : callable or None
        (address, body, headers) → HTTP status; raises OSError when nobody answers.

    Returns
    -------
    int
        How many were tried.
    """
    tried = 0
    for due in service.state.due_callbacks(now=now):
        task = service.state.task(due.task_id)
        if task is None or not service.state.claim_callback(due, now=now, lease_s=2 * ANSWER_WITHIN_S):
            continue
        tried += 1
        try:
            payload = payload_of(service, task, due.stage, now=now, origin=origin or str(task.detail.get("origin")))
        except Exception as problem:  # the border of one callback: what cannot be told is given up
            log.exception("the callback %s of task %s could not be made", due.stage, due.task_id)
            service.state.settle_callback(due, state="lost", due_at=now)
            note = f"{due.stage}: {type(problem).__name__}: {problem}"[:500]
            service.state.note("broken", due.url, now=now, task_id=due.task_id, note=note)
            continue
        _deliver(service, due, payload, now=now, post=post or _poster(service))
    return tried


def payload_of(service: Service, task: Task, stage: str, *, now: float, origin: str) -> dict[str, Any]:
    """The body of one callback."""
    operation = operations()[task.operation]
    moment = max(now, task.ends_at) if stage in ("complete", "error") else now
    call = Call(HttpRequest(method="GET", url=origin + "/"), moment, service)
    if "market" in task.detail:
        from suno_lab.emulator.market import market_record

        return market_callback_payload(market_record(call, task))
    failure = task.failure if stage == "error" else None
    return callback_payload(
        operation, task_id=task.task_id, data=families()[task.family].record(call, task),
        host=service.host.vocabulary, stage=cast(Stage, stage), code=failure.code if failure else None,
        message=failure.message if failure else None,
    )  # fmt: skip


def _deliver(service: Service, due: DueCallback, payload: dict[str, Any], *, now: float, post: Post) -> None:
    key = service.settings.webhook_hmac_key
    headers = {"content-type": "application/json", MARK: emulator_version()}
    if key:
        headers |= signature_headers(due.task_id, now_s=now, hmac_key=key)
    try:
        status = post(due.url, json.dumps(payload).encode(), headers)
        said = f"answered {status}"
    except (OSError, http.client.HTTPException, ValueError) as problem:
        status, said = 0, f"not answered ({type(problem).__name__})"
    again = due.attempts < REPETITIONS
    if status == 200:
        service.state.settle_callback(due, state="sent", due_at=now)
    else:
        pause_s = PAUSES_S[min(due.attempts, len(PAUSES_S) - 1)]
        service.state.settle_callback(due, state="due" if again else "lost", due_at=now + pause_s)
    service.state.note(
        "callback", due.url, now=now, task_id=due.task_id, code=status,
        note=f"{due.stage}, attempt {due.attempts + 1}: {said}",
    )  # fmt: skip


def _poster(service: Service) -> Post:
    allowed = service.settings.allow_hosts

    def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        if not may_follow(url, allowed):
            raise ValueError("not this machine")
        status, _ = exchange("POST", url, allowed=allowed, timeout_s=ANSWER_WITHIN_S, body=body, headers=headers)
        return status

    return post
