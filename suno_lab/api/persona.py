"""Personas: the style of a clip, kept for other songs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from suno_lab.api.contract import (
    KM,
    N0,
    N1,
    Body,
    Finding,
    Json,
    K,
    Limit,
    Operation,
    Price,
    Request,
    wire,
)
from suno_lab.api.fields import check_limits, number_of
from suno_lab.api.prices import KIE_LIST
from suno_lab.api.reading import either, object_of
from suno_lab.models import Product

DEFAULT_WINDOW_S = (0.0, 30.0)
WINDOW_LIMITS = (Limit(least=10, most=30, unit="s", source=f"{K}; {N1}"),)
FROM_START = (Limit(least=0, unit="s", source=f"{K}; {N1}"),)


def read_persona(data: Json) -> Product:
    """The answer of the call → the persona, its id as ``value`` (None where the answer holds none)."""
    found = object_of(data)
    persona_id = either(found, "personaId")
    return Product(kind="persona", name=either(found, "name") or "", value=persona_id, item_id=persona_id)


def window(body: Body, host: str) -> Iterator[Finding]:
    """The analysed part of the clip lasts 10 to 30 s."""
    start_s, end_s = number_of(body, "vocalStart"), number_of(body, "vocalEnd")
    if start_s is None and end_s is None:
        return
    start_s = DEFAULT_WINDOW_S[0] if start_s is None else start_s
    end_s = DEFAULT_WINDOW_S[1] if end_s is None else end_s
    for finding in check_limits("vocalEnd", round(end_s - start_s, 2), WINDOW_LIMITS, body=body, host=host):
        message = finding.message.replace("`vocalEnd` is", "the part from `vocalStart` to `vocalEnd` lasts")
        yield Finding(severity="refuse", field="vocalEnd", message=message, given=end_s, source=finding.source)


@dataclass(frozen=True, kw_only=True)
class MakePersona(Request):
    """Keep the style of a clip as a persona; once per clip, from a finished task of a model newer than V3_5."""

    operation: ClassVar[str] = "make_persona"

    task_id: str = wire("taskId", required=True, doc="the task that made the clip")
    clip_id: str = wire("audioId", required=True, doc="the clip")
    name: str = wire("name", required=True, doc="name of the persona")
    description: str = wire("description", required=True, doc="what is characteristic of it")
    start_s: float | None = wire(
        "vocalStart",
        "number",
        default=None,
        limits=FROM_START,
        doc="start of the part to go by; the service's own is 0",
    )
    end_s: float | None = wire(
        "vocalEnd", "number", default=None, limits=FROM_START, doc="end of that part; the service's own is 30"
    )
    style: str | None = wire("style", default=None, doc="genre, mood")


MAKE_PERSONA = Operation(
    request=MakePersona,
    title="Make a persona",
    source=f"{K}; {N0}; {N1}; {KM}",
    path="/api/v1/generate/generate-persona",
    read=read_persona,
    market_model="ai-music-api/generate-persona",
    prices=(Price(credits=0, source=KIE_LIST),),
    makes="persona",
    callback_field="",
    rules=(window,),
)

OPERATIONS: tuple[Operation, ...] = (MAKE_PERSONA,)
