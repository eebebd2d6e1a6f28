"""How a call is described: request values, wire fields, limits with their sources, record endpoints.

A call is a frozen request value. Each of its fields carries, as metadata, what the service calls it and which limits
hold; the operation adds path, record endpoint and price. Client, emulator, session, documentation and OpenAPI page are
all made from these rows.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from suno_lab.errors import InvalidRequest
from suno_lab.models import ClipRecord, Product, TaskRecord, TaskState

Json = Any
Body = dict[str, Any]

# Where a rule comes from, and when that page was read.
S = "old-docs.kie.ai quickstart, late 2025"
K = "docs.kie.ai/old-model/suno-api, 2026-08-19"
KM = "docs.kie.ai/suno-api (createTask), 2026-10"
N0 = "docs.sunoapi.org, early 2026"
N1 = "docs.sunoapi.org, 2026-07 to 2026-10"
O = "seen on the wire, 2026"  # noqa: E741 - the reference's own tag


# ── fields and limits ────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Limit:
    """One bound on a field, as one page states it.

    ``least``/``most`` bound the number, or the length of a text (characters; words with ``unit="words"``) or list.
    An empty ``models`` or ``hosts`` means all; ``custom`` restricts the bound to custom or simple mode.
    """

    source: str
    least: float | None = None
    most: float | None = None
    unit: Literal["characters", "words", "items", ""] = ""
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
            return float(value)
        if isinstance(value, str):
            return float(len(value.split()) if self.unit == "words" else len(value))
        if isinstance(value, list | tuple):
            return float(len(value))
        return None

    def broken_by(self, value: Json) -> bool:
        """Whether ``value`` lies outside."""
        size = self.size(value)
        if size is None:
            return False
        return (self.most is not None and size > self.most) or (self.least is not None and size < self.least)

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if self.least is not None and self.most is not None:
            return f"{self.least:g} to {self.most:g}{unit}"
        return f"at most {self.most:g}{unit}" if self.most is not None else f"at least {self.least:g}{unit}"


WireType = Literal["string", "number", "integer", "boolean", "string[]", "uri", "uri[]"]


@dataclass(frozen=True, kw_only=True)
class WireField:
    """One field of a call's body, as the service knows it.

    Attributes
    ----------
    name : str
        The service's spelling on per-operation paths (camelCase).
    market : str
        Its spelling inside ``input`` of ``jobs/createTask``; by default ``name`` in snake_case.
    required : bool or callable
        Whether it must be there; a callable is asked with the whole wire body.
    """

    name: str
    type: WireType = "string"
    market: str = ""
    required: bool | Callable[[Body], bool] = False
    limits: tuple[Limit, ...] = ()
    enum: tuple[str, ...] = ()
    doc: str = ""

    @property
    def market_name(self) -> str:
        """The spelling on the market route."""
        return self.market or snake_case(self.name)

    def is_required(self, body: Body) -> bool:
        """Whether ``body`` must have this field."""
        return self.required(body) if callable(self.required) else self.required


def snake_case(name: str) -> str:
    """``callBackUrl`` → ``call_back_url``; a run of capitals stays one word."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def wire(
    name: str,
    type: WireType = "string",
    *,
    default: Any = dataclasses.MISSING,
    **about: Any,
) -> Any:
    """A dataclass field that knows its :class:`WireField`; ``about`` are that value's other attributes."""
    metadata = {"wire": WireField(name=name, type=type, **about)}
    if default is dataclasses.MISSING:
        return field(metadata=metadata)
    return field(default=default, metadata=metadata)


# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for: a frozen value, comparable, with no secret in it.

    Subclasses declare their fields with :func:`wire`. :meth:`body` is the wire body without ``callBackUrl``, which the
    client adds.
    """

    #: the name of the operation: also the name of the method on session and client
    operation: ClassVar[str] = ""
    #: wire fields that no field of the value carries by itself (``customMode``, ``prompt``, …)
    extra: ClassVar[tuple[WireField, ...]] = ()

    @classmethod
    def wire_fields(cls) -> tuple[WireField, ...]:
        """Every field the service knows for this call, in order."""
        own = tuple(f.metadata["wire"] for f in dataclasses.fields(cls) if "wire" in f.metadata)
        return cls.extra + own

    def body(self) -> Body:
        """The wire body on per-operation paths; absent values are left out."""
        values = ((f, getattr(self, f.name)) for f in dataclasses.fields(self) if "wire" in f.metadata)
        return {
            f.metadata["wire"].name: list(value) if isinstance(value, tuple) else value
            for f, value in values
            if value is not None
        }

    def items(self) -> Iterator[tuple[str, Any]]:
        """The fields in this package's words, absent ones included."""
        return ((f.name, getattr(self, f.name)) for f in dataclasses.fields(self))


