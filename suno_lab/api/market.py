"""The market route of kie: every operation over two paths, fields in snake_case.

``POST jobs/createTask`` takes ``{model, callBackUrl?, input}``, ``GET jobs/recordInfo`` shows a state and, as JSON
text, what came out. Both directions are here: out for a client, back for whoever plays the service.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from suno_lab.api import operations
from suno_lab.api.contract import Body, Json, Operation, RecordEndpoint, Request
from suno_lab.api.fields import blank
from suno_lab.api.hosts import Host
from suno_lab.api.reading import object_of, objects, snake_case
from suno_lab.models import ClipRecord, Product, TaskState

CREATE_PATH = "/api/v1/jobs/createTask"
RECORD_PATH = "/api/v1/jobs/recordInfo"

STATES: Mapping[str, TaskState] = {
    "waiting": TaskState.PENDING,
    "queuing": TaskState.PENDING,
    "generating": TaskState.PENDING,
    "success": TaskState.SUCCESS,
    "fail": TaskState.FAILED,
}

#: flags of per-operation paths that the market's newer pages no longer have: they follow from what comes together
_IMPLIED_FLAGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "extend": ("defaultParamFlag", ("prompt", "style", "title", "continueAt")),
    "upload_extend": ("defaultParamFlag", ("style", "title")),
    "cover": ("customMode", ("style", "title")),
    "mashup": ("customMode", ("style", "title")),
}
#: fields that the market's pages leave optional although per-operation pages want them, by operation (KM)
OPTIONAL_FIELDS: Mapping[str, frozenset[str]] = {
    name: frozenset({"prompt"}) for name in ("cover", "upload_extend", "add_vocals", "mashup")
}

Results = tuple[tuple[ClipRecord, ...], tuple[Product, ...]]


# ── a client's side ──────────────────────────────────────────────────────────────────────────────────────────────────
def on_market(operation: Operation, host: Host) -> bool:
    """Whether ``host`` takes this operation over the market route; files and balance keep their own paths."""
    return host.dialect == "market" and bool(operation.market_model)


def market_body(operation: Operation, request: Request, *, callback_url: str | None = None) -> Body:
    """What goes out to ``jobs/createTask``."""
    names = {known.name: known.market_name for known in operation.request.wire_fields()}
    given = {names.get(name, name): value for name, value in request.body().items()}
    return {
        "model": operation.market_model,
        **({"callBackUrl": callback_url} if callback_url else {}),
        "input": given,
    }


def record_endpoint(operation: Operation) -> RecordEndpoint:
    """Where a market task of this operation is looked up, and how its answer reads.

    A call that answers at once elsewhere is a task here; its value arrives as a product of the kind the operation
    makes, with the value inside (or as the product itself).
    """
    return RecordEndpoint(
        family=operation.record.family if operation.record else operation.name,
        path=RECORD_PATH,
        state_field="state",
        states=STATES,
        read=_reader(operation),
        code_field="failCode",
        message_field="failMsg",
    )


def _reader(operation: Operation) -> Callable[[Mapping[str, Any]], Results]:
    def read(data: Mapping[str, Any]) -> Results:
        result = _result(data)
        if operation.record is None:
            return (), _value(operation, _inner(result))
        found = operation.record.read(_as_legacy(data, result))
        return found if any(found) else _from_urls(operation, data, result)

    return read


def _result(data: Mapping[str, Any]) -> Json:
    """``resultJson``, whether text or object; an empty object where there is none."""
    result = data.get("resultJson")
    if not isinstance(result, str):
        return result
    try:
        return json.loads(result)
    except (ValueError, RecursionError):
        return {}


def _inner(result: Json) -> Json:
    """What the result wraps: ``resultObject``, ``data``, or itself."""
    found = object_of(result)
    return found.get("resultObject", found.get("data", result))


def _as_legacy(data: Mapping[str, Any], result: Json) -> dict[str, Any]:
    """The result in the shape of a per-operation record."""
    inner = _inner(result)
    listed = {"data": inner} if isinstance(inner, list) else {}
    found = {**object_of(result), **object_of(inner), **listed}
    response = object_of(found.get("response")) or found
    return {**found, "response": response, "taskId": data.get("taskId")}


def _value(operation: Operation, inner: Json) -> tuple[Product, ...]:
    value = operation.read(inner) if operation.read and inner else None
    if value is None:
        return ()
    return (value,) if isinstance(value, Product) else (Product(kind=operation.makes, value=value),)


def _from_urls(operation: Operation, data: Mapping[str, Any], result: Json) -> Results:
    """Bare addresses, for results that say nothing else."""
    listed = object_of(result).get("resultUrls")
    urls = [url for url in listed if isinstance(url, str) and url] if isinstance(listed, list) else []
    if operation.makes != "clips":
        return (), tuple(Product(kind=operation.makes, url=url) for url in urls)
    task_id = str(data.get("taskId") or "")
    clips = (ClipRecord(clip_id=f"{task_id}-{n}", task_id=task_id, sibling=n, audio_url=u) for n, u in enumerate(urls))
    return tuple(clips), ()


# ── the service's side ───────────────────────────────────────────────────────────────────────────────────────────────
def market_models() -> Mapping[str, Operation]:
    """The operations by their name on the market route."""
    return {row.market_model: row for row in operations().values() if row.market_model}


def legacy_call(body: Json) -> tuple[Operation, Body] | None:
    """A ``createTask`` body → the operation, and the body of its own path at kie; None for an unknown model."""
    sent = object_of(body)
    model = sent.get("model")
    operation = market_models().get(model) if isinstance(model, str) else None
    if operation is None:
        return None
    names = {known.market_name: known.name_on("kie") for known in operation.request.wire_fields()}
    legacy = {names.get(name, name): value for name, value in object_of(sent.get("input")).items()}
    callback_url, field = sent.get("callBackUrl"), operation.callback_on("kie") or "callBackUrl"
    return operation, {**_implied(operation, legacy), **legacy, **({field: callback_url} if callback_url else {})}


def _implied(operation: Operation, given: Body) -> Body:
    """The flag that per-operation paths want besides what was given."""
    if operation.name not in _IMPLIED_FLAGS:
        return {}
    flag, together = _IMPLIED_FLAGS[operation.name]
    return {flag: not any(blank(given.get(name)) for name in together)}


def market_state(state: TaskState) -> str:
    """The market's word for a state."""
    return {TaskState.SUCCESS: "success", TaskState.FAILED: "fail", TaskState.PENDING: "queuing"}.get(
        state, "generating"
    )


