"""Songs taken apart: the very stems they were mixed from. A recording is split into its middle and its sides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from suno_lab.api import Body
from suno_lab.api.stems import LINKS, ONE, TWELVE
from suno_lab.emulator.asking import finished_clip, length_s, recording_detail
from suno_lab.emulator.call import Call, Family, Prepared, Service
from suno_lab.emulator.composing import SOUND_BYTES
from suno_lab.emulator.families.single_files import source_of
from suno_lab.emulator.files import piece_key
from suno_lab.emulator.layers import total
from suno_lab.emulator.recordings import audio_of, recording_at, sound_of
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.songs import Sound
from suno_lab.emulator.tasks import Piece, Task
from suno_lab.models import TaskState

if TYPE_CHECKING:
    import numpy as np

#: the stems of a full separation → the engine's that sound in them; the others are silent
TWELVE_PARTS: Mapping[str, tuple[str, ...]] = {
    "Vocals": ("vocals",),
    "Backing Vocals": (),
    "Drums": ("drums",),
    "Bass": ("bass",),
    "Guitar": ("guitar",),
    "Keyboard": ("keys",),
    "Percussion": (),
    "Strings": ("pad",),
    "Synth": ("lead",),
    "FX": ("upload",),
    "Brass": (),
    "Woodwinds": (),
}
TWO_PARTS = ("Vocals", "Instrumental")
#: what in a stem's name means which of the engine's stems; the first that fits counts
NAMED_PARTS: tuple[tuple[str, str], ...] = (
    (r"vocal|choir|voice", "vocals"),
    (r"drum|kick|snare|cymbal|hi-hat|808|percussion|clap|tambourine|shaker|cowbell", "drums"),
    (r"bass(?!oon)", "bass"),
    (r"guitar|banjo|mandolin|ukulele", "guitar"),
    (r"piano|keyboard|keys|organ|rhodes|harpsichord|celesta", "keys"),
    (r"string|pad|drone|orchestra|violin|viola|cello", "pad"),
    (r"lead|synth|flute|saxophone|trumpet", "lead"),
)
EXTRACT, REMOVE = "extract", "remove"


# ── accepting ────────────────────────────────────────────────────────────────────────────────────────────────────────
def prepare(call: Call, body: Body) -> Prepared:
    """Which stems will be made, of what."""
    pieces = tuple(("stem", name) for name in stem_names(body))
    if body.get("audioUrl"):
        recording = recording_at(call, str(body["audioUrl"]))
        if recording is None:
            raise Refusal(No.CANNOT_FETCH)
        return Prepared(detail=recording_detail(recording), pieces=pieces)
    task, clip = finished_clip(call, body.get("audioId"), task_id=body.get("taskId"))
    return Prepared(detail={"clip": [task.task_id, clip.place], "base_s": length_s(clip)}, pieces=pieces)


def stem_names(body: Body) -> tuple[str, ...]:
    """The names of the stems a body asks for."""
    kind = body.get("type")
    if kind == TWELVE:
        return tuple(TWELVE_PARTS)
    return (EXTRACT, REMOVE) if kind == ONE else TWO_PARTS


def engine_stem(stem_name: str) -> str:
    """The engine's stem that a service's stem name means, "" for none."""
    return next((part for words, part in NAMED_PARTS if re.search(words, stem_name, re.IGNORECASE)), "")


# ── looking up ───────────────────────────────────────────────────────────────────────────────────────────────────────
def record(call: Call, task: Task) -> dict[str, Any]:
    """``data`` of the record endpoint."""
    state = task.state_at(call.now)
    failure = task.failure if state.done else None
    kie = call.host.vocabulary == "kie"
    music = {"musicId": task.body.get("audioId"), "musicIndex": task.detail.get("clip", [None, None])[1]}
    return {
        "taskId": task.task_id,
        **(music if kie else {"musicId": task.body.get("audioId"), "audioId": task.body.get("audioId")}),
        "callbackUrl": task.callback_url,
        "completeTime": int(task.ends_at * 1000) if state.done else None,
        "response": _response(call, task, kie=kie) if state is TaskState.SUCCESS else None,
        "successFlag": failure.status if failure else state.value,
        "createTime": int(task.accepted_at * 1000),
        "errorCode": failure.code if failure else None,
        "errorMessage": failure.message if failure else None,
    }


def _response(call: Call, task: Task, *, kie: bool) -> dict[str, Any]:
    stems = call.state.pieces_of(task.task_id, "stem")
    listed = {stem.name: _listed(call, task, stem) for stem in stems}
    links: dict[str, Any] = {
        link: listed[name]["audio_url"] if name in listed else None
        for link, name in LINKS.items()
        if kie or link != "pianoUrl"
    }
    if EXTRACT in listed:
        return {"id": None, "originUrl": None, "originData": [listed], **links}
    own = {"id": None, "originUrl": None, "originData": list(listed.values())} if kie else {"originUrl": None}
    return {**own, **links}


def _listed(call: Call, task: Task, stem: Piece) -> dict[str, Any]:
    named = str(task.body.get("stemName") or "")
    group = {EXTRACT: named, REMOVE: f"No {named}"}.get(stem.name, stem.name)
    file_name = re.sub(r"[^A-Za-z0-9]+", "_", group)
    return {
        "duration": round(float(task.detail["base_s"]), 6),
        "audio_url": call.link(f"/files/{stem.piece_id}_{file_name}.mp3"),
        "stem_type_group_name": group,
        "id": stem.piece_id,
    }


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def produce_stem(service: Service, task: Task, piece: Piece) -> bytes:
    """One stem as MP3. Of a sound too large to be kept the others are made at the same time."""
    recording = task.detail.get("recording")
    if recording:
        sound = middle_and_sides(sound_of(audio_of(service.blobs, str(recording))))
    else:
        sound = service.composer.sound(*source_of(service, task))
    wanted = engine_stem(str(task.body.get("stemName") or ""))

    def encoded(name: str) -> bytes:
        return service.songs.encode_mp3(stem_samples(sound, name, wanted=wanted), sound.sr)

    if sound.bytes_n > SOUND_BYTES:
        for other in service.state.pieces_of(task.task_id, "stem"):
            service.media.offer(piece_key(service, other, "mp3"), "mp3", partial(encoded, other.name))
    return encoded(piece.name)


def stem_samples(sound: Sound, name: str, *, wanted: str) -> np.ndarray:
    """The samples of a stem of the service, shape (n, 2); ``wanted`` is the engine's stem for the one that is named."""
    if name in (EXTRACT, REMOVE):
        parts = [part for part in sound.stems if (part == wanted) == (name == EXTRACT)]
    elif name == "Instrumental":
        parts = [part for part in sound.stems if part != "vocals"]
    else:
        parts = [part for part in TWELVE_PARTS[name] if part in sound.stems]
    return total((sound.stems[part] for part in parts), like=sound.mix)


def middle_and_sides(sound: Sound) -> Sound:
    """A recording as what both channels share ("vocals") and the rest ("keys"): no separation, only its shape."""
    middle = sound.mix.mean(axis=1, keepdims=True).repeat(2, axis=1)
    return Sound(stems={"vocals": middle, "keys": sound.mix - middle}, mix=sound.mix, sr=sound.sr)


FAMILIES = (
    Family(name="stems", record=record, prepare={"separate": prepare}, produce={("stem", "mp3"): produce_stem}),
)