# ── what comes back ──────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class RecordEndpoint:
    """Where a family of tasks is looked up, and how its answer reads.

    Attributes
    ----------
    family : str
        ``music``, ``lyrics``, ``wav``, ``stems``, ``midi``, ``video``, ``cover``, ``recovery``, ``phrase``, ``voice``.
    states : mapping
        The family's own words (or numbers) → :class:`~suno_lab.models.TaskState`. What is not listed is pending.
    read : callable
        The ``data`` object → clips and products.
    """

    family: str
    path: str
    id_param: str = "taskId"
    state_field: str = "status"
    states: Mapping[Any, TaskState] = field(default_factory=dict)
    read: Callable[[Mapping[str, Any]], tuple[tuple[ClipRecord, ...], tuple[Product, ...]]] = lambda data: ((), ())

    def parse(self, data: Mapping[str, Any], *, task_id: str) -> TaskRecord:
        """Read a record's ``data``; tolerant of missing fields, strange types and unknown states."""
        raw = data.get(self.state_field)
        clips, products = self.read(data)
        code = data.get("errorCode")
        message = data.get("errorMessage")
        return TaskRecord(
            task_id=task_id,
            state=self.states.get(raw, TaskState.PENDING) if isinstance(raw, str | int) else TaskState.PENDING,
            status="" if raw is None else str(raw),
            clips=clips,
            products=products,
            error_code=int(code) if isinstance(code, int | float) and not isinstance(code, bool) else None,
            error_message=str(message) if message else None,
            parent_clip_id=str(data.get("parentMusicId") or "") or None,
        )


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One row of the service's index.

    Attributes
    ----------
    record : RecordEndpoint or None
        Where the task is looked up; None for a call that answers at once.
    read : callable or None
        For a call that answers at once: ``data`` → the value the user gets.
    credits : callable
        Request → price in credits on kie; ``None`` where no price is published.
    makes : str
        What comes out: ``clips`` or the kind of product.
    callback_field : str
        The spelling of the callback address (one page misspells it), "" where the call takes none.
    """

    request: type[Request]
    path: str
    title: str
    method: Literal["GET", "POST"] = "POST"
    record: RecordEndpoint | None = None
    read: Callable[[Json], Any] | None = None
    market_model: str = ""
    credits: Callable[[Any], float | None] = lambda request: 0.0
    makes: str = "clips"
    callback_field: str = "callBackUrl"
    hosts: frozenset[str] = frozenset({"kie", "sunoapi"})
    upload: bool = False  #: goes to the host's upload address
    rules: tuple[Callable[[Body, str], Iterable[Finding]], ...] = ()

    @property
    def name(self) -> str:
        """The operation's name: also the method on session and client."""
        return self.request.operation

    @property
    def asynchronous(self) -> bool:
        """Whether it makes a task that has to be waited for."""
        return self.record is not None

    def check(self, body: Body, *, host: str) -> list[Finding]:
        """Hold a wire body against the contract.

        Parameters
        ----------
        body : dict
            The wire body on per-operation paths (camelCase).
        host : str
            ``kie`` or ``sunoapi``.

        Returns
        -------
        list of Finding
            ``refuse`` where every page agrees that the service would say no, ``warn`` where pages disagree.
        """
        found = [finding for known in self.request.wire_fields() for finding in _check_field(known, body, host)]
        for rule in self.rules:
            found.extend(rule(body, host))
        return found


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One way in which a body departs from the contract."""

    severity: Literal["refuse", "warn"]
    field: str
    message: str
    given: Any = None
    source: str = ""

    def error(self) -> InvalidRequest:
        """The finding as an error."""
        return InvalidRequest(self.message, field=self.field, given=self.given, source=self.source)


_PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "uri": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "string[]": (list, tuple),
    "uri[]": (list, tuple),
}


def _check_field(known: WireField, body: Body, host: str) -> Iterator[Finding]:
    value = body.get(known.name)
    if value is None or value == "":
        if known.is_required(body):
            yield Finding(severity="refuse", field=known.name, message=f"{known.name} is required", given=value)
        return
    if not isinstance(value, _PYTHON_TYPES[known.type]) or (isinstance(value, bool) and known.type != "boolean"):
        message = f"{known.name} must be a {known.type}, got {type(value).__name__}"
        yield Finding(severity="refuse", field=known.name, message=message, given=value)
        return
    if known.enum and value not in known.enum:
        message = f"{known.name} {_short(value)} is not one of {', '.join(known.enum)}"
        yield Finding(severity="refuse", field=known.name, message=message, given=value)
    yield from _check_limits(known, value, body, host)


def _check_limits(known: WireField, value: Json, body: Body, host: str) -> Iterator[Finding]:
    model, custom = body.get("model"), body.get("customMode")
    model = model if isinstance(model, str) else None
    custom = custom if isinstance(custom, bool) else None
    applicable = [limit for limit in known.limits if limit.applies(model=model, host=host, custom=custom)]
    broken = [limit for limit in applicable if limit.broken_by(value)]
    if not broken:
        return
    severity: Literal["refuse", "warn"] = "refuse" if len(broken) == len(applicable) else "warn"
    size = broken[0].size(value)
    measure = f"{size:g} {broken[0].unit}".strip() if isinstance(value, str | list | tuple) else _short(value)
    rules = "; ".join(f"{limit} says {limit.source}" for limit in applicable)
    message = f"{known.name} is {measure}, allowed is {rules}"
    yield Finding(severity=severity, field=known.name, message=message, given=value, source=broken[0].source)


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


# ── reading strange values ───────────────────────────────────────────────────────────────────────────────────────────
def text_or_none(value: Json) -> str | None:
    """A non-empty string, or None."""
    return str(value) if value not in (None, "") and not isinstance(value, dict | list) else None


def number_or_none(value: Json) -> float | None:
    """A finite number, also from its text, or None."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None  # NaN and infinities are no numbers here


def unix_seconds(value: Json) -> float | None:
    """A moment from epoch milliseconds, epoch seconds, or ``2025-01-01 00:00:00`` / ISO text (taken as UTC)."""
    from datetime import UTC, datetime

    number = number_or_none(value)
    if number is not None:
        return number / 1000 if number > 1e11 else number
    if not isinstance(value, str) or not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def objects(value: Json) -> list[Mapping[str, Any]]:
    """The objects of a list; anything else is an empty list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
