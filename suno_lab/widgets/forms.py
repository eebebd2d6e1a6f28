"""A form out of a request value: which fields, of what kind, which of them count, and how much room is left.

Pure functions over :mod:`suno_lab.api`; any form, in any toolkit, can be made from them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from suno_lab.api import Operation, Request
from suno_lab.api.fields import Finding, WireField
from suno_lab.api.prices import USD_PER_CREDIT
from suno_lab.api.song_models import NAMES
from suno_lab.errors import InvalidRequest

Kind = Literal["line", "text", "choice", "model", "switch", "number", "whole", "lines", "clip"]
Mode = Literal["simple", "custom"]

#: what of a request with two modes belongs to the simple one; the rest belongs to the custom one
SIMPLE_FIELDS = ("description", "image_urls", "video_urls", "audio_urls")
BOTH_MODES = ("model", "instrumental")
#: what has no meaning without a voice
SUNG_FIELDS = ("lyrics", "vocal_gender")
#: texts that want several rows
LONG_TEXTS = ("description", "lyrics")
#: what most songs do without: shown on request
SELDOM = frozenset({
    *("vocal_gender", "style_weight", "weirdness", "audio_weight", "negative_tags", "persona", "persona_model"),
    *("variety", "image_urls", "video_urls", "audio_urls"),
})  # fmt: skip
#: the order in which a person fills a form; what is not named follows in the request's own order
ORDER = ("model", "clip_id", "source_url", "source_urls", "description", "style", "title", "lyrics", "instrumental")

_KINDS: Mapping[str, Kind] = {
    "boolean": "switch",
    "number": "number",
    "integer": "whole",
    "uri[]": "lines",
    "string[]": "lines",
}


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One field of a form.

    Attributes
    ----------
    name, label : str
        The request's own name, and the same in words.
    kind : str
        How it is filled: ``line``, ``text`` (several rows), ``choice``, ``model``, ``switch``, ``number``, ``whole``,
        ``lines`` (one item a row), ``clip`` (the id of a clip).
    choices : tuple of str
        What may be chosen; "" stands for none.
    """

    name: str
    label: str
    kind: Kind
    doc: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    default: Any = None


def form_fields(operation: Operation) -> tuple[FormField, ...]:
    """The fields of an operation's request in the order of :data:`ORDER`, what is seldom used last."""
    wires = {f.name: f.metadata.get("wire") for f in dataclasses.fields(operation.request)}
    made = [_form_field(f, wires[f.name]) for f in dataclasses.fields(operation.request)]
    return tuple(sorted(made, key=_place))


def _place(field: FormField) -> tuple[bool, int]:
    seldom = field.name in SELDOM and not field.required
    return seldom, ORDER.index(field.name) if field.name in ORDER else len(ORDER)


def _form_field(field: dataclasses.Field[Any], wire: WireField | None) -> FormField:
    default = None if field.default is dataclasses.MISSING else field.default
    return FormField(
        name=field.name,
        label=_label(field.name),
        kind=_kind(field.name, wire),
        doc=wire.doc if wire else "",
        choices=_choices(field.name, wire),
        required=field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        default=default,
    )


def _kind(name: str, wire: WireField | None) -> Kind:
    if name == "model":
        return "model"
    if name == "clip_id":
        return "clip"
    if name in LONG_TEXTS:
        return "text"
    if wire is None:
        return "line"
    return "choice" if wire.enum else _KINDS.get(wire.type, "line")


def _choices(name: str, wire: WireField | None) -> tuple[str, ...]:
    if name == "model":
        listed = {name for page in (wire.models if wire else ()) for name in page.names}
        return tuple(name for name in NAMES if name in listed) or NAMES
    return ("", *wire.enum) if wire and wire.enum else ()


def _label(name: str) -> str:
    stem, _, unit = name.rpartition("_")
    if unit in ("s", "hz", "bpm", "db"):
        return f"{stem.replace('_', ' ')} ({unit})"
    return name.removesuffix("_id").replace("_", " ")


def has_modes(operation: Operation) -> bool:
    """Whether the request is asked either from a description or with lyrics, style and title of one's own."""
    return any(field.name == "customMode" for field in operation.request.wire_fields())


