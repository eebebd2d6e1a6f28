"""``GET /openapi.json``: OpenAPI 3.1, made from the same rows that answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from suno_lab.api import Operation, operations
from suno_lab.api.contract import RecordEndpoint
from suno_lab.api.fields import WireField
from suno_lab.api.hosts import Host
from suno_lab.api.market import CREATE_PATH, RECORD_PATH, market_models
from suno_lab.api.song_models import NAMES
from suno_lab.emulator.replies import emulator_version

Schema = dict[str, Any]
_TYPES: Mapping[str, Schema] = {
    "string": {"type": "string"},
    "uri": {"type": "string", "format": "uri"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "string[]": {"type": "array", "items": {"type": "string"}},
    "uri[]": {"type": "array", "items": {"type": "string", "format": "uri"}},
    "file": {"type": "string", "contentMediaType": "application/octet-stream"},
}
_ENVELOPE: Schema = {
    "type": "object",
    "required": ["code", "msg", "data"],
    "properties": {
        "code": {"type": "integer", "description": "200 is success; the HTTP status says little"},
        "msg": {"type": "string"},
        "data": {"description": "null on refusal"},
    },
}


def openapi(host: Host, *, origin: str, asks_key: bool) -> dict[str, Any]:
    """The whole document for one host profile, with ``origin`` as its server."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations().values():
        if host.vocabulary not in operation.hosts:
            continue
        path = host.credit_path if operation.name == "balance" else operation.path
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, host)
        if operation.record is not None:
            paths.setdefault(operation.record.path, {})["get"] = _record(operation.record)
    if host.vocabulary == "kie":
        paths |= _market_paths()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Suno API as spoken by {host.name}, emulated",
            "version": emulator_version(),
            "description": "An emulator on this machine – not Suno. Codes, limits and prices follow public pages.",
        },
        "servers": [{"url": origin}],
        "security": [{"key": []}] if asks_key else [],
        "paths": paths | _file_paths(),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Envelope": _ENVELOPE},
        },
    }


# ── per-operation paths ──────────────────────────────────────────────────────────────────────────────────────────────
def _operation(operation: Operation, host: Host) -> Schema:
    described: Schema = {
        "operationId": operation.name,
        "summary": operation.title,
        "description": f"Source: {operation.source}",
        "responses": {"200": _answer("the answer; refusals too")},
    }
    if operation.method == "POST":
        media = "multipart/form-data" if operation.encoding == "multipart" else "application/json"
        described["requestBody"] = {"required": True, "content": {media: {"schema": body_schema(operation, host)}}}
    return described


def body_schema(operation: Operation, host: Host) -> Schema:
    """The body of a call at a host."""
    fields = operation.request.wire_fields()
    properties = {known.name_on(host.vocabulary): _property(known, host) for known in fields}
    if operation.encoding == "json":
        properties |= {name: _or_null(properties[name]) for name in _optional(fields, host)}
    required = [known.name_on(host.vocabulary) for known in fields if known.always_required]
    callback = operation.callback_on(host.vocabulary)
    if callback:
        properties[callback] = {
            "type": "string", "format": "uri", "description": "where results are reported; need not be reachable",
        }  # fmt: skip
        if callback == operation.callback_field:
            required.append(callback)
    return {"type": "object", "properties": properties, "required": required}


def _optional(fields: Iterable[WireField], host: Host) -> list[str]:
    return [known.name_on(host.vocabulary) for known in fields if not known.always_required]


def _or_null(described: Schema) -> Schema:
    """The same, or null, which says as much as leaving it out."""
    enum = {"enum": [*described["enum"], None]} if "enum" in described else {}
    return {**described, "type": [described["type"], "null"], **enum}


def _property(known: WireField, host: Host) -> Schema:
    limits = [
        f"{limit} ({limit.source})" for limit in known.limits if not limit.hosts or host.vocabulary in limit.hosts
    ]
    text = "; ".join([known.doc, *limits] if known.doc else limits)
    found = {**_TYPES[known.type], **({"description": text} if text else {})}
    if known.enum:
        found["enum"] = list(known.enum)
    elif known.name == "model":
        found["enum"] = list(NAMES)
    if known.absent:
        found["default"] = known.absent
    return found


def _record(endpoint: RecordEndpoint) -> Schema:
    about = "the task; data is null for ids of other families" if not endpoint.flat_codes else "codes are states here"
    return {
        "operationId": f"{endpoint.family}_record",
        "summary": f"Look up a {endpoint.family} task",
        "parameters": [_task_parameter(endpoint.id_param)],
        "responses": {"200": _answer(about)},
    }


def _task_parameter(name: str) -> Schema:
    return {"name": name, "in": "query", "required": True, "schema": {"type": "string"}}


def _answer(text: str) -> Schema:
    return {
        "description": text,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Envelope"}}},
    }


# ── other paths ──────────────────────────────────────────────────────────────────────────────────────────────────────
def _market_paths() -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["model", "input"],
        "properties": {
            "model": {"type": "string", "enum": sorted(market_models())},
            "callBackUrl": {"type": "string", "format": "uri"},
            "input": {"type": "object", "description": "the fields of the operation in snake_case"},
        },
    }
    return {
        CREATE_PATH: {
            "post": {
                "operationId": "market_create",
                "summary": "Any operation as a task",
                "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                "responses": {"200": _answer("the task's id")},
            }
        },
        RECORD_PATH: {
            "get": {
                "operationId": "market_record",
                "summary": "Look up any task",
                "parameters": [_task_parameter("taskId")],
                "responses": {"200": _answer("the task")},
            }
        },
    }


def _file_paths() -> dict[str, Any]:
    binary = {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
    return {
        "/files/{name}": {
            "get": {
                "operationId": "file",
                "summary": "A file that was made; ranges are served",
                "security": [],
                "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {"description": "the whole file", "content": {"application/octet-stream": binary}},
                    "206": {"description": "the part that was asked for"},
                    "404": {"description": "no such file, or no longer"},
                    "416": {"description": "the range lies outside"},
                },
            }
        }
    }
