"""Cover images for a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import KM, N0, K, Operation, Price, RecordEndpoint, Request, wire
from suno_lab.api.prices import KIE_LIST
from suno_lab.api.reading import object_of
from suno_lab.models import ClipRecord, Product, TaskState


def read_images(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """``data`` of a cover record (or callback) → one product per image."""
    listed = object_of(data.get("response")).get("images", data.get("images"))
    urls = [url for url in listed if isinstance(url, str) and url] if isinstance(listed, list) else []
    return (), tuple(Product(kind="cover", name=f"cover {n}", url=url) for n, url in enumerate(urls, 1))


RECORD = RecordEndpoint(
    family="cover",
    path="/api/v1/suno/cover/record-info",
    state_field="successFlag",
    states={
        0: TaskState.PENDING,
        1: TaskState.SUCCESS,
        2: TaskState.PENDING,  # generating; the same number is a failure in the MIDI family
        3: TaskState.FAILED,
        "PENDING": TaskState.PENDING,
        "SUCCESS": TaskState.SUCCESS,
        "CREATE_TASK_FAILED": TaskState.FAILED,
        "GENERATE_COVER_FAILED": TaskState.FAILED,
    },
    read=read_images,
)


@dataclass(frozen=True, kw_only=True)
class DrawCover(Request):
    """Have cover images drawn for a task; once per task (the refusal of a second call names the first)."""

    operation: ClassVar[str] = "draw_cover"

    task_id: str = wire("taskId", required=True, doc="the task that made the clips")


DRAW_COVER = Operation(
    request=DrawCover,
    title="Draw cover images",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/suno/cover/generate",
    record=RECORD,
    market_model="ai-music-api/cover-generate",
    prices=(Price(credits=0, source=KIE_LIST),),
    makes="cover",
)

OPERATIONS: tuple[Operation, ...] = (DRAW_COVER,)
