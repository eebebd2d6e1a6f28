"""Fresh links for the clips of a task whose links are over."""

from __future__ import annotations

from typing import Any

from suno_lab.api import Body
from suno_lab.emulator.call import Call, Family, Prepared
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.tasks import Task
from suno_lab.models import TaskState


def prepare(call: Call, body: Body) -> Prepared:
    """All clips of a music task, whatever became of their links."""
    task_id = str(body.get("sunoTaskId") or body.get("task_id") or "")
    task = call.state.task(task_id)
    if task is None or task.family != "music":
        raise Refusal(No.MISSING)
    if task.state_at(call.now) is not TaskState.SUCCESS:
        raise Refusal(No.NOT_READY)
    clips = call.state.pieces_of(task_id, "clip")
    return Prepared(detail={"music": task_id}, pieces=tuple(("recovered", clip.piece_id) for clip in clips))


def record(call: Call, task: Task) -> dict[str, Any]:
    """The whole answer: this family has no envelope."""
    state = task.state_at(call.now)
    if state is not TaskState.SUCCESS:
        code, message = (500, "failed") if state is TaskState.FAILED else (201, "running")
        return {"code": code, "task_id": task.task_id, "msg": message, "data": None}
    music = call.state.task(str(task.detail["music"]))
    facts = {clip.piece_id: clip.facts or {} for clip in call.service.composer.clips(music)} if music else {}
    found = [
        {
            "id": piece.name,
            "audio_url": call.link(f"/files/{piece.piece_id}.mp3"),
            "title": facts.get(piece.name, {}).get("title", ""),
            "status": "success",
            "error": "",
        }
        for piece in call.state.pieces_of(task.task_id, "recovered")
    ]
    return {"code": 200, "task_id": task.task_id, "msg": "success", "data": found}


def produce_again(service: Any, task: Task, piece: Any) -> bytes:
    """The clip's MP3 once more."""
    from suno_lab.emulator.files import produce_piece

    clip = service.state.piece(piece.name)
    music = service.state.task(clip.task_id)
    return produce_piece(service, music, clip, ext="mp3")


FAMILIES = (
    Family(
        name="recovery",
        record=record,
        flat=True,
        id_name="task_id",
        prepare={"recover": prepare},
        produce={("recovered", "mp3"): produce_again},
        broken_status="failed",
    ),
)
