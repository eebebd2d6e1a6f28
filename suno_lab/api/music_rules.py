"""What the calls that make clips have in common: limits, model lists, shared fields and rules."""

from __future__ import annotations

from collections.abc import Iterator
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
    ModelList,
    Need,
    O,
    Price,
    Request,
    S,
    WireField,
    wire,
)
from suno_lab.api.fields import blank, check_limits, text_of
from suno_lab.api.prices import KIE_LIST
from suno_lab.api.song_models import BY_NAME, DEFAULT_MODEL, LONG, SHORT, TAKES_DURATION, V6
from suno_lab.errors import InvalidRequest


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def characters(most: float, source: str, **about: Any) -> Limit:
    """At most so many characters."""
    return Limit(most=most, unit="characters", source=source, **about)


LYRICS_LIMITS = (
    characters(3000, f"{S}; {K}; {N0}", models=SHORT, custom=True),
    characters(5000, f"{K}; {N0}", models=LONG, custom=True),
)
#: the same where the call has no simple mode
SUNG_LIMITS = (
    characters(3000, f"{S}; {K}; {N0}", models=SHORT),
    characters(5000, f"{K}; {N0}", models=LONG),
)
STYLE_LIMITS = (
    characters(200, f"{S}; {K}; {N0}", models=SHORT),
    characters(1000, f"{K}; {N0}", models=LONG),
)
TITLE_LIMITS = (
    characters(80, f"{S}; {K}; {N1}"),
    characters(100, N0, models=frozenset({"V4_5", "V4_5PLUS", "V5", "V5_5"}), hosts=ON_SUNOAPI),
)
#: of extend, cover and upload_extend
LONG_TITLE_LIMITS = (
    characters(80, f"{S}; {K}; {N0}", models=SHORT | {"V4_5ALL"}),
    characters(100, f"{K}; {N0}; {KM}", models=LONG - {"V4_5ALL"}),
)
SIMPLE_PROMPT_LIMITS = (
    characters(500, f"{S}; {N0}", custom=False),
    characters(3000, f"{K} (generate); {N1}", custom=False),
)
#: of cover and mashup
SHORT_PROMPT_LIMITS = (
    characters(500, f"{K}; {N0}", custom=False),
    characters(3000, N1, custom=False, models=V6),
)
NEGATIVE_TAGS_LIMITS = (characters(1000, N1, models=V6),)
WEIGHT_LIMITS = (Limit(least=0, most=1, source=f"{K}; {N0}"),)
DURATION_LIMITS = (Limit(least=10, most=360, unit="s", source=f"{K}; {N1}"),)
AFTER_START = (Limit(above=0, unit="s", source=f"{K}; {N0}"),)

#: uploads: at most 8 minutes, at most 1 minute with V4_5ALL
UPLOAD_LIMITS = (
    Limit(most=60, unit="s", source=f"{N0} (upload-cover, upload-extend)", models=frozenset({"V4_5ALL"})),
    Limit(most=480, unit="s", source=f"{K}; {N0}"),
)

GENDERS = ("m", "f")
PERSONA_MODELS = ("style_persona", "voice_persona")

# ── models, page by page ─────────────────────────────────────────────────────────────────────────────────────────────
_K_NAMES = ("V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5", "V5_5")
_V6_NAMES = ("V6", "V6_MINI", "V6_WILD")
_S_NAMES = ("V3_5", "V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5")
QUICKSTART_MODELS = ModelList(names=_S_NAMES, source=S)
SONG_LISTS = (
    ModelList(names=_K_NAMES, source=K, hosts=ON_KIE),
    ModelList(names=_K_NAMES + _V6_NAMES, source=KM, hosts=ON_KIE),
    ModelList(names=_K_NAMES[:-1], source=N0, hosts=ON_SUNOAPI),
)
GENERATE_MODELS = (
    *SONG_LISTS,
    QUICKSTART_MODELS,
    ModelList(names=_K_NAMES + _V6_NAMES, source=N1, hosts=ON_SUNOAPI),
)
#: extend, cover, upload_extend on sunoapi: V5_5 by its catalogue of July 2026, where only mashup lacked it
N1_CATALOGUE = ModelList(names=_K_NAMES, source=f"{N1} (catalogue)", hosts=ON_SUNOAPI)
EXTEND_MODELS = (*SONG_LISTS, QUICKSTART_MODELS, N1_CATALOGUE)
UPLOAD_MODELS = (*SONG_LISTS, N1_CATALOGUE)
MASHUP_MODELS = SONG_LISTS
LAYER_MODELS = (
    ModelList(names=("V4_5PLUS", "V5", "V5_5"), source=K, hosts=ON_KIE),
    ModelList(names=("V4_5PLUS", "V5", "V5_5", *_V6_NAMES), source=KM, hosts=ON_KIE),
    ModelList(names=("V4_5PLUS", "V5"), source=N0, hosts=ON_SUNOAPI),
    ModelList(names=("V4_5PLUS", "V5", "V5_5"), source=f"{N1} (catalogue)", hosts=ON_SUNOAPI),
)
SOUND_MODELS = (
    ModelList(names=("V5", "V5_5"), source=K, hosts=ON_KIE),
    ModelList(names=("V5", "V5_5", *_V6_NAMES), source=KM, hosts=ON_KIE),
    ModelList(names=("V5",), source=f"{N1} (catalogue)", hosts=ON_SUNOAPI),
    ModelList(names=("V5", "V5_5"), source=O, hosts=ON_SUNOAPI),
)


