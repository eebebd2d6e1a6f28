"""The service as data.

Every module of this folder that has ``OPERATIONS`` adds rows to the index; adding an endpoint is adding a row. Nothing
here sends, sleeps or stores.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from suno_lab.api.contract import Body, Finding, Operation, Request

__all__ = ["Body", "Finding", "Operation", "Request", "operation_of", "operations"]


@cache
def operations() -> Mapping[str, Operation]:
    """Every operation by name, in the order of the modules."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    rows: list[Operation] = [row for module in modules for row in getattr(module, "OPERATIONS", ())]
    return {row.name: row for row in rows}


def operation_of(request: Request | type[Request]) -> Operation:
    """The row a request value belongs to."""
    return operations()[request.operation]


def error_parts(answer: Any) -> tuple[int, str]:
    """``code`` and ``msg`` of an envelope; (0, "") where it has none."""
    if not isinstance(answer, dict):
        return 0, ""
    code = answer.get("code")
    return (int(code) if isinstance(code, int) and not isinstance(code, bool) else 0), str(answer.get("msg") or "")
