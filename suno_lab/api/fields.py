"""One field of a call: what the service calls it, when it must be there, how large it may be, and who says so.

Pages of the service disagree. Each page's word stands as its own :class:`Limit` or :class:`Need`: what every page of a
host forbids is refused, what only some forbid is a warning.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from suno_lab.api.reading import Json, snake_case
from suno_lab.api.song_models import NAMES
from suno_lab.errors import InvalidRequest, UnknownModel

Body = dict[str, Any]
Severity = Literal["refuse", "warn"]
Kind = Literal["missing", "type", "limit", "enum", "unknown_model", "unlisted_model", "rule"]


# ── what is found ────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Finding:
    """One way in which a body departs from the contract. Field names stand in the message between backticks."""

    severity: Severity
    field: str
    message: str
    given: Any = None
    source: str = ""
    kind: Kind = "rule"

    def error(self) -> InvalidRequest:
        """The finding as an error."""
        if self.kind == "unknown_model":
            return UnknownModel(self.given, NAMES)
        return InvalidRequest(self.message.replace("`", ""), field=self.field, given=self.given, source=self.source)

    def renamed(self, names: Mapping[str, str]) -> Finding:
        """The same finding in other words: ``names`` maps the service's field names to the user's."""
        message = re.sub(r"`(\w+)`", lambda found: f"`{names.get(found[1], found[1])}`", self.message)
        return replace(self, field=names.get(self.field, self.field), message=message)

    def __str__(self) -> str:
        return self.message.replace("`", "") + (f" (rule: {self.source})" if self.source else "")


def refusals(findings: Iterable[Finding], *, strict: bool = False) -> list[Finding]:
    """What a service says no to: every refusal and every unknown model; with ``strict`` the disputed limits too."""
    return [
        finding
        for finding in findings
        if finding.severity == "refuse"
        or finding.kind == "unknown_model"
        or (strict and finding.kind in ("limit", "missing"))
    ]


# ── what pages say ───────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Limit:
    """One bound on a field, as one page states it.

    ``least``/``most`` (inclusive) and ``above`` (exclusive) bound the number, or the length of a text (characters;
    words with ``unit="words"``) or list. An empty ``models`` or ``hosts`` means all; ``custom`` restricts the bound to
    custom or simple mode.
    """

    source: str
    least: float | None = None
    most: float | None = None
    above: float | None = None
    unit: Literal["characters", "words", "items", "s", ""] = ""
    models: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()
    custom: bool | None = None

    def applies(self, *, model: str | None, host: str, custom: bool | None) -> bool:
        """Whether this bound speaks about such a call."""
        return (
            (not self.models or model in self.models)
            and (not self.hosts or host in self.hosts)
            and (self.custom is None or custom is None or self.custom == custom)
        )

    def size(self, value: Json) -> float | None:
        """What of ``value`` the bound measures, or None where it measures nothing."""
        if isinstance(value, bool):
            return None
        if isinstance(value, int | float):
            return as_float(value)
        if isinstance(value, str):
            return float(len(value.split()) if self.unit == "words" else len(value))
        return float(len(value)) if isinstance(value, list | tuple) else None

    def broken_by(self, value: Json) -> bool:
        """Whether ``value`` lies outside."""
        size = self.size(value)
        return size is not None and (
            (self.most is not None and size > self.most)
            or (self.least is not None and size < self.least)
            or (self.above is not None and size <= self.above)
        )

    def __str__(self) -> str:
        if self.least is not None and self.most is not None:
            bounds = f"{self.least:g}" if self.least == self.most else f"{self.least:g} to {self.most:g}"
        else:
            words = (("at least", self.least), ("more than", self.above), ("at most", self.most))
            bounds = " and ".join(f"{word} {bound:g}" for word, bound in words if bound is not None)
        return f"{bounds} {self.unit}".strip()


def as_float(value: float) -> float:
    """``float(value)``, infinite for whole numbers that no float can hold."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def always(body: Body) -> bool:
    """Holds for every body."""
    return True


