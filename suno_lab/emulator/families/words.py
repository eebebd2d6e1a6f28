"""Words: lyrics that are written, and the times of those that are sung."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from suno_lab.api import Body
from suno_lab.emulator.asking import finished_clip
from suno_lab.emulator.call import Answer, Call, Family, Immediate, Prepared
from suno_lab.emulator.tasks import Failure, Task, digest
from suno_lab.lyrics import parse
from suno_lab.models import TaskState

VARIANTS_N = 2
PEAKS_N = 64  #: length of ``waveformData``


# ── written lyrics ───────────────────────────────────────────────────────────────────────────────────────────────────
def prepare(call: Call, body: Body) -> Prepared:
    """Lyrics from a description."""
    return Prepared(checked_text=str(body.get("prompt") or ""))


def variants(call: Call, task: Task) -> list[dict[str, Any]]:
    """The texts a lyrics task wrote."""
    prompt = str(task.body.get("prompt") or "")
    written = (call.service.songs.write_lyrics(prompt, seed=task.seed + i) for i in range(VARIANTS_N))
    return [{"text": text, "title": title, "status": "complete", "errorMessage": ""} for title, text in written]


def record(call: Call, task: Task) -> dict[str, Any]:
    """``data`` of the record endpoint."""
    state = task.state_at(call.now)
    failure = task.failure if state.done else None
    done = state is TaskState.SUCCESS
    kind = {} if call.host.vocabulary == "kie" else {"type": "LYRICS"}
    return {
        "taskId": task.task_id,
        "param": json.dumps(task.body),
        "response": {"taskId": task.task_id, "data": variants(call, task)} if done else None,
        "status": failure.status if failure else state.value,
        **kind,
        "errorCode": failure.code if failure else None,
        "errorMessage": failure.message if failure else None,
    }


# ── timed lyrics ─────────────────────────────────────────────────────────────────────────────────────────────────────
def timed_lyrics(call: Call, body: Body) -> Answer:
    """When each word of a clip is sung: the truth, in the service's clothes."""
    task, clip = finished_clip(call, body.get("audioId"), task_id=body.get("taskId"))
    truth = call.service.composer.truth(task, clip.place)
    words = truth["words"]
    tags = tags_before_words(str((clip.facts or {}).get("lyrics") or ""), truth.get("word_lines") or [])
    aligned = [
        {
            "word": tags.get(i, "") + str(word["word"]),
            "success": True,
            "startS": round(float(word["start_s"]), 3),
            "endS": round(float(word["end_s"]), 3),
            "palign": 0,
        }
        for i, word in enumerate(words)
    ]
    error = int.from_bytes(digest("hoot", clip.piece_id)[:2], "big") / 65535 * 0.1
    return Answer(
        data={
            "alignedWords": aligned,
            "waveformData": activity_peaks(truth.get("notes") or {}, duration_s=float(truth["duration_s"])),
            "hootCer": error if aligned else 0.0,
            "isStreamed": False,
        }
    )


def tags_before_words(lyrics: str, word_lines: Sequence[int]) -> dict[int, str]:
    """Index of a word → the section tags that stand before it, as the service glues them on.

    ``word_lines`` says for each word which sung line of the lyrics, from 0, it belongs to.
    """
    found: dict[int, str] = {}
    waiting = ""
    for section in parse(lyrics).sections:
        waiting += f"[{section.tag.text}]\n" if section.tag else ""
        lines = {line.index for line in section.lines}
        first = next((i for i, line in enumerate(word_lines) if line in lines), None)
        if first is not None and waiting:
            found[first], waiting = waiting, ""
    return found


def activity_peaks(notes: Mapping[str, Sequence[Any]], *, duration_s: float) -> list[float]:
    """``waveformData``: how much is played in each of :data:`PEAKS_N` spans, 0 to 1; drawn from the notes."""
    played = [0.0] * PEAKS_N
    step_s = duration_s / PEAKS_N if duration_s > 0 else 1.0
    for note in (note for part in notes.values() for note in part):
        first, last = int(note["start_s"] / step_s), int(note["end_s"] / step_s)
        for place in range(max(first, 0), min(last, PEAKS_N - 1) + 1):
            played[place] += float(note["velocity"])
    loudest = max(played) or 1.0
    return [round(value / loudest, 3) for value in played]


FAMILIES = (
    Family(
        name="lyrics",
        record=record,
        prepare={"write_lyrics": prepare},
        failures={
            "sensitive_word": Failure(
                status="SENSITIVE_WORD_ERROR", code=400, message="Song Description flagged for moderation"
            ),
        },
        broken_status="GENERATE_LYRICS_FAILED",
    ),
)
IMMEDIATE = (Immediate(operation="timed_lyrics", answer=timed_lyrics),)
