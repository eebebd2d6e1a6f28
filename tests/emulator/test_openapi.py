"""The description and the page, made from the rows that answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from suno_lab.api import operations
from suno_lab.emulator.handling import routes


def walk(value: Any):
    yield value
    if isinstance(value, dict):
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


@pytest.mark.parametrize("profile", ["kie", "sunoapi", "market"])
def test_every_route_is_described_and_nothing_else(open_desk, profile):
    desk = open_desk(host_profile=profile)
    document = desk.get("/openapi.json")
    described = {
        (method.upper(), path) for path, row in document["paths"].items() for method in row if path != "/files/{name}"
    }
    assert described == set(routes(desk.emulator.settings.host.name))
    assert document["openapi"] == "3.1.0"


def test_the_document_is_sound(desk):
    document = desk.get("/openapi.json")
    ids = [row["operationId"] for path in document["paths"].values() for row in path.values()]
    assert len(ids) == len(set(ids))
    for found in walk(document):
        if isinstance(found, dict) and "$ref" in found:
            assert found["$ref"].removeprefix("#/components/schemas/") in document["components"]["schemas"]
        if isinstance(found, dict) and found.get("type") == "object" and "required" in found:
            assert set(found["required"]) <= set(found["properties"])
    body = document["paths"]["/api/v1/generate"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {"customMode", "instrumental", "model", "callBackUrl"} <= set(body["required"])
    assert body["properties"]["model"]["type"] == "string"
    assert body["properties"]["styleWeight"]["type"] == ["number", "null"]
    assert json.dumps(document)


def test_the_key_is_described_where_it_is_asked_for(desk, open_desk):
    assert desk.get("/openapi.json")["security"] == []
    assert open_desk(api_key="k").get("/openapi.json")["security"] == [{"key": []}]


def test_the_page_says_what_this_is(desk):
    reply = desk.ask("GET", "/")
    text = reply.body.decode()
    assert reply.headers["content-type"].startswith("text/html")
    assert "not Suno" in text
    assert all(row.path in text for row in operations().values() if "kie" in row.hosts)


def test_the_page_escapes_where_it_is(desk):
    from suno_lab.models import HttpRequest

    reply = desk.emulator.handle(HttpRequest(method="GET", url='http://a"><script>x</script>/'))
    assert b"<script>" not in reply.body
