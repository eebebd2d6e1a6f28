"""Style texts, expanded by the service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from suno_lab.api.contract import KM, N0, Json, K, Operation, Price, Request, S, wire
from suno_lab.api.prices import KIE_LIST
from suno_lab.api.reading import either, object_of
from suno_lab.models import Product


def read_style(data: Json) -> Product:
    """The answer of the call → the expanded text as ``value`` (None where the answer holds none)."""
    found = object_of(data)
    return Product(kind="style", value=either(found, "result"), item_id=either(found, "taskId"))


@dataclass(frozen=True, kw_only=True)
class BoostStyle(Request):
    """Have a short style text expanded."""

    operation: ClassVar[str] = "boost_style"

    style: str = wire("content", required=True, doc="a short style text, such as Pop, Mysterious")


BOOST_STYLE = Operation(
    request=BoostStyle,
    title="Boost a style text",
    source=f"{S}; {K}; {N0}; {KM}",
    path="/api/v1/style/generate",
    read=read_style,
    market_model="ai-music-api/boost-music-style",
    prices=(Price(credits=0.4, source=KIE_LIST),),
    makes="style",
    callback_field="",
)

OPERATIONS: tuple[Operation, ...] = (BOOST_STYLE,)