@dataclass(frozen=True, kw_only=True)
class Need:
    """One page's word on when a field must be there; an empty ``hosts`` means all."""

    source: str
    when: Callable[[Body], bool] = always
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ModelList:
    """The models one page lists for an operation; an empty ``hosts`` means all."""

    names: tuple[str, ...]
    source: str
    hosts: frozenset[str] = frozenset()


# ── the field ────────────────────────────────────────────────────────────────────────────────────────────────────────
WireType = Literal["string", "number", "integer", "boolean", "string[]", "uri", "uri[]", "file"]


@dataclass(frozen=True, kw_only=True)
class WireField:
    """One field of a call's body, as the service knows it.

    Attributes
    ----------
    name : str
        The service's spelling on per-operation paths (camelCase).
    market : str
        Its spelling inside ``input`` of ``jobs/createTask``; by default ``name`` in snake_case.
    names_by_host : tuple of (host, name)
        Other spellings on per-operation paths, where hosts differ.
    required : bool, callable or tuple of Need
        Whether it must be there; a callable is asked with the whole wire body, needs are weighed by host.
    models : tuple of ModelList
        For the field ``model``: which names each page lists.
    absent : str
        What the service takes where the field is left out; "" where no page says.
    """

    name: str
    type: WireType = "string"
    market: str = ""
    names_by_host: tuple[tuple[str, str], ...] = ()
    required: bool | Callable[[Body], bool] | tuple[Need, ...] = False
    limits: tuple[Limit, ...] = ()
    enum: tuple[str, ...] = ()
    models: tuple[ModelList, ...] = ()
    absent: str = ""
    doc: str = ""

    @property
    def market_name(self) -> str:
        """The spelling on the market route."""
        return self.market or snake_case(self.name)

    def name_on(self, host: str) -> str:
        """The spelling on per-operation paths of ``host``."""
        return dict(self.names_by_host).get(host, self.name)

    @property
    def needs(self) -> tuple[Need, ...]:
        """When it must be there, page by page."""
        if isinstance(self.required, tuple):
            return self.required
        if callable(self.required):
            return (Need(source="", when=self.required),)
        return (Need(source=""),) if self.required else ()

    def is_required(self, body: Body, *, host: str = "") -> bool:
        """Whether any page (of ``host``, where one is named) says that ``body`` must have this field."""
        return any(need.when(body) for need in self.needs if not host or not need.hosts or host in need.hosts)

    @property
    def always_required(self) -> bool:
        """Whether every page wants it in every body."""
        return bool(self.needs) and all(need.when is always for need in self.needs)


# ── checking ─────────────────────────────────────────────────────────────────────────────────────────────────────────
_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "uri": (str,),
    "file": (str, bytes),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "string[]": (list, tuple),
    "uri[]": (list, tuple),
}


def blank(value: Json) -> bool:
    """Whether ``value`` says nothing: absent, or a text without a visible character."""
    return value is None or (isinstance(value, str) and not value.strip())


def check_field(known: WireField, body: Body, *, host: str) -> Iterator[Finding]:
    """Hold one field of a wire body against what the pages of ``host`` say."""
    name = known.name_on(host)
    value = body.get(name)
    if blank(value):
        yield from _check_missing(known, value, body, host)
        return
    problem = _type_problem(known, value)
    if problem:
        yield Finding(severity="refuse", field=name, message=f"`{name}` {problem}", given=value, kind="type")
        return
    if known.enum and value not in known.enum:
        expected = ", ".join(known.enum) if len(known.enum) <= 30 else f"the {len(known.enum)} known values"
        message = f"`{name}` {short(value)} is not one of {expected}"
        yield Finding(severity="refuse", field=name, message=message, given=value, kind="enum")
    yield from _check_model(known, value, host)
    yield from check_limits(name, value, known.limits, body=body, host=host)


