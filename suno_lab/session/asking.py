"""The methods that ask: three for every operation of the service, made from its request value.

``session.generate(…)`` waits, ``await session.agenerate(…)`` suspends, ``session.submit_generate(…)`` returns a job.
They carry the fields of the request value as real parameters, so that completion and ``?`` work.
"""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from suno_lab.api import Operation, Request, operations

KEYWORD, EITHER = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD


@dataclasses.dataclass(frozen=True, kw_only=True)
class Options:
    """How to ask, beside what is asked."""

    n: int = 1
    fresh: bool = False
    timeout_s: float | None = None
    validate: bool = True
    dry_run: bool = False


OPTION_DOCS = {
    "n": "how many tasks of this request",
    "fresh": "ask anew although an equal request was answered before",
    "timeout_s": "stop waiting after so many seconds; the task can be resumed",
    "validate": "False sends what the documented limits would refuse",
    "dry_run": "send nothing: give a frame of what would be sent and what it would cost",
}

#: parameters that take an object of the session, a path, an id or an address, and the fields they stand for
SOURCES: Mapping[str, tuple[frozenset[str], str]] = {
    "clip": (frozenset({"clip_id", "task_id", "source_url"}), "a Clip or the id of one"),
    "task": (frozenset({"task_id"}), "a Task, a Clip of it, or its id"),
    "source": (frozenset({"source_url"}), "a Clip, its id, a path on this machine (uploaded for you), or an address"),
    "sources": (frozenset({"source_urls"}), "Clips, ids, paths or addresses"),
}


def source_of(request: type[Request]) -> str | None:
    """The name of the first parameter where it takes an object; None where it takes plain fields only."""
    names = {f.name for f in dataclasses.fields(request)}
    for parameter, field in (("clip", "clip_id"), ("sources", "source_urls"), ("source", "source_url")):
        if field in names:
            return parameter
    return "task" if "task_id" in names else None


#: these come first wherever they occur: what a user thinks of first
FIRST = ("path", "url", "content", "description", "lyrics", "style", "title", "instrumental", "model", "duration_s")


def ordered_fields(request: type[Request]) -> list[dataclasses.Field[Any]]:
    """The fields as a user meets them."""
    place = {name: position for position, name in enumerate(FIRST)}
    return sorted(dataclasses.fields(request), key=lambda f: place.get(f.name, len(FIRST)))


def signature_of(operation: Operation) -> inspect.Signature:
    """The parameters of an operation's methods."""
    own = ordered_fields(operation.request)
    source = source_of(operation.request)
    hidden = SOURCES[source][0] if source else frozenset()
    required = [f for f in own if f.name in hidden and f.default is dataclasses.MISSING]
    made = [inspect.Parameter("self", EITHER)]
    if source:
        default = inspect.Parameter.empty if required else None
        made.append(inspect.Parameter(source, EITHER, default=default))
    for position, f in enumerate(f for f in own if f.name not in hidden):
        default = inspect.Parameter.empty if f.default is dataclasses.MISSING else f.default
        kind = EITHER if position == 0 and not source else KEYWORD
        made.append(inspect.Parameter(f.name, kind, default=default, annotation=f.type))
    if operation.method == "POST":
        for option in dataclasses.fields(Options):
            made.append(inspect.Parameter(option.name, KEYWORD, default=option.default, annotation=option.type))
    return inspect.Signature(made)


def split(operation: Operation, arguments: Mapping[str, Any]) -> tuple[dict[str, Any], Options]:
    """Arguments → the request's fields and the options."""
    names = {f.name for f in dataclasses.fields(Options)}
    options = Options(**{name: value for name, value in arguments.items() if name in names})
    return {name: value for name, value in arguments.items() if name not in names}, options


def documentation(operation: Operation, *, form: str) -> str:
    """The docstring of one method."""
    request = operation.request
    source = source_of(request)
    hidden = SOURCES[source][0] if source else frozenset()
    lines = [
        _FORMS[form].format(title=operation.title),
        "",
        inspect.cleandoc(request.__doc__ or ""),
        "",
        "Parameters",
        "-" * 10,
    ]
    if source:
        lines += [source, f"    {SOURCES[source][1]}"]
    for f in ordered_fields(request):
        if f.name not in hidden:
            wire = f.metadata.get("wire")
            lines += [f.name, f"    {wire.doc if wire and wire.doc else f.name.replace('_', ' ')}"]
    if operation.method == "POST":
        for name, doc in OPTION_DOCS.items():
            lines += [name, f"    {doc}"]
    return "\n".join(lines)


_FORMS = {
    "": "{title}: ask and wait.",
    "a": "{title}: ask and await.",
    "submit_": "{title}: ask and return a job at once.",
}


def add_methods(cls: type) -> type:
    """Give a session class its three methods for every operation of the service."""
    for operation in operations().values():
        for form in _FORMS:
            name = form + operation.name
            if name not in vars(cls):
                setattr(cls, name, _method(operation, form, name))
    return cls


def _method(operation: Operation, form: str, name: str) -> Callable[..., Any]:
    signature = signature_of(operation)
    runner = {"": "_ask", "a": "_aask", "submit_": "_submit"}[form]

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        raw = {k: kwargs.pop(k) for k in list(kwargs) if k in HIDDEN and k not in signature.parameters}
        if raw and (source := source_of(operation.request)) and source not in kwargs and not args:
            kwargs[source] = None
        try:
            bound = signature.bind(self, *args, **kwargs)
        except TypeError as problem:
            raise TypeError(f"{name}() {problem}; it takes {', '.join(list(signature.parameters)[1:])}") from None
        arguments = dict(bound.arguments)
        arguments.pop("self")
        return getattr(self, runner)(operation, {**arguments, **raw})

    method.__name__, method.__qualname__ = name, f"SunoSession.{name}"
    method.__doc__ = documentation(operation, form=form)
    method.__signature__ = signature  # type: ignore[attr-defined]
    return method


#: fields that a source stands for; they may be given by their own names as well
HIDDEN = frozenset({"clip_id", "task_id", "source_url", "source_urls"})
