"""How a call is described: request values, operations, record endpoints.

A call is a frozen request value. Each of its fields carries, as metadata, what the service calls it and which limits
hold; the operation adds path, record endpoint and price. Client, emulator, session, documentation and OpenAPI page are
all made from these rows.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from suno_lab.api.fields import Body, Finding, Limit, ModelList, Need, WireField, WireType, check_field
from suno_lab.api.reading import (
    Envelope,
    Json,
    envelope,
    number_or_none,
    object_of,
    objects,
    snake_case,
    text_or_none,
    unix_seconds,
)
from suno_lab.api.sources import KM, N0, N1, ON_KIE, ON_SUNOAPI, K, O, S
from suno_lab.models import ClipRecord, Product, TaskRecord, TaskState

__all__ = [
    "KM", "N0", "N1", "ON_KIE", "ON_SUNOAPI", "Body", "Finding", "Json", "K", "Limit", "ModelList", "Need", "O",
    "Operation", "Price", "RecordEndpoint", "Request", "S", "WireField", "number_or_none", "objects", "snake_case",
    "text_or_none", "unix_seconds", "wire",
]  # fmt: skip


# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────────
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


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for: a frozen value, comparable, with no secret in it.

    Subclasses declare their fields with :func:`wire`. :meth:`body` is the wire body without ``callBackUrl``, in the
    spelling most hosts share; :meth:`Operation.wire_body` is what goes out to one host.
    """

    #: the name of the operation: also the name of the method on session and client
    operation: ClassVar[str] = ""
    #: wire fields that no field of the value carries by itself (``customMode``, ``prompt``, …)
    extra: ClassVar[tuple[WireField, ...]] = ()

    @classmethod
    def wired(cls) -> list[tuple[str, WireField]]:
        """(field of the value, its wire field), those this class declares itself first."""
        own = inspect.get_annotations(cls)
        wired = [(f.name, f.metadata["wire"]) for f in dataclasses.fields(cls) if "wire" in f.metadata]
        return sorted(wired, key=lambda pair: pair[0] not in own)

    @classmethod
    def wire_fields(cls) -> tuple[WireField, ...]:
        """Every field the service knows for this call, in order."""
        return cls.extra + tuple(known for _, known in cls.wired())

    def body(self) -> Body:
        """The wire body on per-operation paths; absent values are left out."""
        values = ((known, getattr(self, name)) for name, known in self.wired())
        return {known.name: _wire_value(known, value) for known, value in values if value is not None}

    def items(self) -> Iterator[tuple[str, Any]]:
        """The fields in this package's words, absent ones included."""
        return ((f.name, getattr(self, f.name)) for f in dataclasses.fields(self))

    def names(self) -> Mapping[str, str]:
        """The service's field names, in every host's spelling → the fields a user fills."""
        wired = self.wired()
        spelled = {other: name for name, known in wired for _, other in known.names_by_host}
        return {**spelled, **{known.name: name for name, known in wired}}

    def advice(self, field: str) -> str | None:
        """What to tell a user who left a field out (named as in :meth:`names`); None for nothing special."""
        return None


def _wire_value(known: WireField, value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if known.type == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)  # 120.0 bpm is 120
    return value


# ── what comes back ──────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class RecordEndpoint:
    """Where a family of tasks is looked up, and how its answer reads.

    Attributes
    ----------
    family : str
        ``music``, ``lyrics``, ``wav``, ``stems``, ``midi``, ``video``, ``cover``, ``recovery``, ``phrase``, ``voice``.
    states : mapping
        The family's own words (or numbers) → :class:`~suno_lab.models.TaskState`. An unlisted word that speaks of
        failure is a failure, anything else unlisted is pending.
    read : callable
        The ``data`` object → clips and products.
    code_field, message_field : str
        Where the record says what went wrong.
    flat_codes : tuple of int
        For a record without envelope: the body codes that are states, not errors.
    """

    family: str
    path: str
    id_param: str = "taskId"
    state_field: str = "status"
    states: Mapping[Any, TaskState] = field(default_factory=dict)
    read: Callable[[Mapping[str, Any]], tuple[tuple[ClipRecord, ...], tuple[Product, ...]]] = lambda data: ((), ())
    code_field: str = "errorCode"
    message_field: str = "errorMessage"
    flat_codes: tuple[int, ...] = ()

    def unwrap(self, answer: Json) -> Envelope:
        """Code, message and ``data`` of a record's answer; a flat record becomes its own ``data`` under code 200."""
        found = envelope(answer)
        if found.code in self.flat_codes and ("task_id" in answer or isinstance(found.data, list)):
            return Envelope(200, found.message, answer)
        return found

    def state_of(self, raw: Json) -> TaskState:
        """The state that a family's own word or number stands for."""
        if isinstance(raw, str) and raw not in self.states and raw.strip().isdecimal():
            raw = int(raw[:9])
        if isinstance(raw, bool) or not isinstance(raw, str | int):
            return TaskState.PENDING
        if raw in self.states:
            return self.states[raw]
        failed = isinstance(raw, str) and raw.upper().endswith(("FAIL", "FAILED", "_ERROR", "_EXCEPTION"))
        return TaskState.FAILED if failed else TaskState.PENDING

    def parse(self, data: Json, *, task_id: str) -> TaskRecord:
        """Read a record's ``data``; tolerant of missing fields, strange types and unknown states."""
        data = object_of(data)
        raw = data.get(self.state_field)
        clips, products = self.read(data)
        code = number_or_none(data.get(self.code_field))
        return TaskRecord(
            task_id=task_id,
            state=self.state_of(raw),
            status="" if raw is None else str(raw),
            clips=clips,
            products=products,
            error_code=int(code) if code is not None else None,
            error_message=text_or_none(data.get(self.message_field)),
            parent_clip_id=text_or_none(data.get("parentMusicId")),
        )


