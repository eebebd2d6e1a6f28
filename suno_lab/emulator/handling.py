"""One function from question to answer: ``handle(request, …) → reply``. State and clock are arguments."""

from __future__ import annotations

import hmac
import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from suno_lab.api import Operation, operations
from suno_lab.api.contract import RecordEndpoint
from suno_lab.api.hosts import PROFILES
from suno_lab.emulator import control, files, market
from suno_lab.emulator.accepting import accept, book, check, price
from suno_lab.emulator.call import Call, Immediate, Service
from suno_lab.emulator.families import families, immediate
from suno_lab.emulator.families.uploads import serve_upload
from suno_lab.emulator.faults import Dice, Strikes
from suno_lab.emulator.replies import MESSAGES, No, Refusal, as_bytes, as_json, success
from suno_lab.emulator.tasks import Failure, Task
from suno_lab.models import HttpReply, HttpRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Broken:
    """An answer that the wire does not bring as it is.

    Attributes
    ----------
    fault : str
        ``connection_reset``, ``lost_answer``, ``truncated_body`` or ``slow_answer``.
    reply : HttpReply or None
        What would have been said.
    """

    fault: str
    reply: HttpReply | None = None


_BEFORE: Mapping[str, No] = {
    "rate_limit": No.TOO_MANY,
    "no_credits": No.NO_CREDITS,
    "maintenance": No.MAINTENANCE,
    "server_error": No.SERVER_ERROR,
}
Handler = Callable[[Call, "Draw"], HttpReply]
Draw = Callable[..., tuple[str, ...]]


def handle(request: HttpRequest, *, service: Service, now: float, dice: Dice) -> HttpReply | Broken:
    """Answer one question.

    Parameters
    ----------
    request : HttpRequest
        Method, address, headers (lower case), body.
    service : Service
        State, settings, song maker: what the answer depends on besides the question.
    now : float
        Unix seconds.
    dice : Dice
        Decides which faults strike.

    Returns
    -------
    HttpReply or Broken
        ``Broken`` only when a fault of the wire was asked for.
    """
    call = Call(request, now, service)
    try:
        return _answer(call, dice)
    except Refusal as no:
        return no.reply(service.host)
    except Exception as problem:  # the border: whatever breaks is recorded and answered
        log.exception("%s %s broke", request.method, request.path)
        _record_break(call, problem)
        return Refusal(No.SERVER_ERROR).reply(service.host)


def _record_break(call: Call, problem: Exception) -> None:
    note = f"{type(problem).__name__}: {problem}"[:500]
    try:
        call.state.note("broken", call.request.path, now=call.now, note=note, code=500)
    except sqlite3.Error:
        log.exception("the break could not be written into the ledger")


def _answer(call: Call, dice: Dice) -> HttpReply | Broken:
    path, method = call.request.path, call.request.method
    if not path.startswith("/api/"):
        return control.answer(call) or _file(call)
    handler = routes(call.host.name).get((method, path))
    if handler is None:
        return Refusal(No.NO_PATH).reply(call.host)
    draw = partial(dice.struck, control.fault_rates(call))
    before = draw((Strikes.CREATION, Strikes.CALL) if method == "POST" else (Strikes.CALL,))
    if before:
        return _stopped(call, before[0])
    reply = _authorised(call, handler, draw)
    after = draw((Strikes.ANSWER,))
    return _spoiled(call, after[0], reply) if after else reply


def _file(call: Call) -> HttpReply:
    if call.request.method in ("GET", "HEAD"):
        if call.request.path.startswith("/files/"):
            return files.serve_file(call)
        if call.request.path.startswith("/stream/"):
            return files.serve_stream(call)
        if call.request.path.startswith("/uploads/"):
            return serve_upload(call)
    return Refusal(No.NO_PATH).reply(call.host)


def _authorised(call: Call, handler: Handler, draw: Draw) -> HttpReply:
    """The handler's answer; every POST that is refused is written down too."""
    try:
        check_key(call)
        return handler(call, draw)
    except Refusal as no:
        if call.request.method == "POST":
            code = no.code(call.host)
            call.state.note("post", call.request.path, now=call.now, note=str(no)[:500], code=code)
        return no.upload_reply(call.host) if call.request.path.endswith("-upload") else no.reply(call.host)


def check_key(call: Call) -> None:
    """Refuse a call without the emulator's key, where it has one."""
    key = call.service.key
    given = call.request.headers.get("authorization", "")
    if key and not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {key.reveal()}".encode()):
        raise Refusal(No.UNAUTHORIZED)


