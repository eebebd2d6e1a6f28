"""The raw questions and answers, kept before they are judged. Headers of ours are not among them."""

from __future__ import annotations

import json

from suno_lab.models import HttpReply, HttpRequest
from suno_lab.store.journal import Journal, Writing

#: of the answer's headers, the ones that say something about it
KEPT_HEADERS = ("content-type", "retry-after", "date", "x-request-id", "x-suno-lab-emulator", "cf-ray")


def keep(
    writing: Writing,
    request: HttpRequest,
    reply: HttpReply | None,
    *,
    purpose: str,
    asked_at: float,
    latency_s: float,
    operation: str = "",
    request_id: str | None = None,
    task_id: str | None = None,
    code: int | None = None,
    error: str | None = None,
) -> None:
    """Add one exchange to an open transaction."""
    headers = {name: reply.headers[name] for name in KEPT_HEADERS if name in reply.headers} if reply else {}
    writing.insert(
        "exchanges",
        {
            "request_id": request_id,
            "task_id": task_id,
            "operation": operation,
            "purpose": purpose,
            "method": request.method,
            "url": request.url,
            "sent": None if _is_form(request) else request.body or None,
            "status": reply.status if reply else None,
            "code": code,
            "got": reply.body if reply else None,
            "reply_headers": json.dumps(headers),
            "error": error,
            "asked_at": asked_at,
            "latency_s": latency_s,
        },
    )


def _is_form(request: HttpRequest) -> bool:
    """Whether the body carries a file: that is kept as a file, not here."""
    return request.headers.get("content-type", "").startswith("multipart/")


def last_answer(journal: Journal, task_id: str) -> bytes | None:
    """The body of the latest kept answer about a task."""
    sql = "select got from exchanges where task_id = ? and purpose = 'poll' order by exchange_id desc limit 1"
    return journal.value(sql, (task_id,))
