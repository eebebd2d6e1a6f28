"""kie's market route: the same operations over ``jobs/createTask`` and ``jobs/recordInfo``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from suno_lab.api import operations
from suno_lab.api.market import CREATE_PATH, RECORD_PATH, legacy_call, market_state, result_json
from suno_lab.emulator.accepting import accept, accept_answer
from suno_lab.emulator.call import Call
from suno_lab.emulator.families import families, immediate
from suno_lab.emulator.replies import No, Refusal, success
from suno_lab.emulator.tasks import Task
from suno_lab.models import HttpReply, TaskState

__all__ = ["CREATE_PATH", "RECORD_PATH", "create", "market_record"]


def create(call: Call, draw: Callable[[], tuple[str, ...]]) -> HttpReply:
    """``POST jobs/createTask``; ``draw`` gives the faults of the task."""
    sent = call.body()
    found = legacy_call(sent)
    if found is None:
        raise Refusal(No.INVALID, f"model {str(sent.get('model'))[:60]} is not supported")
    operation, body = found
    if not isinstance(sent.get("input"), dict):
        raise Refusal(No.INVALID, "input cannot be null")
    answering = immediate().get(operation.name)
    if answering is not None and operation.record is None:
        task_id = accept_answer(call, operation, answering, body=body, market=sent)
    else:
        family = families().get(operation.record.family) if operation.record else None
        if family is None or operation.name not in family.prepare:
            raise Refusal(No.DISABLED)
        task_id = accept(call, operation, family, body=body, struck=draw(), market=sent)
    return success({"taskId": task_id})


def market_record(call: Call, task: Task) -> dict[str, Any]:
    """``data`` of ``jobs/recordInfo``."""
    operation = operations()[task.operation]
    state = task.state_at(call.now)
    failure = task.failure if state.done else None
    data: Any = task.detail.get("data") if task.family == "answer" else None
    if state is TaskState.SUCCESS and data is None:
        data = families()[task.family].record(call, task)
    done_ms = int(task.ends_at * 1000) if state.done else None
    created_ms = int(task.accepted_at * 1000)
    return {
        "taskId": task.task_id,
        "model": operation.market_model,
        "state": "fail" if failure else market_state(state),
        "param": json.dumps(task.detail.get("market") or {}),
        "resultJson": result_json(operation, data) if state is TaskState.SUCCESS else "",
        "failCode": str(failure.code) if failure else "",
        "failMsg": failure.message if failure else "",
        "costTime": done_ms - created_ms if done_ms is not None else None,
        "completeTime": done_ms,
        "createTime": created_ms,
        "updateTime": done_ms or created_ms,
        "creditsConsumed": task.credits,
    }
