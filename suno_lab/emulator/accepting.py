"""Creation calls: checked against the contract, priced, booked, and turned into tasks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from functools import partial

from suno_lab.api import Body, Finding, Operation, refusals
from suno_lab.api.market import OPTIONAL_FIELDS
from suno_lab.emulator.addresses import may_follow
from suno_lab.emulator.call import Call, Family, Immediate, Prepared
from suno_lab.emulator.faults import sensitive_message
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.state import AccountEmpty, AlreadyMade, Plan, TooManyTasks
from suno_lab.emulator.tasks import FIRST_AT, TEXT_AT, Failure, Piece, Task, piece_id_of, seed_of

#: shares of a task's time at which its callbacks are due
STAGE_SHARES = {"text": TEXT_AT, "first": FIRST_AT}


def accept(
    call: Call, operation: Operation, family: Family, *, body: Body, struck: Iterable[str], market: Body | None = None
) -> str:
    """Take a task on.

    Parameters
    ----------
    body : dict
        The wire body on per-operation paths.
    struck : iterable of str
        Faults of this task.
    market : dict or None
        What was sent to the market route, when it came that way.

    Returns
    -------
    str
        The task's id.

    Raises
    ------
    Refusal
        Nothing was charged.
    """
    check(call, operation, body, optional=OPTIONAL_FIELDS.get(operation.name, ()) if market is not None else ())
    callback_url = callback_of(call, operation, body, required=market is None)
    kept = without_callback(call, operation, body)
    prepared = family.prepare[operation.name](call, kept)
    if market is not None:
        prepared = replace(prepared, detail={**prepared.detail, "market": market})
    credits = price(call, operation, kept)
    plan = partial(
        plan_task, call, operation, family, body=kept, prepared=prepared, credits=credits,
        callback_url=callback_url, faults=frozenset(struck),
    )  # fmt: skip
    try:
        return book(call, credits=credits, body=kept, plan=plan)
    except AlreadyMade as made:
        raise prepared.refuse_again(made.task_id) from None


def accept_answer(call: Call, operation: Operation, answering: Immediate, *, body: Body, market: Body) -> str:
    """On the market route a call that answers at once is a task too, finished when it is accepted."""
    check(call, operation, body)
    kept = without_callback(call, operation, body)
    data = answering.answer(call, kept).data
    credits = price(call, operation, kept)

    def plan(task_id: str) -> Plan:
        task = Task(
            task_id=task_id, operation=operation.name, family="answer", body=kept, accepted_at=call.now, takes_s=0.0,
            seed=seed_of(task_id), credits=credits, detail={"data": data, "market": market},
        )  # fmt: skip
        return Plan(task=task)

    return book(call, credits=credits, body=kept, plan=plan)


def book(call: Call, *, credits: float, body: Body, plan: Callable[[str], Plan] | None = None) -> str:
    """Charge a call and, with a plan, keep its task; refused when the account or the rate limit says no."""
    settings = call.service.settings
    try:
        return call.state.book(
            call.request.path, now=call.now, credits=credits, seed=settings.seed, plan=plan,
            body_hash=body_hash(call.request.path, body), rate_limit=settings.rate_limit,
        )  # fmt: skip
    except AccountEmpty:
        raise Refusal(No.NO_CREDITS) from None
    except TooManyTasks:
        raise Refusal(No.TOO_MANY) from None


# ── the contract ─────────────────────────────────────────────────────────────────────────────────────────────────────
def check(call: Call, operation: Operation, body: Body, *, optional: Container[str] = ()) -> None:
    """Refuse what the contract refuses; with ``strict_limits`` also what only some pages refuse.

    Fields in ``optional`` may be missing whatever per-operation pages say.
    """
    strict = call.service.settings.strict_limits
    found = operation.check(body, host=call.host.vocabulary)
    bad = refusals((one for one in found if one.kind != "missing" or one.field not in optional), strict=strict)
    if bad:
        raise Refusal(No.INVALID, _said(bad[0]))


def _said(finding: Finding) -> str:
    """A finding in the service's words: what is missing ``cannot be null`` there."""
    if finding.kind == "missing":
        return f"{finding.field} cannot be null"
    message = finding.message.replace("`", "").removesuffix("; sent all the same")
    return f"{message} ({finding.source})" if finding.source else message