def result_json(operation: Operation, data: Json) -> str:
    """What ``resultJson`` of a finished task holds.

    ``data`` is the ``data`` of the operation's own record, or of its answer where it answers at once. Clips come as
    ``{"data": [...]}`` in snake_case and texts as ``{"resultObject": {"lyricsData": [...]}}``, as users have seen them;
    files as ``{"resultUrls": [...]}`` and everything else as ``{"resultObject": {...}}``, as the page says.
    """
    if operation.record is None:
        result: dict[str, Any] = {"resultObject": data}
    elif operation.makes == "clips":
        tracks = objects(object_of(object_of(data).get("response")).get("sunoData"))
        result = {"data": [snake_keys(track) for track in tracks]}
    elif operation.makes in ("wav", "video", "cover"):
        _, products = operation.record.read(object_of(data))
        result = {"resultUrls": [product.url for product in products]}
    elif operation.makes == "lyrics":
        result = {"resultObject": {"lyricsData": objects(object_of(object_of(data).get("response")).get("data"))}}
    else:
        found = object_of(data)
        told = object_of(found.get("response")) or object_of(found.get("midiData")) or found
        result = {"resultObject": dict(told)}
    return json.dumps(result, ensure_ascii=False)


def snake_keys(found: Mapping[str, Any]) -> dict[str, Any]:
    """The same object with keys in snake_case; ``createTime`` stays as it is, on every channel."""
    return {name if name == "createTime" else snake_case(name): value for name, value in found.items()}
