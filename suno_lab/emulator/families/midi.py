"""Notes of separated stems: those the composer wrote."""

from __future__ import annotations

from typing import Any

from suno_lab.api import Body
from suno_lab.emulator.asking import finished_task
from suno_lab.emulator.call import Call, Family, Prepared
from suno_lab.emulator.families.stems import EXTRACT, REMOVE, TWELVE_PARTS, engine_stem
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.tasks import Task
from suno_lab.models import TaskState

#: the family's own numbers; 2 would be a task that could not be created
PENDING, DONE, FAILED = 0, 1, 3


def prepare(call: Call, body: Body) -> Prepared:
    """The stems must be separated already."""
    stems = finished_task(call, body.get("taskId"), family="stems")
    stem_id = str(body.get("audioId") or "")
    found = call.state.pieces_of(stems.task_id, "stem")
    if stem_id and stem_id not in {stem.piece_id for stem in found}:
        raise Refusal(No.MISSING, "Audio not found")
    return Prepared(detail={"stems": stems.task_id})


def record(call: Call, task: Task) -> dict[str, Any]:
    """``data`` of the record endpoint."""
    state = task.state_at(call.now)
    failure = task.failure if state.done else None
    done = state is TaskState.SUCCESS
    return {
        "taskId": task.task_id,
        "recordTaskId": -1,
        "audioId": task.body.get("audioId") or "",
        "callbackUrl": task.callback_url,
        "completeTime": int(task.ends_at * 1000) if state.done else None,
        "midiData": {"state": "complete", "instruments": instruments(call, task)} if done else None,
        "successFlag": FAILED if failure else DONE if done else PENDING,
        "createTime": int(task.accepted_at * 1000),
        "errorCode": str(failure.code) if failure else None,
        "errorMessage": failure.message if failure else None,
    }


def instruments(call: Call, task: Task) -> list[dict[str, Any]]:
    """Name and notes of every stem that was asked for; nothing is known of the notes of a recording."""
    separated = call.state.task(str(task.detail["stems"]))
    if separated is None or "clip" not in separated.detail:
        return []
    source = call.state.task(str(separated.detail["clip"][0]))
    if source is None:
        return []
    played = call.service.composer.truth(source, int(separated.detail["clip"][1]))["notes"]
    wanted = _parts_of(call, task, separated)
    return [
        {"name": part, "notes": [_note(note) for note in sorted(notes, key=lambda note: float(note["start_s"]))]}
        for part, notes in played.items()
        if wanted is None or part in wanted
    ]


def _parts_of(call: Call, task: Task, separated: Task) -> frozenset[str] | None:
    """The composer's parts that sound in the stem that was asked for; None for all."""
    stem = call.state.piece(str(task.body.get("audioId") or ""))
    if stem is None or stem.name == "Instrumental":
        return None if stem is None else frozenset(p for parts in TWELVE_PARTS.values() for p in parts) - {"vocals"}
    named = engine_stem(str(separated.body.get("stemName") or ""))
    if stem.name == EXTRACT:
        return frozenset({named})
    if stem.name == REMOVE:
        return frozenset(p for parts in TWELVE_PARTS.values() for p in parts) - {named}
    return frozenset(TWELVE_PARTS[stem.name])


def _note(note: dict[str, Any]) -> dict[str, Any]:
    return {
        "pitch": int(note["pitch"]),
        "start": round(float(note["start_s"]), 4),
        "end": round(float(note["end_s"]), 4),
        "velocity": round(float(note["velocity"]), 3),
    }


FAMILIES = (Family(name="midi", record=record, prepare={"transcribe_midi": prepare}),)
