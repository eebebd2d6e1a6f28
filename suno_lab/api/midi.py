"""Notes of separated stems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from suno_lab.api.contract import KM, N0, K, Operation, Price, RecordEndpoint, Request, number_or_none, objects, wire
from suno_lab.api.prices import KIE_LIST
from suno_lab.api.reading import either, object_of
from suno_lab.models import ClipRecord, Product, TaskState


class Note(NamedTuple):
    """One note: MIDI pitch (60 is middle C), times in seconds, velocity from 0 to 1."""

    pitch: int
    start_s: float
    end_s: float
    velocity: float


def read_notes(notes: Any) -> tuple[Note, ...]:
    """The service's notes, whose times may be texts; a note without pitch or times is left out."""
    read = (
        (number_or_none(note.get("pitch")), number_or_none(note.get("start")), number_or_none(note.get("end")), note)
        for note in objects(notes)
    )
    return tuple(
        Note(int(pitch), start, end, 0.0 if (velocity := number_or_none(note.get("velocity"))) is None else velocity)
        for pitch, start, end, note in read
        if pitch is not None and start is not None and end is not None
    )


def read_midi(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """``data`` of a MIDI record (or callback) → one product per instrument, ``value`` a tuple of :class:`Note`."""
    found = object_of(data.get("midiData")) or object_of(data.get("response")) or data
    item_id = either(data, "audioId")
    return (), tuple(
        Product(kind="midi", name=either(part, "name") or "", value=read_notes(part.get("notes")), item_id=item_id)
        for part in objects(found.get("instruments"))
    )


RECORD = RecordEndpoint(
    family="midi",
    path="/api/v1/midi/record-info",
    state_field="successFlag",
    states={0: TaskState.PENDING, 1: TaskState.SUCCESS, 2: TaskState.FAILED, 3: TaskState.FAILED},
    read=read_midi,
)


@dataclass(frozen=True, kw_only=True)
class TranscribeMidi(Request):
    """Have the notes of separated stems written down."""

    operation: ClassVar[str] = "transcribe_midi"

    task_id: str = wire("taskId", required=True, doc="the finished task that separated the stems")
    stem_id: str | None = wire("audioId", default=None, doc="one stem of it; by default all of them")


TRANSCRIBE_MIDI = Operation(
    request=TranscribeMidi,
    title="Transcribe stems to MIDI",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/midi/generate",
    record=RECORD,
    market_model="ai-music-api/generate-midi-from-audio",
    prices=(Price(credits=0, source=KIE_LIST),),
    makes="midi",
)

OPERATIONS: tuple[Operation, ...] = (TRANSCRIBE_MIDI,)
