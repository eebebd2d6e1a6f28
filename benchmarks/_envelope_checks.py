"""Checks for schemathesis that read the body ``code``, because this service says no under HTTP 200.

Loaded by schemathesis itself (``SCHEMATHESIS_HOOKS``). Each takes the place of one of its own checks that demands an
HTTP status from 400 to 499; ``benchmarks.fuzz.REPLACED`` says which. ``code_is_known`` is demanded besides.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import schemathesis
from schemathesis.specs.openapi import checks as theirs

from suno_lab.emulator.replies import CODES

if TYPE_CHECKING:
    from schemathesis import Case, CheckContext, Response

KNOWN_CODES = {200, 201} | {code for codes in CODES.values() for code in codes.values()}
_asked_without_key: set[str] = set()


def said(response: Response) -> dict[str, Any] | None:
    """The envelope of an answer, or None for a file."""
    try:
        envelope = json.loads(response.content)
    except ValueError:
        return None
    return envelope if isinstance(envelope, dict) and "code" in envelope else None


def by_code(response: Response) -> Response:
    """The same answer as if its body code were its HTTP status; every refusal counts as 400."""
    envelope = said(response)
    if envelope is None:
        return response
    seen = copy.copy(response)
    seen.status_code = 400 if 400 <= envelope["code"] < 500 else envelope["code"]
    return seen


@schemathesis.check
def code_rejects_negative_data(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """Bodies and parameters that break the description get a body code from 400 to 499."""
    if (
        case.media_type == "multipart/form-data"
        and isinstance(case.body, dict)
        and {"file", "uploadPath"} <= set(case.body)
    ):
        return None  # the parts of a form are texts, whatever type they had before they were written into it
    return theirs.negative_data_rejection(ctx, by_code(response), case)


@schemathesis.check
def code_without_key(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """Without the key, and with a wrong one, every operation that wants it answers code 401 and nothing else."""
    operation = case.operation
    if operation.label in _asked_without_key or not theirs.get_security_parameters(operation):
        return None
    _asked_without_key.add(operation.label)
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        probe = operation.Case(
            method=operation.method, headers=headers, query=dict(case.query or {}), body=case.body,
            media_type=case.media_type, path_parameters=dict(case.path_parameters or {}),
        )  # fmt: skip
        envelope = said(probe.call())
        assert envelope is not None, f"{operation.label} without its key answered with no envelope"
        assert (envelope["code"], envelope["data"]) == (401, None), f"{operation.label} without its key: {envelope}"
    return None


@schemathesis.check
def code_of_unknown_method(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """Methods that are not described get code 404 under HTTP 404: the service knows no 405 for them."""
    method = str(response.request.method)
    if method.upper() in {operation.method.upper() for operation in _operations_at(case)} | {"OPTIONS", "HEAD"}:
        return None
    envelope = said(response)
    assert response.status_code == 404, f"{method} {case.path} answered HTTP {response.status_code}"
    assert envelope is not None, f"{method} {case.path} answered with no envelope"
    assert envelope["code"] == 404, f"{method} {case.path} answered {envelope}"
    return None


def _operations_at(case: Case) -> list[Any]:
    found = (result.ok() for result in case.operation.schema.get_all_operations())
    return [operation for operation in found if operation.path == case.operation.path]


@schemathesis.check
def code_is_known(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """Every envelope has a code that the service is known to use, and a refusal says why."""
    envelope = said(response)
    if envelope is None:
        return None
    code = envelope["code"]
    assert code in KNOWN_CODES, f"code {code} is no code of the service"
    assert code < 500, f"an operation broke: {envelope}"
    assert isinstance(envelope["msg"], str), f"msg is no text: {envelope}"
    assert envelope["msg"], f"nothing is said: {envelope}"
    return None
