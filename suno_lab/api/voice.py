"""A singing voice of one's own: phrase to sing, proof, voice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import (
    KM,
    N1,
    Body,
    Finding,
    Json,
    K,
    Limit,
    O,
    Operation,
    Price,
    RecordEndpoint,
    Request,
    wire,
)
from suno_lab.api.fields import number_of
from suno_lab.api.prices import KIE_LIST
from suno_lab.api.reading import either, object_of
from suno_lab.models import ClipRecord, Product, TaskState

LANGUAGES = ("en", "zh", "es", "fr", "pt", "de", "ja", "ko", "hi", "ru")
SKILLS = ("beginner", "intermediate", "advanced", "professional")
_STATES = {
    "wait_processing": TaskState.PENDING,
    "processing_validate": TaskState.PENDING,
    "processing_validate_fail": TaskState.FAILED,
    "wait_validating": TaskState.PENDING,
    "success": TaskState.SUCCESS,
    "fail": TaskState.FAILED,
}


# ── the phrase ───────────────────────────────────────────────────────────────────────────────────────────────────────
def read_phrase(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """``data`` of a phrase record → the phrase to sing as ``value``."""
    phrase = either(data, "validateInfo") or either(object_of(data.get("response")), "validateInfo")
    return (), (Product(kind="phrase", value=phrase),) if phrase else ()


PHRASE_RECORD = RecordEndpoint(
    family="phrase",
    path="/api/v1/voice/validate-info",
    states={**_STATES, "wait_validating": TaskState.SUCCESS},  # the phrase is there and waits to be sung
    read=read_phrase,
)


def voice_window(body: Body, host: str) -> Iterator[Finding]:
    """The sung part ends after it starts."""
    start_s, end_s = number_of(body, "vocalStartS"), number_of(body, "vocalEndS")
    if start_s is not None and end_s is not None and end_s <= start_s:
        message = f"`vocalEndS` {end_s:g} must lie after `vocalStartS` {start_s:g}"
        yield Finding(severity="refuse", field="vocalEndS", message=message, given=end_s, source=f"{K}; {N1}")


_FROM_START = (Limit(least=0, unit="s", source=f"{K}; {N1}"),)


@dataclass(frozen=True, kw_only=True)
class VoicePhrase(Request):
    """Ask for the phrase that the owner of a voice has to sing."""

    operation: ClassVar[str] = "voice_phrase"

    source_url: str = wire("voiceUrl", "uri", required=True, doc="a recording of the voice")
    start_s: int = wire(
        "vocalStartS", "integer", required=True, limits=_FROM_START, doc="whole second where it starts to sing"
    )
    end_s: int = wire("vocalEndS", "integer", required=True, limits=_FROM_START, doc="whole second where it stops")
    language: str | None = wire("language", default=None, enum=LANGUAGES, doc="language of the phrase")


VOICE_PHRASE = Operation(
    request=VoicePhrase,
    title="Phrase for a voice",
    source=f"{K}; {N1}; {KM}",
    path="/api/v1/voice/validate",
    record=PHRASE_RECORD,
    market_model="ai-music-api/validation-phrase",
    prices=(Price(credits=0, source=f"{O}, charge of a call"),),
    makes="phrase",
    rules=(voice_window,),
)


@dataclass(frozen=True, kw_only=True)
class VoiceRephrase(Request):
    """Ask for another phrase."""

    operation: ClassVar[str] = "voice_rephrase"

    task_id: str = wire("taskId", required=True, doc="the task that gave the first phrase")


VOICE_REPHRASE = Operation(
    request=VoiceRephrase,
    title="Another phrase for a voice",
    source=f"{K}; {N1}; {KM}",
    path="/api/v1/voice/regenerate",
    record=PHRASE_RECORD,
    market_model="ai-music-api/regenerate-phrase",
    makes="phrase",
    callback_field="calBackUrl",  # one l, on the pages of both hosts
)


# ── the voice ────────────────────────────────────────────────────────────────────────────────────────────────────────
def read_voice(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """``data`` of a voice record → the voice, its id as ``value``."""
    voice_id = either(data, "voiceId") or either(object_of(data.get("response")), "voiceId")
    return (), (Product(kind="voice", value=voice_id, item_id=voice_id),) if voice_id else ()


VOICE_RECORD = RecordEndpoint(family="voice", path="/api/v1/voice/record-info", states=_STATES, read=read_voice)


@dataclass(frozen=True, kw_only=True)
class MakeVoice(Request):
    """Make a voice from the sung phrase; its id goes into ``persona`` with ``persona_model="voice_persona"``."""

    operation: ClassVar[str] = "make_voice"

    task_id: str = wire("taskId", required=True, doc="the task that gave the phrase")
    source_url: str = wire("verifyUrl", "uri", required=True, doc="the recording of the sung phrase")
    name: str | None = wire("voiceName", default=None, doc="name of the voice")
    description: str | None = wire("description", default=None, doc="what is characteristic of it")
    style: str | None = wire("style", default=None, doc="genre, mood")
    singer_skill: str | None = wire("singerSkillLevel", default=None, enum=SKILLS, doc="how practised the singer is")


MAKE_VOICE = Operation(
    request=MakeVoice,
    title="Make a voice",
    source=f"{K}; {N1}; {KM}",
    path="/api/v1/voice/generate",
    record=VOICE_RECORD,
    market_model="ai-music-api/create-voice",
    prices=(Price(credits=0, source=KIE_LIST),),
    makes="voice",
)


def read_available(data: Json) -> bool | None:
    """Whether the voice can be used; None where the answer does not say."""
    found = object_of(data)
    available = found.get("isAvailable", found.get("is_available"))
    return available if isinstance(available, bool) else None


@dataclass(frozen=True, kw_only=True)
class CheckVoice(Request):
    """Ask whether a voice can be used."""

    operation: ClassVar[str] = "check_voice"

    task_id: str = wire("task_id", required=True, doc="the task that made the voice")


CHECK_VOICE = Operation(
    request=CheckVoice,
    title="Check a voice",
    source=f"{K}; {N1}; {KM}",
    path="/api/v1/voice/check-voice",
    read=read_available,
    market_model="ai-music-api/check-voice",
    makes="availability",
    callback_field="",
)

OPERATIONS: tuple[Operation, ...] = (VOICE_PHRASE, VOICE_REPHRASE, MAKE_VOICE, CHECK_VOICE)