def _check_missing(known: WireField, value: Json, body: Body, host: str) -> Iterator[Finding]:
    asked = [need for need in known.needs if not need.hosts or host in need.hosts]
    asking = [need for need in asked if need.when(body)]
    if not asking:
        return
    severity: Severity = "refuse" if len(asking) == len(asked) else "warn"
    source = "; ".join(dict.fromkeys(need.source for need in asking if need.source))
    required = "is required" if severity == "refuse" else "is left out, which some pages require"
    name = known.name_on(host)
    message = f"`{name}` {required}" + (f" ({known.doc})" if known.doc else "")
    yield Finding(severity=severity, field=name, message=message, given=value, source=source, kind="missing")


def _type_problem(known: WireField, value: Json) -> str:
    fits = isinstance(value, _PYTHON_TYPES[known.type]) and (known.type == "boolean" or not isinstance(value, bool))
    if not fits:
        article = "an" if known.type in ("integer", "uri") else "a"
        return f"must be {article} {known.type}, got {type(value).__name__}"
    if known.type in ("number", "integer") and not math.isfinite(as_float(value)):
        return f"must be a finite number, got {short(value)}"
    if known.type.endswith("[]") and not all(isinstance(item, str) and item for item in value):
        return "must hold texts only"
    if known.type.startswith("uri"):
        addresses = value if known.type == "uri[]" else [value]
        wrong = next((item for item in addresses if not re.match(r"https?://[^/\s]", item)), None)
        return f"must be an http(s) address, got {short(wrong)}" if wrong is not None else ""
    return ""


def _check_model(known: WireField, value: Json, host: str) -> Iterator[Finding]:
    lists = [page for page in known.models if not page.hosts or host in page.hosts]
    if not lists or any(value in page.names for page in lists):
        return
    if value not in NAMES:
        message = f"unknown model {short(value)}, known are {', '.join(NAMES)}; sent all the same"
        yield Finding(severity="warn", field=known.name, message=message, given=value, kind="unknown_model")
        return
    listed = "; ".join(f"{', '.join(page.names)} ({page.source})" for page in lists)
    message = f"model {value} is not listed for this operation, listed are {listed}; sent all the same"
    yield Finding(severity="warn", field=known.name, message=message, given=value, kind="unlisted_model")


def check_limits(
    name: str, value: Json, limits: Iterable[Limit], *, body: Body, host: str, given: Json = None
) -> Iterator[Finding]:
    """Hold ``value`` against the limits that speak about this call: refused by all of them, or a warning.

    ``given`` is what the finding shows instead of ``value``.
    """
    model, custom = text_of(body, "model"), body.get("customMode")
    custom = custom if isinstance(custom, bool) else None
    applicable = [limit for limit in limits if limit.applies(model=model, host=host, custom=custom)]
    broken = [limit for limit in applicable if limit.broken_by(value)]
    if not broken:
        return
    severity: Severity = "refuse" if len(broken) == len(applicable) else "warn"
    size = broken[0].size(value)
    amount = f"{size:g}" if isinstance(value, str | list | tuple) else short(value)
    measured = f"{amount} {broken[0].unit}".strip()
    bounds = " or ".join(dict.fromkeys(str(limit) for limit in applicable))
    pages = [f"{limit}: {limit.source}" if len(applicable) > 1 else limit.source for limit in applicable]
    yield Finding(
        severity=severity,
        field=name,
        message=f"`{name}` is {measured}, allowed is {bounds}",
        given=value if given is None else given,
        source="; ".join(pages),
        kind="limit",
    )


def text_of(body: Body, name: str) -> str | None:
    """The text under ``name``, or None for anything else."""
    value = body.get(name)
    return value if isinstance(value, str) else None


def number_of(body: Body, name: str) -> float | None:
    """The finite number under ``name``, or None for anything else."""
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    number = as_float(value)
    return number if math.isfinite(number) else None


def short(value: Json) -> str:
    """``repr`` in at most 60 characters."""
    try:
        text = repr(value)
    except ValueError:  # a whole number with more digits than Python prints
        return f"a huge {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "…"
