"""One file made of one clip: WAV and video."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from suno_lab.api import Body
from suno_lab.emulator.asking import finished_clip
from suno_lab.emulator.call import Call, Family, Prepared, Service
from suno_lab.emulator.replies import No, Refusal
from suno_lab.emulator.tasks import Piece, Task
from suno_lab.models import TaskState, Word


# ── accepting ────────────────────────────────────────────────────────────────────────────────────────────────────────
def prepare_wav(call: Call, body: Body) -> Prepared:
    """The clip without loss; once per clip."""
    task, clip = finished_clip(call, body.get("audioId"), task_id=body.get("taskId"))
    return Prepared(
        detail={"clip": [task.task_id, clip.place]},
        pieces=(("wav", ""),),
        once=("wav", clip.piece_id),
        refuse_again=lambda task_id: Refusal(No.EXISTS, "The WAV record already exists"),
    )


def prepare_video(call: Call, body: Body) -> Prepared:
    """A moving picture of the clip."""
    task, clip = finished_clip(call, body.get("audioId"), task_id=body.get("taskId"))
    return Prepared(detail={"clip": [task.task_id, clip.place]}, pieces=(("video", ""),))


# ── looking up ───────────────────────────────────────────────────────────────────────────────────────────────────────
def record_of(kind: str, ext: str, link: str) -> Callable[[Call, Task], dict[str, Any]]:
    """The record of a family whose only product is one file."""

    def record(call: Call, task: Task) -> dict[str, Any]:
        state = task.state_at(call.now)
        failure = task.failure if state.done else None
        done = state is TaskState.SUCCESS
        url = call.link(f"/files/{call.state.pieces_of(task.task_id, kind)[0].piece_id}.{ext}") if done else None
        return {
            "taskId": task.task_id,
            "musicId": task.body.get("audioId"),
            "callbackUrl": task.callback_url,
            "musicIndex": task.detail["clip"][1],
            "completeTime": written_time(task.ends_at) if state.done else None,
            "response": {link: url} if url else None,
            "successFlag": failure.status if failure else state.value,
            "createTime": written_time(task.accepted_at),
            "errorCode": failure.code if failure else None,
            "errorMessage": failure.message if failure else None,
        }

    return record


def written_time(moment: float) -> str:
    """Unix seconds as ``2025-01-01 00:10:00`` (UTC)."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S")


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def source_of(service: Service, task: Task) -> tuple[Task, int]:
    """The music task and the place of the clip that a task works on."""
    task_id, place = task.detail["clip"]
    source = service.state.task(str(task_id))
    assert source is not None, "tasks are never deleted"
    return source, int(place)


def produce_wav(service: Service, task: Task, piece: Piece) -> bytes:
    """16-bit WAV."""
    from suno_lab.engine import encode_wav

    sound = service.composer.sound(*source_of(service, task))
    return encode_wav(sound.mix, sound.sr)


def produce_video(service: Service, task: Task, piece: Piece) -> bytes:
    """MP4 with the clip's words."""
    source, place = source_of(service, task)
    clip = service.composer.clips(source)[place]
    facts = clip.facts or {}
    cover = service.songs.draw_cover(str(facts["title"]), str(facts["tags"]), seed=source.seed + place)
    sung = [
        Word(word=word["word"], start_s=word["start_s"], end_s=word["end_s"])
        for word in service.composer.truth(source, place)["words"]
    ]
    return service.songs.make_video(
        service.composer.sound(source, place), cover=cover, words=sung,
        author=str(task.body.get("author") or ""), domain=str(task.body.get("domainName") or ""),
    )  # fmt: skip


FAMILIES = (
    Family(
        name="wav",
        record=record_of("wav", "wav", "audioWavUrl"),
        prepare={"convert_wav": prepare_wav},
        produce={("wav", "wav"): produce_wav},
        broken_status="GENERATE_WAV_FAILED",
    ),
    Family(
        name="video",
        record=record_of("video", "mp4", "videoUrl"),
        prepare={"make_video": prepare_video},
        produce={("video", "mp4"): produce_video},
        broken_status="GENERATE_MP4_FAILED",
    ),
)
