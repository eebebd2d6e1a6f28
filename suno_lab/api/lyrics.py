"""Words: written by the service, and time-stamped for a clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import (
    KM,
    N0,
    ON_KIE,
    Json,
    K,
    Limit,
    Operation,
    Price,
    RecordEndpoint,
    Request,
    number_or_none,
    objects,
    text_or_none,
    wire,
)
from suno_lab.api.prices import KIE_LIST
from suno_lab.models import ClipRecord, Product, TaskState, TimedLyrics, Word


# ── written lyrics ───────────────────────────────────────────────────────────────────────────────────────────────────
def read_lyrics(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """``data`` of a lyrics record → one product per variant."""
    response = data.get("response")
    response = response if isinstance(response, dict) else {}
    variants = objects(response.get("data")) or objects(response.get("lyricsData")) or objects(data.get("data"))
    return (), tuple(
        Product(kind="lyrics", name=text_or_none(variant.get("title")) or "", value=str(variant.get("text") or ""))
        for variant in variants
    )


RECORD = RecordEndpoint(
    family="lyrics",
    path="/api/v1/lyrics/record-info",
    states={
        "PENDING": TaskState.PENDING,
        "SUCCESS": TaskState.SUCCESS,
        "CREATE_TASK_FAILED": TaskState.FAILED,
        "GENERATE_LYRICS_FAILED": TaskState.FAILED,
        "CALLBACK_EXCEPTION": TaskState.FAILED,
        "SENSITIVE_WORD_ERROR": TaskState.FAILED,
    },
    read=read_lyrics,
)


@dataclass(frozen=True, kw_only=True)
class WriteLyrics(Request):
    """Have two or three variants of lyrics written from a description."""

    operation: ClassVar[str] = "write_lyrics"

    description: str = wire(
        "prompt",
        required=True,
        limits=(
            Limit(most=200, unit="characters", source=K, hosts=ON_KIE),
            Limit(most=200, unit="words", source=N0),
        ),
        doc="what the words should be about",
    )

    def advice(self, field: str) -> str | None:
        """What to say where the description is missing."""
        return "description is empty: say what the lyrics should be about" if field == "description" else None


WRITE_LYRICS = Operation(
    request=WriteLyrics,
    title="Write lyrics",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/lyrics",
    record=RECORD,
    market_model="ai-music-api/generate-lyrics",
    prices=(Price(credits=0.4, source=KIE_LIST),),
    makes="lyrics",
)


# ── timed lyrics ─────────────────────────────────────────────────────────────────────────────────────────────────────
def read_timed_lyrics(data: Json) -> TimedLyrics:
    """The answer of the aligned-words call; no words for instrumentals."""
    data = data if isinstance(data, dict) else {}
    words = tuple(
        Word(
            word=str(item.get("word") or ""),
            start_s=start,
            end_s=end,
            success=item.get("success") is not False,
            palign=number_or_none(item.get("palign", item.get("p_align"))),
        )
        for item in objects(data.get("alignedWords"))
        if (start := number_or_none(item.get("startS", item.get("start_s")))) is not None
        and (end := number_or_none(item.get("endS", item.get("end_s")))) is not None
    )
    peaks = data.get("waveformData")
    streamed = data.get("isStreamed")
    return TimedLyrics(
        words=words,
        hoot_cer=number_or_none(data.get("hootCer")),
        waveform=tuple(n for v in peaks if (n := number_or_none(v)) is not None) if isinstance(peaks, list) else (),
        streamed=streamed if isinstance(streamed, bool) else None,
    )


@dataclass(frozen=True, kw_only=True)
class TimedLyricsOf(Request):
    """Ask when each word of a clip is sung."""

    operation: ClassVar[str] = "timed_lyrics"

    task_id: str = wire("taskId", required=True, doc="the task that made the clip")
    clip_id: str = wire("audioId", required=True, doc="the clip")


TIMED_LYRICS = Operation(
    request=TimedLyricsOf,
    title="Time-stamped lyrics",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/generate/get-timestamped-lyrics",
    read=read_timed_lyrics,
    market_model="ai-music-api/timeStamped-lyrics",
    prices=(Price(credits=0.5, source=KIE_LIST),),
    makes="timed_lyrics",
    callback_field="",
)

OPERATIONS: tuple[Operation, ...] = (WRITE_LYRICS, TIMED_LYRICS)
