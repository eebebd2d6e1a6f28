"""The account: credits left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from suno_lab.api.contract import N0, ON_KIE, ON_SUNOAPI, Json, K, Operation, Price, Request, number_or_none
from suno_lab.api.prices import KIE_LIST


@dataclass(frozen=True, kw_only=True)
class Balance(Request):
    """Ask how many credits are left."""

    operation: ClassVar[str] = "balance"


def read_balance(data: Json) -> float | None:
    """Credits left; None where the answer holds no number."""
    return number_or_none(data)


#: The path differs by host: the client takes :attr:`suno_lab.api.hosts.Host.credit_path`.
BALANCE = Operation(
    request=Balance,
    title="Remaining credits",
    source=f"{K}; {N0}",
    encoding="query",
    prices=(Price(credits=0, source=KIE_LIST, hosts=ON_KIE | ON_SUNOAPI),),
    method="GET",
    path="/api/v1/chat/credit",
    read=read_balance,
    makes="balance",
    callback_field="",
)

OPERATIONS: tuple[Operation, ...] = (BALANCE,)
