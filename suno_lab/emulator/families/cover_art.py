"""Cover images of a music task; drawn once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from suno_lab.api import Body
from suno_lab.emulator.asking import finished_task
from suno_lab.emulator.call import Call, Family, Prepared, Service
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.tasks import Piece, Task
from suno_lab.models import TaskState

#: the family's own numbers (in the MIDI family 2 is a failure)
PENDING, DONE, DRAWING, FAILED = 0, 1, 2, 3


def prepare(call: Call, body: Body) -> Prepared:
    """Two images; a second call is refused and names the first."""
    task = finished_task(call, body.get("taskId"))
    return Prepared(
        detail={"music": task.task_id},
        pieces=(("cover", ""), ("cover", "")),
        once=("cover", task.task_id),
        refuse_again=lambda made: Refusal(No.EXISTS, "The cover already exists", data={"taskId": made}, code=400),
    )


def record(call: Call, task: Task) -> dict[str, Any]:
    """``data`` of the record endpoint."""
    state = task.state_at(call.now)
    failure = task.failure if state.done else None
    done = state is TaskState.SUCCESS
    drawn = call.state.pieces_of(task.task_id, "cover") if done else []
    halfway = call.now > task.accepted_at + task.takes_s / 2
    return {
        "taskId": task.task_id,
        "parentTaskId": task.body.get("taskId"),
        "callbackUrl": task.callback_url,
        "completeTime": iso_time(task.ends_at) if state.done else None,
        "response": {"images": [call.link(f"/files/{p.piece_id}.jpeg") for p in drawn]} if done else None,
        "successFlag": FAILED if failure else DONE if done else DRAWING if halfway else PENDING,
        "createTime": iso_time(task.accepted_at),
        "errorCode": failure.code if failure else 200,
        "errorMessage": failure.message if failure else "",
    }


def iso_time(moment: float) -> str:
    """Unix seconds as ``2025-01-15T10:35:27.000Z``."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(moment * 1000) % 1000:03d}Z"


def produce_image(service: Service, task: Task, piece: Piece) -> bytes:
    """One image; says "emulated" on its face."""
    music = service.state.task(str(task.detail["music"]))
    assert music is not None, "tasks are never deleted"
    facts = service.composer.clips(music)[0].facts or {}
    return service.songs.draw_cover(str(facts["title"]), str(facts["tags"]), seed=task.seed + piece.place)


FAMILIES = (
    Family(name="cover", record=record, prepare={"draw_cover": prepare}, produce={("cover", "jpeg"): produce_image}),
)
