"""The music family: everything whose result is clips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import (
    KM,
    N0,
    N1,
    Body,
    Finding,
    K,
    Limit,
    Operation,
    RecordEndpoint,
    Request,
    S,
    WireField,
    number_or_none,
    objects,
    text_or_none,
    unix_seconds,
    wire,
)
from suno_lab.api.song_models import DEFAULT_MODEL, LONG, SHORT, TAKES_DURATION, V6
from suno_lab.errors import InvalidRequest
from suno_lab.models import ClipRecord, Product, TaskState


# ── the record ───────────────────────────────────────────────────────────────────────────────────────────────────────
def read_clips(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """``data`` of a music record → clips; understands camelCase records and snake_case callbacks."""
    response = data.get("response")
    tracks = objects(response.get("sunoData")) if isinstance(response, dict) else objects(data.get("data"))
    task_id = str(data.get("taskId") or data.get("task_id") or "")
    return tuple(_clip(track, task_id=task_id, sibling=i) for i, track in enumerate(tracks)), ()


def _clip(track: Mapping[str, Any], *, task_id: str, sibling: int) -> ClipRecord:
    def either(camel: str, snake: str) -> str | None:
        return text_or_none(track.get(camel)) or text_or_none(track.get(snake))

    return ClipRecord(
        clip_id=str(track.get("id") or f"{task_id}-{sibling}"),
        task_id=task_id,
        sibling=sibling,
        title=text_or_none(track.get("title")),
        tags=text_or_none(track.get("tags")),
        lyrics=text_or_none(track.get("prompt")),
        model_reported=either("modelName", "model_name"),
        audio_url=either("audioUrl", "audio_url"),
        source_audio_url=either("sourceAudioUrl", "source_audio_url"),
        stream_url=either("streamAudioUrl", "stream_audio_url"),
        image_url=either("imageUrl", "image_url"),
        duration_s=number_or_none(track.get("duration")),
        created_at=unix_seconds(track.get("createTime")),
    )


RECORD = RecordEndpoint(
    family="music",
    path="/api/v1/generate/record-info",
    states={
        "PENDING": TaskState.PENDING,
        "TEXT_SUCCESS": TaskState.TEXT,
        "FIRST_SUCCESS": TaskState.FIRST,
        "SUCCESS": TaskState.SUCCESS,
        "CREATE_TASK_FAILED": TaskState.FAILED,
        "GENERATE_AUDIO_FAILED": TaskState.FAILED,
        "CALLBACK_EXCEPTION": TaskState.FAILED,
        "SENSITIVE_WORD_ERROR": TaskState.FAILED,
    },
    read=read_clips,
)


# ── limits that several calls share ──────────────────────────────────────────────────────────────────────────────────
def _characters(most: float, source: str, **about: Any) -> Limit:
    return Limit(most=most, unit="characters", source=source, **about)


LYRICS_LIMITS = (
    _characters(3000, f"{S}; {K}; {N0}", models=SHORT, custom=True),
    _characters(5000, f"{K}; {N0}", models=LONG, custom=True),
)
STYLE_LIMITS = (
    _characters(200, f"{S}; {K}; {N0}", models=SHORT),
    _characters(1000, f"{K}; {N0}", models=LONG),
)
TITLE_LIMITS = (
    _characters(80, f"{S}; {K}; {N1}"),
    _characters(100, N0, models=frozenset({"V4_5", "V4_5PLUS", "V5", "V5_5"}), hosts=frozenset({"sunoapi"})),
)
SIMPLE_PROMPT_LIMITS = (
    _characters(500, f"{S}; {N0}", custom=False),
    _characters(3000, f"{K} (generate); {N1}", custom=False),
)
WEIGHT_LIMITS = (Limit(least=0, most=1, source=f"{K}; {N0}"),)
DURATION_LIMITS = (Limit(least=10, most=360, source=f"{K}; {N1}"),)
GENDERS = ("m", "f")
PERSONA_MODELS = ("style_persona", "voice_persona")

#: names as the pages list them; a name that is in none of them is passed on with one warning
MODEL_FIELD = WireField(name="model", required=True, doc="which song model")


def _custom(body: Body) -> bool:
    return body.get("customMode") is True


def _sung(body: Body) -> bool:
    return body.get("instrumental") is not True


def duration_needs_model(body: Body, host: str) -> Iterator[Finding]:
    """``duration`` only in custom mode, and only with models that take it."""
    if body.get("duration") is None:
        return
    source = f"{K}; {N1}"
    if body.get("model") not in TAKES_DURATION:
        message = f"duration needs one of {', '.join(sorted(TAKES_DURATION))}, the model is {body.get('model')}"
        yield Finding(severity="refuse", field="duration", message=message, given=body["duration"], source=source)
    if body.get("customMode") is False:
        message = "duration needs custom mode: give lyrics, style or title"
        yield Finding(severity="refuse", field="duration", message=message, given=body["duration"], source=source)


# ── generate ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Generate(Request):
    """Ask for a song: two sibling clips per task.

    Custom mode when ``lyrics``, ``style`` or ``title`` is given: ``lyrics`` is then sung word for word, and a
    ``description`` stands in for a missing ``style``. Otherwise the service writes the words from ``description``.
    """

    operation: ClassVar[str] = "generate"
    extra: ClassVar[tuple[WireField, ...]] = (
        WireField(
            name="prompt",
            required=lambda body: not _custom(body) or _sung(body),
            limits=LYRICS_LIMITS + SIMPLE_PROMPT_LIMITS,
            doc="what the song is about, or in custom mode the words to sing",
        ),
        WireField(name="customMode", type="boolean", required=True, doc="whether style, title and words are given"),
    )

    description: str | None = None
    lyrics: str | None = None
    style: str | None = wire(
        "style", default=None, required=_custom, limits=STYLE_LIMITS, doc="genre, mood, instruments, tempo, key"
    )
    title: str | None = wire("title", default=None, required=_custom, limits=TITLE_LIMITS, doc="the song's title")
    instrumental: bool = wire("instrumental", "boolean", default=False, required=True, doc="no singing")
    model: str = wire("model", default=DEFAULT_MODEL, required=True, doc="which song model")
    duration_s: float | None = wire(
        "duration", "number", default=None, limits=DURATION_LIMITS, doc="wished length in seconds"
    )
    negative_tags: str | None = wire(
        "negativeTags", default=None, limits=(_characters(1000, N1, models=V6),), doc="styles to avoid"
    )
    vocal_gender: str | None = wire("vocalGender", default=None, enum=GENDERS, doc="raises the chance of such a voice")
    style_weight: float | None = wire(
        "styleWeight", "number", default=None, limits=WEIGHT_LIMITS, doc="how closely to follow the style"
    )
    weirdness: float | None = wire(
        "weirdnessConstraint", "number", default=None, limits=WEIGHT_LIMITS, doc="how far to stray"
    )
    audio_weight: float | None = wire(
        "audioWeight", "number", default=None, limits=WEIGHT_LIMITS, doc="weight of given audio"
    )
    persona: str | None = wire("personaId", default=None, doc="a persona or a voice of yours")
    persona_model: str | None = wire("personaModel", default=None, enum=PERSONA_MODELS, doc="what persona names")

    @property
    def custom(self) -> bool:
        """Whether this asks in custom mode."""
        return any(text is not None for text in (self.lyrics, self.style, self.title))

    def body(self) -> Body:
        """The wire body; raises :class:`~suno_lab.errors.InvalidRequest` where words would be lost."""
        own = super().body()
        if not self.custom:
            return {"prompt": self.description or "", "customMode": False, **own}
        if self.description and self.style is not None:
            raise InvalidRequest(
                "description and style cannot both be sent: in custom mode (lyrics, style or title given) the service "
                "takes the style alone; put the description into style, or leave style, title and lyrics out",
                field="description",
                given=self.description,
            )
        style = self.style if self.style is not None else self.description
        own = {**own, "style": style or "", "title": self.title if self.title is not None else _title_from(self)}
        return {"prompt": self.lyrics or "", "customMode": True, **own}


def _title_from(request: Generate) -> str:
    """A title for those who gave none: the first words of what was asked."""
    first = next((line for line in (request.lyrics or "").splitlines() if line.strip() and line[0] != "["), "")
    words = (first or request.style or request.description or "").split()
    return " ".join(words[:6])[:80] or "Untitled"


GENERATE = Operation(
    request=Generate,
    title="Generate music",
    path="/api/v1/generate",
    record=RECORD,
    market_model="ai-music-api/generate",
    credits=lambda request: 12.0,
    rules=(duration_needs_model,),
)

# ── extend ───────────────────────────────────────────────────────────────────────────────────────────────────────────
EXTEND_TITLE_LIMITS = (
    _characters(80, f"{K}; {N0}", models=frozenset({"V4", "V4_5ALL"})),
    _characters(100, f"{K}; {KM}", models=LONG - {"V4_5ALL"}),
)


def _own_parameters(body: Body) -> bool:
    return body.get("defaultParamFlag") is True


@dataclass(frozen=True, kw_only=True)
class Extend(Request):
    """Continue a clip from a moment inside it.

    Without ``lyrics``, ``style``, ``title`` and ``continue_at_s`` the source's own parameters are kept.
    """

    operation: ClassVar[str] = "extend"
    extra: ClassVar[tuple[WireField, ...]] = (
        WireField(
            name="defaultParamFlag", type="boolean", required=True, doc="true: use the parameters of this request"
        ),
    )

    clip_id: str = wire("audioId", required=True, doc="the clip to continue")
    continue_at_s: float | None = wire(
        "continueAt", "number", default=None, required=_own_parameters, limits=(Limit(least=0.001, source=K),),
        doc="seconds into the clip",
    )  # fmt: skip
    lyrics: str | None = wire(
        "prompt", default=None, required=lambda body: _own_parameters(body) and _sung(body),
        limits=tuple(_characters(limit.most or 0, limit.source, models=limit.models) for limit in LYRICS_LIMITS),
        doc="words to sing in the continuation",
    )  # fmt: skip
    style: str | None = wire("style", default=None, required=_own_parameters, limits=STYLE_LIMITS)
    title: str | None = wire("title", default=None, required=_own_parameters, limits=EXTEND_TITLE_LIMITS)
    instrumental: bool | None = wire("instrumental", "boolean", default=None, doc="no singing in the continuation")
    model: str = wire("model", default=DEFAULT_MODEL, required=True, doc="which song model; the source's own is safest")
    negative_tags: str | None = wire("negativeTags", default=None)
    vocal_gender: str | None = wire("vocalGender", default=None, enum=GENDERS)
    style_weight: float | None = wire("styleWeight", "number", default=None, limits=WEIGHT_LIMITS)
    weirdness: float | None = wire("weirdnessConstraint", "number", default=None, limits=WEIGHT_LIMITS)
    audio_weight: float | None = wire("audioWeight", "number", default=None, limits=WEIGHT_LIMITS)
    persona: str | None = wire("personaId", default=None)
    persona_model: str | None = wire("personaModel", default=None, enum=PERSONA_MODELS)

    def body(self) -> Body:
        """The wire body with ``defaultParamFlag`` set by what was given."""
        own = super().body()
        flag = any(value is not None for value in (self.continue_at_s, self.lyrics, self.style, self.title))
        return {"defaultParamFlag": flag, **own}


EXTEND = Operation(
    request=Extend,
    title="Extend music",
    path="/api/v1/generate/extend",
    record=RECORD,
    market_model="ai-music-api/extend",
    credits=lambda request: 12.0,
)

OPERATIONS: tuple[Operation, ...] = (GENERATE, EXTEND)