def price(call: Call, operation: Operation, body: Body) -> float:
    """Credits for a call: the host's price, else kie's (the only published list), else nothing."""
    prices = (operation.price(body, host=host) for host in (call.host.vocabulary, "kie"))
    return next((credits for credits in prices if credits is not None), 0.0)


def without_callback(call: Call, operation: Operation, body: Body) -> Body:
    """The body as far as it is about the work; addresses differ from call to call, the work does not."""
    names = {operation.callback_on(call.host.vocabulary), "callBackUrl"}
    return {name: value for name, value in body.items() if name not in names}


def callback_of(call: Call, operation: Operation, body: Body, *, required: bool = True) -> str:
    """The callback address; refused where it is missing on a per-operation path, whatever the schema says.

    A host that spells the field in its own way is known to do without it (recovery at kie).
    """
    host = call.host.vocabulary
    name = operation.callback_on(host)
    given = body.get(name) if name else ""
    required = required and name == operation.callback_field != ""
    if required and (not isinstance(given, str) or not given.strip()):
        raise Refusal(No.INVALID, f"Please enter {name}" + ("." if host == "sunoapi" else ""))
    return str(given or "").strip()


def body_hash(path: str, body: Body) -> bytes:
    """What makes two requests the same request."""
    return hashlib.sha256(f"{path}\n{json.dumps(body, sort_keys=True)}".encode()).digest()


# ── the task ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def plan_task(
    call: Call, operation: Operation, family: Family, task_id: str, *, body: Body, prepared: Prepared,
    credits: float, callback_url: str, faults: frozenset[str],
) -> Plan:  # fmt: skip
    """Everything that the acceptance of a task writes down."""
    task = Task(
        task_id=task_id, operation=operation.name, family=family.name, body=body, accepted_at=call.now,
        takes_s=call.service.settings.latency_s * family.share, seed=seed_of(task_id), credits=credits,
        callback_url=callback_url, detail={"origin": call.request.origin, **prepared.detail}, faults=faults,
        failure=failure_of(family, prepared, faults),
    )  # fmt: skip
    pieces = tuple(
        Piece(piece_id=piece_id_of(task_id, kind, place), task_id=task_id, kind=kind, place=place, name=name)
        for place, (kind, name) in enumerate(prepared.pieces)
    )
    followed = callback_url != "" and may_follow(callback_url, call.service.settings.allow_hosts)
    notes = () if followed or not callback_url else (f"not sent: {callback_url[:200]} is not on this machine",)
    callbacks = callback_times(task, family, late_s=call.service.settings.latency_s) if followed else ()
    return Plan(task=task, pieces=pieces, callbacks=callbacks, notes=notes, once=prepared.once)


def failure_of(family: Family, prepared: Prepared, faults: frozenset[str]) -> Failure | None:
    """How the task will end badly, if it will."""
    moderated = family.failures.get("sensitive_word")
    message = sensitive_message(prepared.checked_text)
    if moderated and message:
        return Failure(status=moderated.status, code=moderated.code, message=message)
    return next((family.failures[name] for name in sorted(faults) if name in family.failures), None)


def callback_times(task: Task, family: Family, *, late_s: float) -> tuple[tuple[str, float], ...]:
    """Stage and due moment (Unix seconds) of every callback of a task."""
    late = late_s if "late_callback" in task.faults else 0.0
    stages: tuple[str, ...] = ("error",) if task.failure and task.failure.refunds else family.stages
    if "skipped_states" in task.faults:
        stages = stages[-1:]
    if task.failure and task.failure.status == "CALLBACK_EXCEPTION":
        stages = ()
    times = [(s, task.accepted_at + task.takes_s * STAGE_SHARES.get(s, 1.0) + late) for s in stages]
    return tuple(times * 2 if "duplicate_callback" in task.faults else times)
