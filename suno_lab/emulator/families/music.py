"""Clips: everything that is looked up at ``/api/v1/generate/record-info``."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from suno_lab.api import operations
from suno_lab.api.song_models import BY_NAME
from suno_lab.emulator.asking import PREPARE
from suno_lab.emulator.call import Call, Family, Service
from suno_lab.emulator.files import clip_link, produce_piece
from suno_lab.emulator.tasks import Failure, Piece, Task
from suno_lab.models import TaskState

STATUS: Mapping[TaskState, str] = {
    TaskState.PENDING: "PENDING",
    TaskState.TEXT: "TEXT_SUCCESS",
    TaskState.FIRST: "FIRST_SUCCESS",
    TaskState.SUCCESS: "SUCCESS",
}


def upstream_name(model: str) -> str:
    """The name that answers carry for a model; of models whose name nobody has seen, an own one."""
    known = BY_NAME.get(model)
    return known.upstream if known and known.upstream else f"emulated-{model.lower()}"


# ── looking up ───────────────────────────────────────────────────────────────────────────────────────────────────────
def record(call: Call, task: Task) -> dict[str, Any]:
    """``data`` of the record endpoint."""
    state = task.state_at(call.now)
    failure = task.failure if state.done else None
    return {
        "taskId": task.task_id,
        "parentMusicId": str(task.detail.get("parent") or ""),
        "param": json.dumps(task.body),
        "response": _response(call, task, state),
        "status": failure.status if failure else STATUS[state],
        "type": upstream_name(task.model),
        "operationType": operations()[task.operation].operation_type or task.operation,
        "errorCode": failure.code if failure else None,
        "errorMessage": failure.message if failure else None,
        "createTime": int(task.accepted_at * 1000),
    }


def _response(call: Call, task: Task, state: TaskState) -> dict[str, Any] | None:
    if state is TaskState.PENDING:
        return None
    if state is TaskState.FAILED:
        message = task.failure.message if task.failure else ""
        return {"taskId": task.task_id, "sunoData": [], "errorMessage": message}
    return {"taskId": task.task_id, "sunoData": tracks(call, task, state)}


def tracks(call: Call, task: Task, state: TaskState) -> list[dict[str, Any]]:
    """The clips as the record shows them in that state."""
    ready_n = {TaskState.TEXT: 0, TaskState.FIRST: 1, TaskState.SUCCESS: 2}[state]
    clips = call.service.composer.clips(task)
    for piece in clips:  # whoever reads the words will want to hear them
        make_ahead(call.service, task, piece)
    return [_track(call, task, piece, ready=piece.place < ready_n) for piece in clips]


def _track(call: Call, task: Task, piece: Piece, *, ready: bool) -> dict[str, Any]:
    facts = piece.facts or {}
    audio = clip_link(call, task, piece) if ready else ""
    image = call.link(f"/files/{piece.piece_id}.jpeg")
    handle = base64.b64encode(piece.piece_id.encode()).decode().rstrip("=")
    timed = ready and "null_duration" not in task.faults
    return {
        "id": piece.piece_id,
        "audioUrl": "" if "success_without_audio" in task.faults else audio,
        "sourceAudioUrl": audio,
        "streamAudioUrl": call.link(f"/stream/{handle}"),
        "sourceStreamAudioUrl": call.link(f"/stream/{handle}"),
        "imageUrl": image,
        "sourceImageUrl": image,
        "prompt": facts.get("lyrics", ""),
        "modelName": upstream_name(task.model),
        "title": facts.get("title", ""),
        "tags": facts.get("tags", ""),
        "createTime": int(task.accepted_at * 1000),
        "duration": round(float(facts["duration_s"]), 6) if timed else None,
    }


def make_ahead(service: Service, task: Task, piece: Piece) -> None:
    """Have the audio of a clip made before it is asked for."""
    service.media.ahead(piece.piece_id, lambda: produce_piece(service, task, piece, ext="mp3"))


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def produce_mp3(service: Service, task: Task, piece: Piece) -> bytes:
    """The clip as MP3."""
    sound = service.composer.sound(task, piece.place)
    return service.songs.encode_mp3(sound.mix, sound.sr)


def produce_cover(service: Service, task: Task, piece: Piece) -> bytes:
    """The picture of the clip."""
    facts = service.composer.clips(task)[piece.place].facts or {}
    return service.songs.draw_cover(str(facts["title"]), str(facts["tags"]), seed=task.seed + piece.place)


FAMILIES = (
    Family(
        name="music",
        share=1.0,
        record=record,
        stages=("text", "first", "complete"),
        failures={
            "refunded_531": Failure(
                status="GENERATE_AUDIO_FAILED", code=531, message="Generation failed, the credits have been refunded"
            ),
            "sensitive_word": Failure(
                status="SENSITIVE_WORD_ERROR", code=400, message="Song Description flagged for moderation"
            ),
            "callback_exception": Failure(
                status="CALLBACK_EXCEPTION", code=500, message="The callback could not be delivered"
            ),
        },
        broken_status="GENERATE_AUDIO_FAILED",
        prepare=PREPARE,
        produce={("clip", "mp3"): produce_mp3, ("clip", "jpeg"): produce_cover},
    ),
)
