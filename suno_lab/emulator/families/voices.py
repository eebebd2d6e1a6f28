"""A singing voice of one's own: phrase, proof, voice. Nobody's voice is copied: the id stands for a seeded one."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from suno_lab.api import Body
from suno_lab.emulator.asking import finished_task, recording_detail
from suno_lab.emulator.call import Answer, Call, Family, Immediate, Prepared
from suno_lab.emulator.recordings import recording_at
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.tasks import Task, digest
from suno_lab.models import TaskState

#: (subjects, verbs, places) of the phrase to sing, by language; languages not listed get the English ones
WORDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        ("the river", "a small lamp", "my brother", "the winter"),
        ("is singing", "keeps waiting", "turns around", "says hello"),
        ("under the bridge", "in the morning", "behind the hill", "beside the sea"),
    ),
    "de": (
        ("der Fluss", "ein kleines Licht", "mein Bruder", "der Winter"),
        ("singt", "wartet", "dreht sich um", "sagt hallo"),
        ("unter der Brücke", "am Morgen", "hinter dem Hügel", "neben dem Meer"),
    ),
    "es": (
        ("el río", "una luz pequeña", "mi hermano", "el invierno"),
        ("canta", "espera", "se da la vuelta", "saluda"),
        ("bajo el puente", "por la mañana", "tras la colina", "junto al mar"),
    ),
    "fr": (
        ("la rivière", "une petite lampe", "mon frère", "l'hiver"),
        ("chante", "attend", "se retourne", "dit bonjour"),
        ("sous le pont", "au matin", "derrière la colline", "près de la mer"),
    ),
}


def phrase_of(task: Task, language: str) -> str:
    """The phrase the owner of the voice has to sing."""
    dice = random.Random(task.seed)
    return " ".join(dice.choice(words) for words in WORDS.get(language, WORDS["en"]))


# ── the phrase ───────────────────────────────────────────────────────────────────────────────────────────────────────
def prepare_phrase(call: Call, body: Body) -> Prepared:
    """A recording of the voice, long enough for the part that is named."""
    recording = recording_at(call, str(body["voiceUrl"]))
    if recording is not None and float(body["vocalEndS"]) > recording.duration_s + 1:
        raise Refusal(
            No.INVALID, f"vocalEndS lies behind the end of the recording ({recording.duration_s:.1f} seconds)"
        )
    return Prepared(detail={**recording_detail(recording), "language": str(body.get("language") or "en")})


def prepare_rephrase(call: Call, body: Body) -> Prepared:
    """Another phrase for the same voice."""
    first = call.state.task(str(body.get("taskId") or ""))
    if first is None or first.family != "phrase":
        raise Refusal(No.MISSING)
    return Prepared(detail={"language": first.detail.get("language", "en")})


def phrase_record(call: Call, task: Task) -> dict[str, Any]:
    """``data`` of ``validate-info``."""
    state = task.state_at(call.now)
    done = state is TaskState.SUCCESS
    status = {TaskState.SUCCESS: "wait_validating", TaskState.FAILED: "processing_validate_fail"}
    return {
        "taskId": task.task_id,
        "validateInfo": phrase_of(task, str(task.detail.get("language"))) if done else "",
        "status": status.get(state, "wait_processing"),
        **_error(task, state),
    }


# ── the voice ────────────────────────────────────────────────────────────────────────────────────────────────────────
def prepare_voice(call: Call, body: Body) -> Prepared:
    """The sung phrase; the phrase must have been given."""
    finished_task(call, body.get("taskId"), family="phrase")
    recording = recording_at(call, str(body["verifyUrl"]))
    return Prepared(detail=recording_detail(recording), checked_text=str(body.get("description") or ""))


def voice_record(call: Call, task: Task) -> dict[str, Any]:
    """``data`` of the voice record; from its success on the voice can be used."""
    state = task.state_at(call.now)
    voice_id = digest("voice", task.task_id).hex()[:32] if state is TaskState.SUCCESS else ""
    if voice_id:
        gender = "f" if task.seed % 2 else "m"
        voice = {"style": str(task.body.get("style") or ""), "vocal_gender": gender}
        call.state.keep("persona", voice_id, voice, replace=False)
    status = {TaskState.SUCCESS: "success", TaskState.FAILED: "fail"}.get(state, "wait_processing")
    return {"taskId": task.task_id, "voiceId": voice_id, "status": status, **_error(task, state)}


def _error(task: Task, state: TaskState) -> dict[str, Any]:
    failure = task.failure if state.done else None
    return {"errorCode": failure.code if failure else 0, "errorMessage": failure.message if failure else ""}


def check_voice(call: Call, body: Body) -> Answer:
    """Whether the voice of a task can be used."""
    task = call.state.task(str(body.get("task_id") or ""))
    if task is None or task.family != "voice":
        raise Refusal(No.MISSING)
    return Answer(data={"isAvailable": task.state_at(call.now) is TaskState.SUCCESS})


FAMILIES = (
    Family(
        name="phrase",
        record=phrase_record,
        prepare={"voice_phrase": prepare_phrase, "voice_rephrase": prepare_rephrase},
        broken_status="processing_validate_fail",
    ),
    Family(name="voice", record=voice_record, prepare={"make_voice": prepare_voice}, broken_status="fail"),
)
IMMEDIATE = (Immediate(operation="check_voice", answer=check_voice),)
