"""A video of a clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import KM, N0, K, Operation, Price, RecordEndpoint, Request, wire
from suno_lab.api.music_rules import characters
from suno_lab.api.prices import KIE_LIST
from suno_lab.api.reading import either, object_of
from suno_lab.models import ClipRecord, Product, TaskState


def read_video(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """``data`` of a video record (or callback) → one product, none before the file is there."""
    url = either(object_of(data.get("response")), "videoUrl") or either(data, "videoUrl")
    return (), (Product(kind="video", url=url, clip_id=either(data, "musicId")),) if url else ()


RECORD = RecordEndpoint(
    family="video",
    path="/api/v1/mp4/record-info",
    state_field="successFlag",
    states={
        "PENDING": TaskState.PENDING,
        "SUCCESS": TaskState.SUCCESS,
        "CREATE_TASK_FAILED": TaskState.FAILED,
        "GENERATE_MP4_FAILED": TaskState.FAILED,
        "CALLBACK_EXCEPTION": TaskState.FAILED,
    },
    read=read_video,
)


@dataclass(frozen=True, kw_only=True)
class MakeVideo(Request):
    """Have a video made of a clip."""

    operation: ClassVar[str] = "make_video"

    task_id: str = wire("taskId", required=True, doc="the task that made the clip")
    clip_id: str = wire("audioId", required=True, doc="the clip")
    author: str | None = wire("author", default=None, limits=(characters(50, f"{K}; {N0}"),), doc="name to show")
    domain_name: str | None = wire(
        "domainName", default=None, limits=(characters(50, f"{K}; {N0}"),), doc="web address to show"
    )


MAKE_VIDEO = Operation(
    request=MakeVideo,
    title="Make a video",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/mp4/generate",
    record=RECORD,
    market_model="ai-music-api/create-music-video",
    prices=(Price(credits=2, source=KIE_LIST),),
    makes="video",
)

OPERATIONS: tuple[Operation, ...] = (MAKE_VIDEO,)