def counts(field: FormField, *, modes: bool, mode: Mode, instrumental: bool) -> bool:
    """Whether a field means anything in this mode; ``modes`` says whether the operation has two."""
    if instrumental and field.name in SUNG_FIELDS:
        return False
    if not modes or field.required or field.name in BOTH_MODES:
        return True
    return (field.name in SIMPLE_FIELDS) == (mode == "simple")


def request_from(operation: Operation, values: Mapping[str, Any]) -> Request:
    """The request value of a filled form; what is empty is left to the request's own defaults.

    Raises
    ------
    InvalidRequest
        Naming the first required field that is empty, or a number that is none.
    """
    given = {field.name: _value(field, values.get(field.name)) for field in form_fields(operation)}
    for field in form_fields(operation):
        if field.required and given[field.name] is None:
            raise InvalidRequest(f"{field.label} is missing: {field.doc or 'it is needed'}", field=field.name)
    return operation.request(**{name: value for name, value in given.items() if value is not None})


def _value(field: FormField, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip() if field.kind != "text" else value.strip("\n")
    if value in (None, "", ()):
        return None
    if field.kind in ("number", "whole"):
        return _number(field, value)
    if field.kind == "lines":
        return tuple(line.strip() for line in str(value).splitlines() if line.strip()) or None
    return value


def _number(field: FormField, value: Any) -> float | int:
    try:
        return int(value) if field.kind == "whole" else float(value)
    except ValueError:
        kind = "a whole number" if field.kind == "whole" else "a number"
        raise InvalidRequest(f"{field.label} must be {kind}, got {value!r}", field=field.name, given=value) from None


# ── what the form says about what is written ─────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Room:
    """How long a text is and how long it may be, in ``unit``; ``disputed_n`` where one page allows less."""

    used_n: int
    most_n: int
    disputed_n: int | None = None
    unit: str = "characters"

    @property
    def left_n(self) -> int:
        """What is left; negative when the text is too long."""
        return self.most_n - self.used_n

    def __str__(self) -> str:
        if self.left_n < 0:
            return f"{-self.left_n} {self.unit} too long: {self.used_n} of {self.most_n}"
        disputed = self.disputed_n
        if disputed is not None and self.used_n > disputed:
            return f"{self.left_n} {self.unit} left; one page of the service allows only {disputed}"
        return f"{self.left_n} {self.unit} left"


def room(request: Request, *, host: str) -> dict[str, Room]:
    """How much each text of a request may still grow at ``host`` (``kie`` or ``sunoapi``), by the request's own names.

    Texts that no page bounds are left out. Where pages disagree the largest bound counts, as it does when a request is
    refused.

    Raises
    ------
    InvalidRequest
        Where the request's fields contradict each other.
    """
    body, names = request.body(), request.names()
    custom = body.get("customMode") if isinstance(body.get("customMode"), bool) else None
    found: dict[str, Room] = {}
    for wire in request.wire_fields():
        value = body.get(wire.name)
        limits = [
            limit
            for limit in wire.limits
            if limit.most is not None
            and limit.unit in ("characters", "words")
            and limit.applies(model=body.get("model"), host=host, custom=custom)
        ]
        if not isinstance(value, str) or not limits or wire.name not in names:
            continue
        widest = max(limits, key=lambda limit: limit.most or 0)
        narrowest = min(int(limit.most or 0) for limit in limits)
        most_n = int(widest.most or 0)
        found[names[wire.name]] = Room(
            used_n=int(widest.size(value) or 0),
            most_n=most_n,
            disputed_n=narrowest if narrowest < most_n else None,
            unit=widest.unit,
        )
    return found


def findings(request: Request, *, operation: Operation, host: str) -> list[Finding]:
    """What the contract has to say about a request, contradictions between its fields included."""
    try:
        return operation.check_request(request, host=host)
    except InvalidRequest as problem:
        return [Finding(severity="refuse", field=problem.field, message=str(problem), given=problem.given)]


def price_text(credits: float | None, *, tasks_n: int = 1, emulated: bool = False) -> str:
    """What so many equal calls cost, in words."""
    calls = "" if tasks_n == 1 else f"{tasks_n} tasks: "
    if credits is None:
        return f"{calls}no price is published for this call"
    total = credits * tasks_n
    if emulated:
        return f"{calls}{total:g} emulated credits"
    return f"{calls}{total:g} credits, about ${total * USD_PER_CREDIT:.2f}" if total else f"{calls}free"