def model_field(*lists: ModelList, doc: str = "which song model", absent: str = "") -> Any:
    """The field ``model`` of a call, with the names each page lists for it.

    With ``absent``, the model the service takes by itself, a body may leave the field out.
    """
    doc += f"; {absent} where it is left out" if absent else ""
    return wire("model", default=DEFAULT_MODEL, required=not absent, models=lists, absent=absent, doc=doc)


SONG_PRICE = (
    Price(credits=12, source=KIE_LIST),
    Price(credits=12, source="one client's note, 2025-11", hosts=ON_SUNOAPI),
)


# ── fields many calls share ──────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Controls(Request):
    """How the voice should be, and how far the model may stray."""

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


@dataclass(frozen=True, kw_only=True)
class Personal(Controls):
    """The controls, and whose voice or style to take."""

    negative_tags: str | None = wire("negativeTags", default=None, limits=NEGATIVE_TAGS_LIMITS, doc="styles to avoid")
    persona: str | None = wire("personaId", default=None, doc="a persona or a voice of yours")
    persona_model: str | None = wire("personaModel", default=None, enum=PERSONA_MODELS, doc="what persona names")


CUSTOM_MODE = WireField(
    name="customMode", type="boolean", required=True, doc="whether style, title and words are given"
)
OWN_PARAMETERS = WireField(
    name="defaultParamFlag", type="boolean", required=True, doc="true: use the parameters of this request"
)


# ── what a body asks for ─────────────────────────────────────────────────────────────────────────────────────────────
def custom(body: Body) -> bool:
    """Whether a body asks in custom mode."""
    return body.get("customMode") is True


def simple(body: Body) -> bool:
    """Whether a body leaves words and style to the service."""
    return body.get("customMode") is not True


def sung(body: Body) -> bool:
    """Whether a body asks for singing."""
    return body.get("instrumental") is not True


def own_parameters(body: Body) -> bool:
    """Whether a body brings its own parameters instead of the source's."""
    return body.get("defaultParamFlag") is True


def sung_parameters(body: Body) -> bool:
    """Whether a body brings its own parameters and asks for singing."""
    return own_parameters(body) and sung(body)


def words_needed(body: Body) -> bool:
    """Simple mode needs an idea, custom mode words to sing."""
    return simple(body) or sung(body)


CUSTOM_OR_SUNG_NEED = (
    Need(source=K, when=words_needed, hosts=ON_KIE),
    Need(source=N0, when=words_needed, hosts=ON_SUNOAPI),
)


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def duration_needs_model(body: Body, host: str) -> Iterator[Finding]:
    """``duration`` only in custom mode, and only with models that take it."""
    given, source = body.get("duration"), f"{K}; {N1}"
    if given is None:
        return
    model = text_of(body, "model")
    if model in BY_NAME and model not in TAKES_DURATION:  # an unknown model may be a newer one
        message = f"`duration` needs one of {', '.join(sorted(TAKES_DURATION))}, the model is {model}"
        yield Finding(severity="refuse", field="duration", message=message, given=given, source=source)
    if body.get("customMode") is False:
        message = "`duration` needs custom mode (lyrics, style or title given)"
        yield Finding(severity="refuse", field="duration", message=message, given=given, source=source)


def duration_left_out(body: Body, host: str) -> Iterator[Finding]:
    """Models that take a ``duration`` make a short piece in custom mode when none is given."""
    if custom(body) and body.get("duration") is None and text_of(body, "model") in TAKES_DURATION:
        message = f"`duration` is left out: in custom mode {body['model']} then makes about 20 s"
        yield Finding(severity="warn", field="duration", message=message, source=f"{K}; {N1}; {O}")


