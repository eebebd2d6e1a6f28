"""Songs from words, and their continuation. The record that every call of the music family shares is here too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import (
    KM,
    N0,
    N1,
    ON_KIE,
    ON_SUNOAPI,
    Body,
    Finding,
    K,
    Limit,
    Need,
    Operation,
    RecordEndpoint,
    S,
    WireField,
    number_or_none,
    objects,
    text_or_none,
    unix_seconds,
    wire,
)
from suno_lab.api.fields import blank
from suno_lab.api.music_rules import (
    AFTER_START,
    CUSTOM_MODE,
    DURATION_LIMITS,
    EXTEND_MODELS,
    GENERATE_MODELS,
    LONG_TITLE_LIMITS,
    LYRICS_LIMITS,
    OWN_PARAMETERS,
    SIMPLE_PROMPT_LIMITS,
    SONG_PRICE,
    STYLE_LIMITS,
    SUNG_LIMITS,
    TITLE_LIMITS,
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
    simple,
    sung,
    sung_parameters,
)
from suno_lab.api.reading import either
from suno_lab.models import ClipRecord, Product, TaskState


# ── the record ───────────────────────────────────────────────────────────────────────────────────────────────────────
def read_clips(data: Mapping[str, Any]) -> tuple[tuple[ClipRecord, ...], tuple[Product, ...]]:
    """``data`` of a music record → clips; understands camelCase records and snake_case callbacks."""
    response = data.get("response")
    if isinstance(response, dict):
        tracks = objects(response.get("sunoData")) or objects(response.get("data"))
    else:
        tracks = objects(data.get("data"))
    task_id = str(data.get("taskId") or data.get("task_id") or "")
    return tuple(_clip(track, task_id=task_id, sibling=i) for i, track in enumerate(tracks)), ()


def _clip(track: Mapping[str, Any], *, task_id: str, sibling: int) -> ClipRecord:
    return ClipRecord(
        clip_id=str(track.get("id") or f"{task_id}-{sibling}"),
        task_id=task_id,
        sibling=sibling,
        title=text_or_none(track.get("title")),
        tags=text_or_none(track.get("tags")),
        lyrics=text_or_none(track.get("prompt")),
        model_reported=either(track, "modelName"),
        audio_url=either(track, "audioUrl"),
        source_audio_url=either(track, "sourceAudioUrl"),
        stream_url=either(track, "streamAudioUrl") or either(track, "sourceStreamAudioUrl"),
        image_url=either(track, "imageUrl") or either(track, "sourceImageUrl"),
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

# ── generate ─────────────────────────────────────────────────────────────────────────────────────────────────────────
_ATTACHMENTS = ("imageUrls", "videoUrls", "audioUrls")


def _attached(body: Body) -> bool:
    return any(not blank(body.get(name)) for name in _ATTACHMENTS)


def _idea_missing(body: Body) -> bool:
    """Simple mode without anything else to go by."""
    return simple(body) and not _attached(body)


def _idea_or_words_missing(body: Body) -> bool:
    return _idea_missing(body) or (custom(body) and sung(body) and blank(body.get("lyrics")))


def _nothing_given(body: Body) -> bool:
    return _idea_missing(body) and all(blank(body.get(name)) for name in ("style", "lyrics"))


def _no_direction(body: Body) -> bool:
    return custom(body) and all(blank(body.get(name)) for name in ("style", "lyrics", "prompt", "negativeTags"))


def _never(body: Body) -> bool:
    return False


def attachment_rules(body: Body, host: str) -> Iterator[Finding]:
    """Attachments only in simple mode, at most ten in all; ``variety`` only in custom mode."""
    if body.get("customMode") is True:
        wrong = [(name, "simple mode (no lyrics, style or title)") for name in _ATTACHMENTS]
    else:
        wrong = [("variety", "custom mode (lyrics, style or title given)")]
    for name, mode in wrong:
        if not blank(body.get(name)):
            message = f"`{name}` is taken in {mode} only"
            yield Finding(severity="refuse", field=name, message=message, given=body[name], source=f"{N1}; {KM}")
    lists = [body[name] for name in _ATTACHMENTS if isinstance(body.get(name), list | tuple)]
    attached_n = sum(map(len, lists)) + sum(not blank(body.get(name)) for name in ("style", "lyrics"))
    if lists and attached_n > 10:
        message = f"{attached_n} attachments, allowed are at most 10 in all"
        yield Finding(severity="refuse", field="imageUrls", message=message, given=attached_n, source=N1)


def weight_without_voice(body: Body, host: str) -> Iterator[Finding]:
    """``audioWeight`` has nothing to weigh without vocals."""
    if host == "sunoapi" and not sung(body) and body.get("audioWeight") is not None:
        message = "`audioWeight` is not supported without vocals"
        yield Finding(severity="warn", field="audioWeight", message=message, given=body["audioWeight"], source=N1)


@dataclass(frozen=True, kw_only=True)
class Generate(Worded, Personal):
    """Ask for a song: two sibling clips per task.

    Custom mode when ``lyrics``, ``style`` or ``title`` is given: ``lyrics`` is then sung word for word, and a
    ``description`` stands in for a missing ``style``. Otherwise the service writes the words from ``description``.
    """

    operation: ClassVar[str] = "generate"
    extra: ClassVar[tuple[WireField, ...]] = (
        WireField(
            name="prompt",
            required=(
                Need(source=K, when=_idea_or_words_missing, hosts=ON_KIE),
                Need(source=N0, when=_idea_or_words_missing, hosts=ON_SUNOAPI),
                Need(source=N1, when=_nothing_given, hosts=ON_SUNOAPI),
            ),
            limits=LYRICS_LIMITS + SIMPLE_PROMPT_LIMITS,
            doc="what the song is about, or in custom mode the words to sing",
        ),
        CUSTOM_MODE,
        WireField(
            name="lyrics",
            limits=(characters(5000, N1),),
            doc="words to sing; outranks prompt in custom mode, goes along as an attachment in simple mode",
        ),
    )

    style: str | None = wire(
        "style", default=None, limits=STYLE_LIMITS, doc="genre, mood, instruments, tempo, key",
        required=(
            Need(source=K, when=custom, hosts=ON_KIE),
            Need(source=N0, when=custom, hosts=ON_SUNOAPI),
            Need(source=N1, when=_no_direction, hosts=ON_SUNOAPI),
        ),
    )  # fmt: skip
    title: str | None = wire(
        "title", default=None, limits=TITLE_LIMITS, doc="the song's title",
        required=(
            Need(source=K, when=custom, hosts=ON_KIE),
            Need(source=N0, when=custom, hosts=ON_SUNOAPI),
            Need(source=N1, when=_never, hosts=ON_SUNOAPI),
        ),
    )  # fmt: skip
    instrumental: bool = wire("instrumental", "boolean", default=False, required=True, doc="no singing")
    model: str = model_field(*GENERATE_MODELS)
    duration_s: float | None = wire(
        "duration",
        "number",
        default=None,
        limits=DURATION_LIMITS,
        doc="wished length in seconds; the service's own is 20",
    )
    variety: int | None = wire(
        "variety", "integer", default=None, limits=(Limit(least=0, most=4, source=f"{N1}; {KM}"),),
        doc="how far the two siblings differ: 0 off, 1 normal, 2 high, 3 extra, 4 most",
    )  # fmt: skip
    image_urls: tuple[str, ...] | None = wire(
        "imageUrls", "uri[]", default=None, limits=(Limit(most=5, unit="items", source=f"{N1}; {KM}"),),
        doc="pictures to start from, 10 MB each",
    )  # fmt: skip
    video_urls: tuple[str, ...] | None = wire(
        "videoUrls", "uri[]", default=None, limits=(Limit(most=1, unit="items", source=f"{N1}; {KM}"),),
        doc="a video to start from, 100 MB and 241 s",
    )  # fmt: skip
    audio_urls: tuple[str, ...] | None = wire(
        "audioUrls", "uri[]", default=None, doc="recordings to start from, 6 s to 30 min and 500 MB each"
    )


GENERATE = Operation(
    request=Generate,
    title="Generate music",
    source=f"{S}; {K}; {N0}; {N1}; {KM}",
    path="/api/v1/generate",
    record=RECORD,
    market_model="ai-music-api/generate",
    prices=SONG_PRICE,
    rules=(
        duration_needs_model, duration_left_out, custom_mode_fields, persona_model_needs_persona, attachment_rules,
        weight_without_voice,
    ),
    operation_type="generate",
)  # fmt: skip


# ── extend ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def silent_extension(body: Body, host: str) -> Iterator[Finding]:
    """An instrumental continuation takes no words and no voice."""
    if body.get("instrumental") is not True:
        return
    for name in ("prompt", "vocalGender"):
        if not blank(body.get(name)):
            severity = "refuse" if host == "kie" else "warn"
            message = f"`{name}` must not be sent with `instrumental`: an instrumental continuation has no voice"
            yield Finding(severity=severity, field=name, message=message, given=body[name], source=K)  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Extend(Personal):
    """Continue a clip from a moment inside it.

    Without ``lyrics``, ``style``, ``title`` and ``continue_at_s`` the source's own parameters are kept; with one of
    them the service wants them all.
    """

    operation: ClassVar[str] = "extend"
    extra: ClassVar[tuple[WireField, ...]] = (OWN_PARAMETERS,)

    clip_id: str = wire("audioId", required=True, doc="the clip to continue")
    continue_at_s: float | None = wire(
        "continueAt", "number", default=None, required=own_parameters, limits=AFTER_START, doc="seconds into the clip"
    )
    lyrics: str | None = wire(
        "prompt", default=None, required=sung_parameters, limits=SUNG_LIMITS, doc="words to sing in the continuation"
    )
    style: str | None = wire(
        "style", default=None, required=own_parameters, limits=STYLE_LIMITS, doc="genre, mood, instruments"
    )
    title: str | None = wire(
        "title", default=None, required=own_parameters, limits=LONG_TITLE_LIMITS, doc="title of the continuation"
    )
    instrumental: bool | None = wire("instrumental", "boolean", default=None, doc="no singing in the continuation")
    model: str = model_field(*EXTEND_MODELS, doc="which song model; one page wants the source's own")

    def body(self) -> Body:
        """The wire body with ``defaultParamFlag`` set by what was given."""
        own = super().body()
        flag = any(value is not None for value in (self.continue_at_s, self.lyrics, self.style, self.title))
        return {"defaultParamFlag": flag, **own}

    def advice(self, field: str) -> str | None:
        """Which fields come together."""
        if field not in ("continue_at_s", "lyrics", "style", "title"):
            return None
        return (
            f"{field} is missing: give continue_at_s, style, title and (unless instrumental=True) lyrics together, or "
            "none of them to keep the source's own parameters"
        )


EXTEND = Operation(
    request=Extend,
    title="Extend music",
    source=f"{K}; {N0}; {KM}",
    path="/api/v1/generate/extend",
    record=RECORD,
    market_model="ai-music-api/extend",
    prices=SONG_PRICE,
    rules=(silent_extension, persona_model_needs_persona),
    source_rules=(inside_source,),
    operation_type="extend",
)

OPERATIONS: tuple[Operation, ...] = (GENERATE, EXTEND)
