"""Songs from audio of one's own: cover, continue, add a band, add a voice, mix two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import (
    KM,
    N0,
    N1,
    ON_KIE,
    ON_SUNOAPI,
    Body,
    K,
    Limit,
    Need,
    O,
    Operation,
    WireField,
    wire,
)
from suno_lab.api.fields import always
from suno_lab.api.music import RECORD
from suno_lab.api.music_rules import (
    AFTER_START,
    CUSTOM_MODE,
    CUSTOM_OR_SUNG_NEED,
    DURATION_LIMITS,
    LAYER_MODELS,
    LONG_TITLE_LIMITS,
    LYRICS_LIMITS,
    MASHUP_MODELS,
    OWN_PARAMETERS,
    SHORT_PROMPT_LIMITS,
    SONG_PRICE,
    STYLE_LIMITS,
    SUNG_LIMITS,
    TITLE_LIMITS,
    UPLOAD_MODELS,
    Controls,
    Personal,
    Worded,
    characters,
    custom,
    custom_mode_fields,
    duration_left_out,
    duration_needs_model,
    inside_source,
    model_field,
    own_parameters,
    persona_model_needs_persona,
    sung_parameters,
    upload_length,
    words_needed,
)


def _source_field(doc: str) -> Any:
    return wire("uploadUrl", "uri", required=True, doc=doc)


def _duration_field() -> Any:
    return wire("duration", "integer", default=None, limits=DURATION_LIMITS, doc="wished length in whole seconds")


# ── cover ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Cover(Worded, Personal):
    """Sing or play a recording anew in another style, its melody kept.

    The two modes are those of :class:`~suno_lab.api.music.Generate`.
    """

    operation: ClassVar[str] = "cover"
    title_limit: ClassVar[int] = 80
    extra: ClassVar[tuple[WireField, ...]] = (
        WireField(
            name="prompt",
            required=(
                Need(source=f"{K} (schema)", hosts=ON_KIE),
                Need(source=f"{K} (text)", when=words_needed, hosts=ON_KIE),
                Need(source=N0, when=words_needed, hosts=ON_SUNOAPI),
            ),
            limits=LYRICS_LIMITS + SHORT_PROMPT_LIMITS,
            doc="what the cover should be like, or in custom mode the words to sing",
        ),
        CUSTOM_MODE,
    )

    source_url: str = _source_field("the recording, at most 8 minutes (1 minute with V4_5ALL)")
    style: str | None = wire(
        "style", default=None, required=custom, limits=STYLE_LIMITS, doc="genre, mood, instruments of the cover"
    )
    title: str | None = wire("title", default=None, required=custom, limits=LONG_TITLE_LIMITS, doc="title of the cover")
    instrumental: bool = wire("instrumental", "boolean", default=False, required=True, doc="no singing")
    model: str = model_field(*UPLOAD_MODELS)
    duration_s: int | None = _duration_field()


COVER = Operation(
    request=Cover,
    title="Cover a recording",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/generate/upload-cover",
    record=RECORD,
    market_model="ai-music-api/upload-and-cover-audio",
    prices=SONG_PRICE[:1],
    rules=(duration_needs_model, duration_left_out, custom_mode_fields, persona_model_needs_persona),
    source_rules=(upload_length,),
    operation_type="upload_cover",
)


# ── extend a recording ───────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class UploadExtend(Personal):
    """Continue a recording of one's own from a moment inside it.

    Without ``lyrics``, ``style`` and ``title`` the service takes its own; with one of them it wants them all.
    """

    operation: ClassVar[str] = "upload_extend"
    extra: ClassVar[tuple[WireField, ...]] = (OWN_PARAMETERS,)

    source_url: str = _source_field("the recording, at most 8 minutes (1 minute with V4_5ALL)")
    continue_at_s: float = wire(
        "continueAt", "number", limits=AFTER_START, doc="seconds into the recording",
        required=(
            Need(source=K, hosts=ON_KIE),
            Need(source=N0, when=own_parameters, hosts=ON_SUNOAPI),
            Need(source=f"{O}: every call without it fails", when=always),
        ),
    )  # fmt: skip
    lyrics: str | None = wire(
        "prompt", default=None, limits=SUNG_LIMITS, doc="words to sing in the continuation",
        required=(
            Need(source=f"{K} (schema)", when=sung_parameters, hosts=ON_KIE),
            Need(source=N0, when=sung_parameters, hosts=ON_SUNOAPI),
        ),
    )  # fmt: skip
    style: str | None = wire(
        "style", default=None, required=own_parameters, limits=STYLE_LIMITS, doc="genre, mood, instruments"
    )
    title: str | None = wire(
        "title", default=None, required=own_parameters, limits=LONG_TITLE_LIMITS, doc="title of the continuation"
    )
    instrumental: bool = wire("instrumental", "boolean", default=False, doc="no singing in the continuation")
    model: str = model_field(*UPLOAD_MODELS, doc="which song model; one page wants the source's own")

    def body(self) -> Body:
        """The wire body with ``defaultParamFlag`` set by what was given."""
        own = super().body()
        flag = any(value is not None for value in (self.lyrics, self.style, self.title))
        return {"defaultParamFlag": flag, **own}

    def advice(self, field: str) -> str | None:
        """Which fields come together."""
        if field == "continue_at_s":
            return "continue_at_s is missing: say where in the recording the continuation begins"
        if field not in ("lyrics", "style", "title"):
            return None
        return (
            f"{field} is missing: give style, title and (unless instrumental=True) lyrics together, or none of them to "
            "leave them to the service"
        )


UPLOAD_EXTEND = Operation(
    request=UploadExtend,
    title="Extend a recording",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/generate/upload-extend",
    record=RECORD,
    market_model="ai-music-api/upload-and-extend-audio",
    prices=SONG_PRICE[:1],
    rules=(persona_model_needs_persona,),
    source_rules=(upload_length, inside_source),
    operation_type="upload_extend",
)

# ── a band under a voice, a voice over a band ────────────────────────────────────────────────────────────────────────
AVOID_LIMITS = (characters(200, K),)


@dataclass(frozen=True, kw_only=True)
class AddInstrumental(Controls):
    """Put a band under a recorded voice."""

    operation: ClassVar[str] = "add_instrumental"

    source_url: str = _source_field("the recorded voice")
    title: str = wire("title", required=True, doc="title of the result")
    style: str = wire("tags", required=True, limits=(characters(1000, K),), doc="genre, mood, instruments of the band")
    negative_tags: str = wire("negativeTags", required=True, limits=AVOID_LIMITS, doc="styles to avoid")
    model: str = model_field(*LAYER_MODELS, absent="V4_5PLUS")


ADD_INSTRUMENTAL = Operation(
    request=AddInstrumental,
    title="Add a band to a voice",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/generate/add-instrumental",
    record=RECORD,
    market_model="ai-music-api/add-instrumental",
    prices=SONG_PRICE[:1],
    source_rules=(upload_length,),
)


@dataclass(frozen=True, kw_only=True)
class AddVocals(Controls):
    """Put a voice over a recorded band."""

    operation: ClassVar[str] = "add_vocals"

    source_url: str = _source_field("the recorded band")
    lyrics: str = wire("prompt", required=True, doc="words to sing, or what they should be about")
    title: str = wire("title", required=True, doc="title of the result")
    style: str = wire("style", required=True, limits=(characters(1000, K),), doc="genre, mood, manner of singing")
    negative_tags: str = wire("negativeTags", required=True, limits=AVOID_LIMITS, doc="styles to avoid")
    model: str = model_field(*LAYER_MODELS, absent="V4_5PLUS")


ADD_VOCALS = Operation(
    request=AddVocals,
    title="Add a voice to a band",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/generate/add-vocals",
    record=RECORD,
    market_model="ai-music-api/add-vocals",
    prices=SONG_PRICE[:1],
    source_rules=(upload_length,),
)


# ── mashup ───────────────────────────────────────────────────────────────────────────────────────────────────────────
_MASHUP_WORDS = (
    Need(source=f"{K} (schema); {KM}", hosts=ON_KIE),
    Need(source=f"{K} (text)", when=custom, hosts=ON_KIE),
    Need(source=N1, when=custom, hosts=ON_SUNOAPI),
)


@dataclass(frozen=True, kw_only=True)
class Mashup(Worded, Controls):
    """Mix two recordings into a new song.

    The two modes are those of :class:`~suno_lab.api.music.Generate`.
    """

    operation: ClassVar[str] = "mashup"
    extra: ClassVar[tuple[WireField, ...]] = (
        WireField(
            name="prompt",
            required=CUSTOM_OR_SUNG_NEED,
            limits=LYRICS_LIMITS + SHORT_PROMPT_LIMITS,
            doc="what the song is about, or in custom mode the words to sing",
        ),
        CUSTOM_MODE,
    )

    source_urls: tuple[str, ...] = wire(
        "uploadUrlList", "uri[]", required=True, limits=(Limit(least=2, most=2, unit="items", source=f"{K}; {N1}"),),
        doc="the two recordings",
    )  # fmt: skip
    style: str | None = wire(
        "style", default=None, required=_MASHUP_WORDS, limits=STYLE_LIMITS, doc="genre, mood, instruments of the result"
    )
    title: str | None = wire(
        "title", default=None, required=_MASHUP_WORDS, limits=TITLE_LIMITS, doc="title of the result"
    )
    instrumental: bool = wire("instrumental", "boolean", default=False, doc="no singing")
    model: str = model_field(*MASHUP_MODELS)
    duration_s: int | None = _duration_field()


MASHUP = Operation(
    request=Mashup,
    title="Mix two recordings",
    source=f"{K}; {N1}; {KM}",
    path="/api/v1/generate/mashup",
    record=RECORD,
    market_model="ai-music-api/mashup",
    prices=SONG_PRICE[:1],
    rules=(duration_needs_model, duration_left_out, custom_mode_fields),
)

OPERATIONS: tuple[Operation, ...] = (COVER, UPLOAD_EXTEND, ADD_INSTRUMENTAL, ADD_VOCALS, MASHUP)