#: (field, who says so, on which hosts)
_CUSTOM_ONLY = (
    ("vocalGender", f"{K}; {N1}", ON_KIE | ON_SUNOAPI),
    ("personaId", f"{K}; {N0}", ON_KIE | ON_SUNOAPI),
    ("title", f"{K}; {N0}; {N1}", ON_KIE | ON_SUNOAPI),
    ("style", f"{K}; {N0}", ON_KIE),
    ("negativeTags", N1, ON_SUNOAPI),
    ("styleWeight", N1, ON_SUNOAPI),
    ("weirdnessConstraint", N1, ON_SUNOAPI),
    ("audioWeight", N1, ON_SUNOAPI),
)


def custom_mode_fields(body: Body, host: str) -> Iterator[Finding]:
    """Fields that pages grant an effect in custom mode only."""
    if body.get("customMode") is not False:
        return
    for name, source, hosts in _CUSTOM_ONLY:
        if host in hosts and not blank(body.get(name)):
            message = f"`{name}` counts in custom mode only (lyrics, style or title given); here it may be ignored"
            yield Finding(severity="warn", field=name, message=message, given=body[name], source=source)


def persona_model_needs_persona(body: Body, host: str) -> Iterator[Finding]:
    """``personaModel`` says what ``personaId`` is, and only the newer models know it."""
    given = text_of(body, "personaModel")
    if given is None:
        return
    if blank(body.get("personaId")):
        message = "`personaModel` says what `personaId` names, but `personaId` is not given"
        yield Finding(severity="refuse", field="personaModel", message=message, given=given, source=f"{K}; {N1}")
    model = text_of(body, "model")
    if model in BY_NAME and model not in {"V5", *TAKES_DURATION}:
        message = f"`personaModel` is known for V5 and newer, the model is {model}"
        yield Finding(severity="warn", field="personaModel", message=message, given=given, source=f"{K}; {N1}")


def upload_length(body: Body, host: str, duration_s: float) -> Iterator[Finding]:
    """Uploaded audio: at most 8 minutes, with V4_5ALL at most one."""
    name = "uploadUrlList" if "uploadUrlList" in body else "uploadUrl"
    for limit in UPLOAD_LIMITS:
        yield from check_limits(name, duration_s, (limit,), body=body, host=host, given=body.get(name))


def inside_source(body: Body, host: str, duration_s: float) -> Iterator[Finding]:
    """``continueAt`` lies before the end of the source."""
    limits = (Limit(above=0, most=duration_s, unit="s", source=f"{K}; {N0}"),)
    yield from check_limits("continueAt", body.get("continueAt"), limits, body=body, host=host)


# ── songs from words ─────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Worded(Request):
    """A call with two modes: a description, or lyrics, style and title of one's own.

    Custom mode when ``lyrics``, ``style`` or ``title`` is given: ``lyrics`` is then sung word for word, and a
    ``description`` stands in for a missing ``style``. Otherwise the service writes the words from ``description``.
    """

    title_limit: ClassVar[int] = 80

    description: str | None = None
    lyrics: str | None = None
    style: str | None = None
    title: str | None = None

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
        title = self.title if self.title is not None else title_from(self.lyrics, style, most=self.title_limit)
        words = {"prompt": self.lyrics} if self.lyrics is not None else {"prompt": ""}
        return {**words, "customMode": True, **own, "style": style or "", "title": title}

    def names(self) -> dict[str, str]:
        """The service's field names → the fields a user fills; ``prompt`` is what the mode makes of it."""
        names = {**super().names(), "prompt": "lyrics" if self.custom else "description", "customMode": "lyrics"}
        if self.custom and self.style is None and self.description:
            names["style"] = "description"
        return names

    def advice(self, field: str) -> str | None:
        """What to say where words are missing."""
        return {
            "description": "description is empty: say what the song should be about, or give lyrics, style or title",
            "lyrics": "lyrics is empty: give the words to sing, or ask for instrumental=True",
            "style": "style is empty: with lyrics or title of your own, say how it should sound (style or description)",
        }.get(field)


def title_from(*texts: Any, most: int) -> str:
    """A title for those who gave none: the first words of the first text, section tags passed over."""
    lines = (line.strip() for text in texts if isinstance(text, str) for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith("[")), "")
    return " ".join(first.split()[:6])[:most] or "Untitled"
