"""What music operations need to know before they are accepted: the clip they name, the audio they bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from suno_lab.api import Body, operations, refusals
from suno_lab.emulator.briefs import LAYERED
from suno_lab.emulator.call import Call, Prepared
from suno_lab.emulator.recordings import Recording, recording_at
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.tasks import Piece, Task
from suno_lab.models import TaskState

TWO_CLIPS = (("clip", ""), ("clip", ""))
#: parameters of the source that an extension does not take over
_NOT_INHERITED = frozenset(
    {"model", "duration", "customMode", "audioId", "defaultParamFlag", "continueAt", "taskId", "uploadUrl",
     "infillStartS", "infillEndS", "fullLyrics"}
)  # fmt: skip


# ── what a body names ────────────────────────────────────────────────────────────────────────────────────────────────
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


def finished_task(call: Call, task_id: Any, *, family: str = "music") -> Task:
    """The finished task of a family that a body names."""
    task = call.state.task(str(task_id or ""))
    if task is None or task.family != family:
        raise Refusal(No.MISSING)
    if task.state_at(call.now) is not TaskState.SUCCESS:
        raise Refusal(No.NOT_READY)
    return task


def length_s(clip: Piece) -> float:
    """Length of a composed clip."""
    return float((clip.facts or {})["duration_s"])


def persona_detail(call: Call, body: Body) -> dict[str, Any]:
    """The persona or voice a body names; refused when there is none of that id."""
    persona_id = str(body.get("personaId") or "")
    if not persona_id:
        return {}
    persona = call.state.kept("persona", persona_id)
    if persona is None:
        raise Refusal(No.INVALID, "Persona not found")
    return {"persona": persona}


# ── music operations ─────────────────────────────────────────────────────────────────────────────────────────────────
def prepare_generate(call: Call, body: Body) -> Prepared:
    """A song, or a sound, from words."""
    return Prepared(detail=persona_detail(call, body), pieces=TWO_CLIPS, checked_text=words_of(body))


def prepare_extend(call: Call, body: Body) -> Prepared:
    """A song that goes on where another one is."""
    source, clip = finished_clip(call, body.get("audioId"))
    own = body.get("defaultParamFlag") is True
    if own:
        check_source(call, "extend", body, duration_s=length_s(clip))
    detail: dict[str, Any] = {
        "source": [source.task_id, clip.place],
        "source_layered": source.operation in LAYERED or bool(source.detail.get("source_layered")),
        "continue_at_s": float(body["continueAt"]) if own else None,
        "base_s": length_s(clip),
        "parent": clip.piece_id,
        **persona_detail(call, body),
    }
    if not own:
        detail["inherited"] = {key: value for key, value in source.body.items() if key not in _NOT_INHERITED}
    return Prepared(detail=detail, pieces=TWO_CLIPS, checked_text=words_of(body))


def prepare_from_audio(operation: str) -> Callable[[Call, Body], Prepared]:
    """A song from audio that is brought: how ``operation`` is prepared."""

    def prepare(call: Call, body: Body) -> Prepared:
        addresses = body.get("uploadUrlList") or [body["uploadUrl"]]
        recordings = [recording_at(call, str(url)) for url in addresses]
        for recording in recordings:
            if recording is not None:
                check_source(call, operation, body, duration_s=recording.duration_s)
        first = next((recording for recording in recordings if recording is not None), None)
        detail = {**recording_detail(first), **persona_detail(call, body), "model": absent_model(operation)}
        if body.get("continueAt") is not None:
            detail["continue_at_s"] = float(body["continueAt"])
        return Prepared(detail=detail, pieces=TWO_CLIPS, checked_text=words_of(body))

    return prepare


def prepare_replace_section(call: Call, body: Body) -> Prepared:
    """One section of a clip, or of a recording, made anew."""
    if body.get("audioId"):
        source, clip = finished_clip(call, body["audioId"], task_id=body.get("taskId"))
        base_s = length_s(clip)
        detail: dict[str, Any] = {"source": [source.task_id, clip.place], "base_s": base_s, "parent": clip.piece_id,
                                  "model": source.model}  # fmt: skip
    else:
        recording = recording_at(call, str(body["uploadUrl"]))
        detail = recording_detail(recording)
        base_s = recording.duration_s if recording else float("inf")
    check_source(call, "replace_section", body, duration_s=base_s)
    return Prepared(detail=detail, pieces=TWO_CLIPS, checked_text=words_of(body))


def recording_detail(recording: Recording | None) -> dict[str, Any]:
    """What is kept of a recording; nothing where it was not fetched."""
    return {} if recording is None else {"recording": recording.digest, "base_s": recording.duration_s}


def absent_model(operation: str) -> str:
    """The model the service takes by itself where a body names none; "" where it must be named."""
    fields = operations()[operation].request.wire_fields()
    return next((known.absent for known in fields if known.name == "model"), "")


def check_source(call: Call, operation: str, body: Body, *, duration_s: float) -> None:
    """Refuse what the contract refuses about a source of that length."""
    findings = operations()[operation].check_source(body, host=call.host.vocabulary, duration_s=duration_s)
    bad = refusals(findings, strict=call.service.settings.strict_limits)
    if bad:
        raise Refusal(No.INVALID, bad[0].message.replace("`", ""))


PREPARE: Mapping[str, Callable[[Call, Body], Prepared]] = {
    "generate": prepare_generate,
    "sounds": prepare_generate,
    "extend": prepare_extend,
    "replace_section": prepare_replace_section,
    **{
        name: prepare_from_audio(name)
        for name in ("cover", "upload_extend", "add_instrumental", "add_vocals", "mashup")
    },
}
