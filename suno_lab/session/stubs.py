"""Writes ``operations.pyi``: the signatures of a session's methods, for editors and type checkers."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from suno_lab.api import Operation, operations
from suno_lab.session.asking import signature_of

HEADER = '''"""Made by ``python -m suno_lab.session.stubs``; do not edit."""

from typing import Any, overload

from suno_lab.models import Product, TimedLyrics
from suno_lab.session.clip import Clip
from suno_lab.session.job import Job
from suno_lab.session.task import Task

class Operations:
'''

#: what a call that makes no task returns, by what it makes
RETURNS = {
    "balance": "float | None",
    "timed_lyrics": "TimedLyrics",
    "url": "str | None",
    "availability": "bool | None",
    "persona": "Product",
    "style": "Product",
    "upload": "Product",
}
ANNOTATIONS = {"clip": "Clip | str", "task": "Task | Clip | str", "source": "Clip | str", "sources": "Any"}


def stub() -> str:
    """The whole file."""
    blocks = (block for operation in operations().values() for block in _methods(operation))
    return HEADER + "".join(blocks)


def _methods(operation: Operation) -> Iterator[str]:
    made = "Task" if operation.asynchronous else RETURNS[operation.makes]
    signature = signature_of(operation)
    several = "n" in signature.parameters
    for form, wrap in (("", "{}"), ("async a", "{}"), ("submit_", "Job[{}]")):
        name, one = form + operation.name, wrap.format(made)
        yield _define(name, signature, one, overloaded=several)
        if several:
            yield _define(name, signature, "Any", with_n=True)


def _define(
    name: str, signature: inspect.Signature, returns: str, *, with_n: bool = False, overloaded: bool = True
) -> str:
    verb, _, rest = name.partition("async ")
    head = f"async def {rest}" if rest else f"def {verb}"
    decorator = "    @overload\n" if overloaded else ""
    return f"{decorator}    {head}({', '.join(_parameters(signature, with_n=with_n))}) -> {returns}: ...\n"


def _parameters(signature: inspect.Signature, *, with_n: bool) -> Iterator[str]:
    """Without ``n`` one result comes back; with it as many as it says."""
    starred = False
    for parameter in signature.parameters.values():
        if parameter.name == "n" and not with_n:
            continue
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        yield "n: int" if parameter.name == "n" else _parameter(parameter)


def _parameter(parameter: inspect.Parameter) -> str:
    if parameter.name == "self":
        return "self"
    known = ANNOTATIONS.get(parameter.name)
    written = known or parameter.annotation
    annotation = written if isinstance(written, str) else "Any"
    if parameter.default is inspect.Parameter.empty:
        return f"{parameter.name}: {annotation}"
    if parameter.default is None and "None" not in annotation and annotation != "Any":
        annotation += " | None"
    return f"{parameter.name}: {annotation} = {parameter.default!r}"


if __name__ == "__main__":
    import sys

    sys.stdout.write(stub())
