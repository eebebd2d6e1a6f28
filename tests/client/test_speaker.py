"""An error says who answered, and names the product that exists already."""

from __future__ import annotations

import json

from suno_lab.api.hosts import KIE
from suno_lab.client.calls import EMULATOR_HEADER, judge
from suno_lab.errors import AlreadyExists, Unauthorized
from suno_lab.models import HttpReply


def reply(code: int, message: str, data: object = None, **headers: str) -> HttpReply:
    body = json.dumps({"code": code, "msg": message, "data": data}).encode()
    return HttpReply(status=200, headers=headers, body=body)


def test_the_emulator_never_speaks_as_the_service() -> None:
    refused = judge(reply(401, "no", **{EMULATOR_HEADER: "1"}), KIE).error
    assert isinstance(refused, Unauthorized)
    assert refused.service == "emulator"
    assert str(refused).startswith("the emulator (as kie) answered 401")
    assert judge(reply(401, "no"), KIE).error.service == "kie"  # type: ignore[union-attr]


def test_a_repeated_cover_names_the_old_task() -> None:
    error = judge(reply(400, "cover exists", {"taskId": "ab" * 16}), KIE, operation="draw_cover").error
    assert isinstance(error, AlreadyExists)
    assert error.existing_task_id == "ab" * 16
