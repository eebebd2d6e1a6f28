"""Personas, made of clips, and style texts: calls that answer at once."""

from __future__ import annotations

import json
from typing import Any

from suno_lab.api import Body
from suno_lab.emulator.accepting import price
from suno_lab.emulator.asking import finished_clip
from suno_lab.emulator.call import Answer, Call, Immediate
from suno_lab.emulator.families.single_files import written_time
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.tasks import digest


def make_persona(call: Call, body: Body) -> Answer:
    """The style of a clip, kept; once per clip."""
    task, clip = finished_clip(call, body.get("audioId"), task_id=body.get("taskId"))
    if task.model == "V3_5":
        raise Refusal(No.INVALID, "Personas need a model newer than V3_5")
    persona_id = digest("persona", clip.piece_id).hex()[:32]
    if not call.state.keep("persona of", clip.piece_id, persona_id, replace=False):
        raise Refusal(No.EXISTS, "The persona already exists")
    truth = call.service.composer.truth(task, clip.place)
    style = str(body.get("style") or (clip.facts or {})["tags"])
    call.state.keep("persona", persona_id, {"style": style, "vocal_gender": truth.get("vocal_gender")})
    return Answer(data={"personaId": persona_id, "name": body["name"], "description": body["description"]})


def boost_style(call: Call, body: Body) -> Answer:
    """A longer style text."""
    from suno_lab.api import operations

    content = str(body["content"])
    seed = int.from_bytes(digest("style", call.service.settings.seed, content)[:6], "big")
    charged = price(call, operations()["boost_style"], body)
    data: dict[str, Any] = {
        "taskId": digest("style task", seed, call.now).hex()[:32],
        "param": json.dumps({"content": content}),
        "result": call.service.songs.boost_style(content, seed=seed),
        "creditsConsumed": charged,
        "creditsRemaining": round(call.state.balance(now=call.now) - charged, 2),
        "successFlag": "1",
        "errorCode": None,
        "errorMessage": "",
        "createTime": written_time(call.now),
    }
    return Answer(data=data)


IMMEDIATE = (
    Immediate(operation="make_persona", answer=make_persona),
    Immediate(operation="boost_style", answer=boost_style),
)
