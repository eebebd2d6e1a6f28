"""Clips: everything that is looked up at ``/api/v1/generate/record-info``."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping
from typing import Any

from suno_lab.api import Body, operations
from suno_lab.api.song_models import BY_NAME
from suno_lab.emulator.call import Call, Family, Prepared, Service
from suno_lab.emulator.files import clip_link, produce_piece
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.tasks import Failure, Piece, Task
from suno_lab.models import TaskState

STATUS: Mapping[TaskState, str] = {
    TaskState.PENDING: "PENDING",
    TaskState.TEXT: "TEXT_SUCCESS",
    TaskState.FIRST: "FIRST_SUCCESS",
    TaskState.SUCCESS: "SUCCESS",
}
STAGE_MESSAGES: Mapping[str, str] = {
    "text": "Text generation completed.",
    "first": "First track generated successfully.",
    "complete": "All generated successfully.",
}
TWO_CLIPS = (("clip", ""), ("clip", ""))


def upstream_name(model: str) -> str:
    """The name that answers carry for a model; of models whose name nobody has seen, an own one."""
    known = BY_NAME.get(model)
    return known.upstream if known and known.upstream else f"emulated-{model.lower()}"


# ── accepting ────────────────────────────────────────────────────────────────────────────────────────────────────────
def prepare_generate(call: Call, body: Body) -> Prepared:
    """A song from words."""
    return Prepared(pieces=TWO_CLIPS, checked_text=words_of(body))


def prepare_extend(call: Call, body: Body) -> Prepared:
    """A song that goes on where another one is."""
    source, clip = finished_clip(call, body.get("audioId"))
    length_s = float((clip.facts or {})["duration_s"])
    own = body.get("defaultParamFlag") is True
    continue_at_s = float(body["continueAt"]) if own else None
    if continue_at_s is not None and not 0 < continue_at_s < length_s:
        raise Refusal(No.INVALID, f"continueAt must lie between 0 and the audio's length, {length_s:.2f} seconds")
    detail: dict[str, Any] = {
        "source": [source.task_id, clip.place],
        "continue_at_s": continue_at_s,
        "parent": clip.piece_id,
    }
    if not own:
        detail["inherited"] = {key: value for key, value in source.body.items() if key not in _NOT_INHERITED}
    return Prepared(detail=detail, pieces=TWO_CLIPS, checked_text=words_of(body))


_NOT_INHERITED = frozenset({"model", "duration", "customMode", "audioId", "defaultParamFlag", "continueAt"})


def words_of(body: Body) -> str:
    """Everything in a body that moderation reads."""
    return "\n".join(str(body[name]) for name in ("prompt", "style", "title", "tags", "lyrics") if body.get(name))


def finished_clip(call: Call, clip_id: Any, *, task_id: Any = None) -> tuple[Task, Piece]:
    """The clip a body names, with its task; refused when there is none, or when it is not finished."""
    piece = call.state.piece(str(clip_id or ""))
    task = call.state.task(piece.task_id) if piece and piece.kind == "clip" else None
    if piece is None or task is None or (task_id is not None and task.task_id != task_id):
        raise Refusal(No.MISSING, "Audio not found" if piece is None or task is None else "")
    if task.state_at(call.now) is not TaskState.SUCCESS:
        raise Refusal(No.NOT_READY)
    return task, call.service.composer.clips(task)[piece.place]


def finished_task(call: Call, task_id: Any) -> Task:
    """The finished music task a body names."""
    task = call.state.task(str(task_id or ""))
    if task is None or task.family != "music":
        raise Refusal(No.MISSING)
    if task.state_at(call.now) is not TaskState.SUCCESS:
        raise Refusal(No.NOT_READY)
    return task


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
        "type": upstream_name(str(task.body.get("model") or "")),
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
    for piece in clips[:ready_n]:
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
        "modelName": upstream_name(str(task.body.get("model") or "")),
        "title": facts.get("title", ""),
        "tags": facts.get("tags", ""),
        "createTime": int(task.accepted_at * 1000),
        "duration": round(float(facts["duration_s"]), 6) if timed else None,
    }


def make_ahead(service: Service, task: Task, piece: Piece) -> None:
    """Have the audio of a clip made before it is asked for."""
    service.media.ahead(piece.piece_id, lambda: produce_piece(service, task, piece, ext="mp3"))


# ── calling back ─────────────────────────────────────────────────────────────────────────────────────────────────────
_SNAKE: Mapping[str, str] = {
    "id": "id",
    "audioUrl": "audio_url",
    "sourceAudioUrl": "source_audio_url",
    "streamAudioUrl": "stream_audio_url",
    "sourceStreamAudioUrl": "source_stream_audio_url",
    "imageUrl": "image_url",
    "sourceImageUrl": "source_image_url",
    "prompt": "prompt",
    "modelName": "model_name",
    "title": "title",
    "tags": "tags",
    "createTime": "createTime",
    "duration": "duration",
}


def callback(call: Call, task: Task, stage: str) -> dict[str, Any]:
    """The payload of one stage."""
    about = {"callbackType": stage, "task_id": task.task_id}
    if stage == "error":
        failure = task.failure or Failure(status="GENERATE_AUDIO_FAILED", code=501, message="Audio generation failed")
        empty: list[Any] | None = [] if task.operation in ("extend", "cover", "upload_extend") else None
        return {"code": failure.code, "msg": failure.message, "data": {**about, "data": empty}}
    state = {"text": TaskState.TEXT, "first": TaskState.FIRST}.get(stage, TaskState.SUCCESS)
    shown = tracks(call, task, state)
    shown = shown[:1] if stage == "first" else shown
    data = [{_SNAKE[name]: value for name, value in track.items()} for track in shown]
    return {"code": 200, "msg": STAGE_MESSAGES[stage], "data": {**about, "data": data}}


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def produce_mp3(service: Service, task: Task, piece: Piece) -> bytes:
    """The clip as MP3."""
    sound = service.composer.sound(task, piece.place)
    return service.songs.encode_mp3(sound.mix, sound.sr)


def produce_wav(service: Service, task: Task, piece: Piece) -> bytes:
    """The clip as 16-bit WAV."""
    import soundfile

    sound = service.composer.sound(task, piece.place)
    out = io.BytesIO()
    soundfile.write(out, sound.mix, sound.sr, format="WAV", subtype="PCM_16")
    return out.getvalue()


FAMILIES = (
    Family(
        name="music",
        share=1.0,
        record=record,
        callback=callback,
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
        prepare={"generate": prepare_generate, "extend": prepare_extend},
        produce={"mp3": produce_mp3},
    ),
)
