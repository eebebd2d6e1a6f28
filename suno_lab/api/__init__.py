"""The service as data.

Every module of this folder that has ``OPERATIONS`` adds rows to the index; adding an endpoint is adding a row. Nothing
here sends, sleeps or stores.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from suno_lab.api.contract import Operation, Request
from suno_lab.api.fields import Body, Finding, refusals
from suno_lab.api.reading import Json, envelope

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Body", "Finding", "Operation", "Request", "error_parts", "operation_of", "operations", "operations_table",
    "refusals",
]  # fmt: skip


@cache
def operations() -> Mapping[str, Operation]:
    """Every operation by name, in the order of the modules."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__) if module.name[0] != "_")
    rows: list[Operation] = [row for module in modules for row in getattr(module, "OPERATIONS", ())]
    return {row.name: row for row in rows}


def operation_of(request: Request | type[Request]) -> Operation:
    """The row a request value belongs to."""
    return operations()[request.operation]


def error_parts(answer: Json) -> tuple[int, str]:
    """``code`` and ``msg`` of an envelope; (0, "") where it has none."""
    found = envelope(answer)
    return found.code, found.message


def operations_table() -> pd.DataFrame:
    """Every operation as a frame.

    Returns
    -------
    pandas.DataFrame
        Index ``operation``; columns ``title``, ``method``, ``path``, ``record_path`` (NA for calls that answer at
        once), ``market_model`` (NA where there is none), ``credits`` (at kie with default options; NaN where no price
        is known), ``makes``, ``hosts``, ``source``.
    """
    import pandas as pd

    rows = [
        {
            "operation": row.name,
            "title": row.title,
            "method": row.method,
            "path": row.path,
            "record_path": row.record.path if row.record else None,
            "market_model": row.market_model or None,
            "credits": row.price({}),
            "makes": row.makes,
            "hosts": ", ".join(sorted(row.hosts)),
            "source": row.source,
        }
        for row in operations().values()
    ]
    frame = pd.DataFrame(rows).astype({"credits": "float64"})
    return frame.astype({name: "string" for name in frame.columns if name != "credits"}).set_index("operation")
