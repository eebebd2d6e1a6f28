"""Fresh links for clips whose links have expired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import KM, N1, O, Operation, RecordEndpoint, Request, objects, wire
from suno_lab.api.reading import either, text_or_none
from suno_lab.models import ClipRecord, Product, TaskState


def read_links(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """A recovery record (or callback) → one ``audio`` product per clip; a clip that failed has its reason as value."""
    return (), tuple(
        Product(
            kind="audio",
            name=text_or_none(track.get("title")) or "",
            url=either(track, "audioUrl"),
            clip_id=text_or_none(track.get("id")),
            value=text_or_none(track.get("error")),
        )
        for track in objects(data.get("data"))
    )


RECORD = RecordEndpoint(
    family="recovery",
    path="/api/v1/suno/recovery/record-info",
    id_param="task_id",
    state_field="code",
    states={201: TaskState.PENDING, 200: TaskState.SUCCESS, 500: TaskState.FAILED},
    read=read_links,
    message_field="msg",
    flat_codes=(200, 201, 500),
)


@dataclass(frozen=True, kw_only=True)
class Recover(Request):
    """Ask for fresh links to every clip of a task."""

    operation: ClassVar[str] = "recover"

    task_id: str = wire(
        "sunoTaskId", required=True, names_by_host=(("kie", "task_id"),), market="task_id",
        doc="the task that made the clips",
    )  # fmt: skip


RECOVER = Operation(
    request=Recover,
    title="Recover expired links",
    source=f"{N1}; {O}; {KM}",
    path="/api/v1/suno/recovery",
    record=RECORD,
    market_model="ai-music-api/suno-recovery-audio",
    callback_by_host=(("kie", "call_back_url"),),
    makes="audio",
)

OPERATIONS: tuple[Operation, ...] = (RECOVER,)
