"""Clips without loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import KM, N0, K, Operation, Price, RecordEndpoint, Request, wire
from suno_lab.api.prices import KIE_LIST
from suno_lab.api.reading import either, object_of
from suno_lab.models import ClipRecord, Product, TaskState


def read_wav(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """``data`` of a WAV record (or callback) → one product, none before the file is there."""
    url = either(object_of(data.get("response")), "audioWavUrl") or either(data, "audioWavUrl")
    return (), (Product(kind="wav", url=url, clip_id=either(data, "musicId")),) if url else ()


RECORD = RecordEndpoint(
    family="wav",
    path="/api/v1/wav/record-info",
    state_field="successFlag",
    states={
        "PENDING": TaskState.PENDING,
        "SUCCESS": TaskState.SUCCESS,
        "CREATE_TASK_FAILED": TaskState.FAILED,
        "GENERATE_WAV_FAILED": TaskState.FAILED,
        "CALLBACK_EXCEPTION": TaskState.FAILED,
    },
    read=read_wav,
)


@dataclass(frozen=True, kw_only=True)
class ConvertWav(Request):
    """Have a clip as a WAV file; once per clip."""

    operation: ClassVar[str] = "convert_wav"

    task_id: str = wire("taskId", required=True, doc="the task that made the clip")
    clip_id: str = wire("audioId", required=True, doc="the clip")


CONVERT_WAV = Operation(
    request=ConvertWav,
    title="Convert to WAV",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/wav/generate",
    record=RECORD,
    market_model="ai-music-api/convert-to-wav-format",
    prices=(Price(credits=0.4, source=KIE_LIST),),
    makes="wav",
)

OPERATIONS: tuple[Operation, ...] = (CONVERT_WAV,)