# ── operations ───────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Price:
    """What a call costs at one host, as read on one day.

    ``when`` restricts the price to bodies with these values; the first price that fits counts.
    """

    credits: float
    source: str
    when: tuple[tuple[str, str], ...] = ()
    hosts: frozenset[str] = ON_KIE


Rule = Callable[[Body, str], Iterable[Finding]]
SourceRule = Callable[[Body, str, float], Iterable[Finding]]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One row of the service's index.

    Attributes
    ----------
    record : RecordEndpoint or None
        Where the task is looked up; None for a call that answers at once.
    read : callable or None
        For a call that answers at once: ``data`` → the value the user gets.
    prices : tuple of Price
        What it costs; empty where no price is published.
    makes : str
        What comes out: ``clips`` or the kind of product.
    callback_field : str
        The spelling of the callback address (one page misspells it), "" where the call takes none.
    encoding : str
        How the body travels: ``json``, ``multipart``, or ``query`` for a GET.
    rules : tuple of callable
        ``rule(body, host)`` → findings about several fields together.
    source_rules : tuple of callable
        ``rule(body, host, source_duration_s)`` → findings that need the length of the source audio.
    operation_type : str
        The word records show under ``operationType``; "" where no page names one.
    """

    request: type[Request]
    path: str
    title: str
    source: str
    method: Literal["GET", "POST"] = "POST"
    record: RecordEndpoint | None = None
    read: Callable[[Json], Any] | None = None
    market_model: str = ""
    prices: tuple[Price, ...] = ()
    makes: str = "clips"
    callback_field: str = "callBackUrl"
    callback_by_host: tuple[tuple[str, str], ...] = ()
    encoding: Literal["json", "multipart", "query"] = "json"
    hosts: frozenset[str] = ON_KIE | ON_SUNOAPI
    upload: bool = False  #: goes to the host's upload address
    rules: tuple[Rule, ...] = ()
    source_rules: tuple[SourceRule, ...] = ()
    operation_type: str = ""

    @property
    def name(self) -> str:
        """The operation's name: also the method on session and client."""
        return self.request.operation

    @property
    def asynchronous(self) -> bool:
        """Whether it makes a task that has to be waited for."""
        return self.record is not None

    def callback_on(self, host: str) -> str:
        """The spelling of the callback address on per-operation paths of ``host``; "" where there is none."""
        return dict(self.callback_by_host).get(host, self.callback_field)

    # ── price ──
    def price(self, body: Body, *, host: str = "kie") -> float | None:
        """Credits for a wire body at ``host``; None where no price is known."""
        fitting = (
            row.credits
            for row in self.prices
            if host in row.hosts and all(body.get(name) == value for name, value in row.when)
        )
        return next(fitting, None)

    def credits(self, request: Request, *, host: str = "kie") -> float | None:
        """Credits for a request at ``host``; None where no price is known."""
        return self.price(request.body(), host=host)

    # ── out ──
    def wire_body(self, request: Request, *, host: str, callback_url: str | None = None) -> Body:
        """What goes out on the per-operation path of ``host``, callback address included where the call takes one."""
        names = {known.name: known.name_on(host) for known in self.request.wire_fields()}
        body = {names.get(name, name): value for name, value in request.body().items()}
        if callback_url and self.callback_on(host):
            body[self.callback_on(host)] = callback_url
        return body

    # ── checking ──
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
            ``refuse`` where every page of the host agrees that the service would say no, ``warn`` where pages
            disagree. Fields and messages are in the service's words.
        """
        known = self.request.wire_fields()
        found = [finding for field in known for finding in check_field(field, body, host=host)]
        for rule in self.rules:
            found.extend(rule(body, host))
        return found

    def check_source(self, body: Body, *, host: str, duration_s: float) -> list[Finding]:
        """Hold a wire body against the rules that need the length of the source audio, in seconds."""
        return [finding for rule in self.source_rules for finding in rule(body, host, duration_s)]

    def check_request(self, request: Request, *, host: str, source_duration_s: float | None = None) -> list[Finding]:
        """As :meth:`check`, with fields and messages in the words of the request value.

        Raises
        ------
        InvalidRequest
            Where the request has no wire body at all (its fields contradict each other).
        """
        body = self.wire_body(request, host=host)
        found = self.check(body, host=host)
        if source_duration_s is not None:
            found += self.check_source(body, host=host, duration_s=source_duration_s)
        return [_in_users_words(finding, request) for finding in found]


def _in_users_words(finding: Finding, request: Request) -> Finding:
    own = finding.renamed(request.names())
    plain = finding.kind == "missing" and finding.severity == "refuse"
    advice = request.advice(own.field) if plain else None
    return dataclasses.replace(own, message=advice) if advice else own
