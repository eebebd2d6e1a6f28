"""Request value → HTTP question, and HTTP answer → what it means. Nothing here sends."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from suno_lab.api import Operation, Request, error_parts, market
from suno_lab.api.contract import RecordEndpoint
from suno_lab.api.files import multipart_body
from suno_lab.api.hosts import Host
from suno_lab.client.account import Account
from suno_lab.errors import NotFound, ServiceError
from suno_lab.models import HttpReply, HttpRequest
from suno_lab.store.blobs import sniff

EMULATOR_HEADER = "x-suno-lab-emulator"


# ── questions ────────────────────────────────────────────────────────────────────────────────────────────────────────
def authorized(account: Account, content_type: str | None = None) -> dict[str, str]:
    """Headers of a call, the key among them. They go to the account's own addresses only, and are never kept."""
    made = {"accept": "application/json"}
    if content_type:
        made["content-type"] = content_type
    if account.key:
        made["authorization"] = f"Bearer {account.key.reveal()}"
    return made


def call_request(operation: Operation, request: Request, account: Account, *, request_id: str) -> HttpRequest:
    """The question of one operation."""
    callback_url = account.callback_for(request_id) if operation.callback_field else None
    if market.on_market(operation, account.host):
        body = market.market_body(operation, request, callback_url=callback_url)
        return json_post(f"{account.base_url}{market.CREATE_PATH}", body, account)
    base = account.upload_url if operation.upload else account.base_url
    if operation.encoding == "multipart":
        return form_request(operation, request, account)
    body = operation.wire_body(request, host=account.host.vocabulary, callback_url=callback_url)
    return json_post(f"{base}{operation.path}", body, account)


def form_request(operation: Operation, request: Request, account: Account) -> HttpRequest:
    """A file of this machine as ``multipart/form-data``, to the service's upload address."""
    fields = dict(request.items())
    path = Path(str(fields["path"])).expanduser()
    content = path.read_bytes()
    kind = sniff(content[:32])
    names = {"folder": "uploadPath", "name": "fileName"}
    content_type, body = multipart_body(
        {wire: str(fields[name]) for name, wire in names.items() if fields.get(name) is not None},
        file_field="file",
        file_name=str(fields.get("name") or path.name),
        content=content,
        content_type=kind[0] if kind else "application/octet-stream",
        boundary=secrets.token_hex(16),
    )
    url = f"{account.upload_url}{operation.path}"
    return HttpRequest(method="POST", url=url, headers=authorized(account, content_type), body=body)


def json_post(url: str, body: Mapping[str, Any], account: Account) -> HttpRequest:
    """A POST of JSON."""
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return HttpRequest(method="POST", url=url, headers=authorized(account, "application/json"), body=content)


def record_request(record: RecordEndpoint, task_id: str, account: Account) -> HttpRequest:
    """The question about one task."""
    query = urlencode({record.id_param: task_id})
    return HttpRequest(method="GET", url=f"{account.base_url}{record.path}?{query}", headers=authorized(account))


def plain_get(url: str, account: Account) -> HttpRequest:
    """A GET on the account's own address, with its key."""
    return HttpRequest(method="GET", url=url, headers=authorized(account))


# ── answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────
class Outcome(StrEnum):
    """What an answer says about a call that may cost something."""

    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"  #: certainly not accepted
    UNKNOWN = "UNKNOWN"  #: may have been accepted


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer, judged."""

    outcome: Outcome
    code: int
    data: Any = None
    envelope: Any = None
    error: ServiceError | None = None
    emulated: bool = False

    @property
    def task_id(self) -> str | None:
        """The id of the task the answer names, if it names one."""
        return task_id_in(self.envelope)


def task_id_in(envelope: Any) -> str | None:
    """The task id of an envelope: in ``data`` or beside it, in either casing."""
    if not isinstance(envelope, dict):
        return None
    data = envelope.get("data")
    places = (data, envelope) if isinstance(data, dict) else (envelope,)
    for place in places:
        for name in ("taskId", "task_id"):
            if isinstance(place.get(name), str) and place[name]:
                return place[name]
    return None


def judge(
    reply: HttpReply,
    host: Host,
    *,
    operation: str = "",
    request_id: str = "",
    task_id: str = "",
    record: RecordEndpoint | None = None,
) -> Answer:
    """Say what an answer means, by the body's code first and the HTTP status second.

    Give ``record`` for the answer of a record endpoint: some have codes that are states, not errors.
    """
    emulated = EMULATOR_HEADER in reply.headers
    envelope = read_json(reply.body)
    code, message = error_parts(envelope)
    if record is not None and code in record.flat_codes:
        flat = record.unwrap(envelope)
        code, message, envelope = flat.code, flat.message, {"data": flat.data}
    if code == 0:
        code, message = _from_status(reply, envelope)
    if code in (200, 201):
        return Answer(
            outcome=Outcome.ACCEPTED, code=code, data=envelope.get("data"), envelope=envelope, emulated=emulated
        )
    data = envelope.get("data") if isinstance(envelope, dict) else None
    error = host.error(
        code, message, operation=operation, request_id=request_id, task_id=task_id, data=data, emulated=emulated
    )
    outcome = Outcome.REFUSED if error.refused else Outcome.UNKNOWN
    return Answer(outcome=outcome, code=code, envelope=envelope, error=error, emulated=emulated)


def _from_status(reply: HttpReply, envelope: Any) -> tuple[int, str]:
    """A code where the body has none: the HTTP status if that is a refusal, else 500 – nobody knows."""
    if 400 <= reply.status < 500:
        return reply.status, "an answer without a code" if isinstance(envelope, dict) else "an answer that is no JSON"
    if reply.status >= 500:
        return reply.status, "an answer without a code"
    return 500, f"HTTP {reply.status} with a body that is not the service's: {reply.body[:80]!r}"


def read_json(body: bytes) -> Any:
    """JSON of a body; None where it is none. Not-a-number and too deep nesting count as none."""
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def is_absent(answer: Answer) -> bool:
    """Whether a record endpoint says that it does not know the task (yet)."""
    if answer.outcome is Outcome.ACCEPTED:
        return answer.data is None
    if answer.error is None:
        return False
    return isinstance(answer.error, NotFound) or "recordinfo is null" in answer.error.service_message.lower()