def _stopped(call: Call, fault: str) -> HttpReply | Broken:
    call.state.note("fault", call.request.path, now=call.now, note=fault)
    if fault in _BEFORE:
        return Refusal(_BEFORE[fault]).reply(call.host)
    return Broken(fault=fault)


def _spoiled(call: Call, fault: str, reply: HttpReply) -> HttpReply | Broken:
    call.state.note("fault", call.request.path, now=call.now, note=fault)
    if fault == "wrong_json":
        return as_bytes(b'{"code":200,"msg":"succ<html>bad gateway</html>', "application/json")
    return Broken(fault=fault, reply=reply)


# ── routes, made from the service's rows ─────────────────────────────────────────────────────────────────────────────
@cache
def routes(host_name: str) -> Mapping[tuple[str, str], Handler]:
    """(method, path) → handler, for one host."""
    host = PROFILES[host_name]
    found: dict[tuple[str, str], Handler] = {}
    for operation in operations().values():
        if host.vocabulary not in operation.hosts:
            continue
        path = host.credit_path if operation.name == "balance" else operation.path
        found[operation.method, path] = _handler(operation)
        if operation.record is not None:
            found["GET", operation.record.path] = partial(_look_up, operation.record)
    if host.vocabulary == "kie":
        found["POST", market.CREATE_PATH] = _market_create
        found["GET", market.RECORD_PATH] = _market_look_up
    return found


def _handler(operation: Operation) -> Handler:
    if operation.record is not None:
        return partial(_create, operation)
    answering = immediate().get(operation.name)
    return partial(_at_once, operation, answering) if answering else _disabled


def _disabled(call: Call, draw: Draw) -> HttpReply:
    raise Refusal(No.DISABLED)


def _create(operation: Operation, call: Call, draw: Draw) -> HttpReply:
    family = families().get(operation.record.family) if operation.record else None
    if family is None or operation.name not in family.prepare:
        raise Refusal(No.DISABLED)
    task_id = accept(call, operation, family, body=call.body(), struck=draw((Strikes.TASK,)))
    return success({family.id_name: task_id})


def _at_once(operation: Operation, answering: Immediate, call: Call, draw: Draw) -> HttpReply:
    if operation.method == "GET":
        return success(answering.answer(call, {}).data)
    body = call.body() if answering.reads_json else {}
    if answering.reads_json:
        check(call, operation, body)
    answer = answering.answer(call, body)
    book(call, credits=price(call, operation, body), body=body)
    return answer.reply or success(answer.data)


def _look_up(endpoint: RecordEndpoint, call: Call, draw: Draw) -> HttpReply:
    task = _task_asked_for(call, endpoint.id_param)
    family = families().get(endpoint.family)
    if family is None or task is None or task.family != family.name:
        return success(None)
    shown = _shown(call, task, lambda found: family.record(call, found))
    return as_json(shown) if family.flat else success(shown)


def _market_create(call: Call, draw: Draw) -> HttpReply:
    return market.create(call, lambda: draw((Strikes.TASK,)))


def _market_look_up(call: Call, draw: Draw) -> HttpReply:
    task = _task_asked_for(call, "taskId")
    if task is None:
        raise Refusal(No.INVALID, "recordInfo is null")
    return success(_shown(call, task, lambda found: market.market_record(call, found)))


def _task_asked_for(call: Call, id_param: str) -> Task | None:
    task_id = call.query.get(id_param, "")
    if not task_id:
        raise Refusal(No.INVALID, f"{id_param} parameter is required", code=400)
    if call.service.settings.rate_limit and not call.service.reads.allow(task_id, now=call.now):
        raise Refusal(No.TOO_MANY)
    return call.state.task(task_id)


def _shown(call: Call, task: Task, record: Callable[[Task], Any]) -> Any:
    """A task's record; what cannot be made ends the task, which is then shown as failed."""
    try:
        return record(task)
    except (Refusal, OSError, sqlite3.Error):
        raise
    except Exception as problem:  # the border of one task
        log.exception("task %s could not be made", task.task_id)
        note = f"{type(problem).__name__}: {problem}"[:500]
        call.state.note("broken", call.request.path, now=call.now, task_id=task.task_id, note=note)
        status = families()[task.family].broken_status if task.family in families() else "fail"
        call.state.fail(task, Failure(status=status, code=500, message=MESSAGES[No.SERVER_ERROR]), now=call.now)
        return record(call.state.task(task.task_id) or task)
