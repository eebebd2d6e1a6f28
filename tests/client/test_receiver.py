"""Callbacks: kept, not believed."""

from __future__ import annotations

import json
import threading
from http.client import HTTPConnection

import pytest

from suno_lab.api.callbacks import signature_headers
from suno_lab.client.receiver import make_server, receive
from suno_lab.store import inbox

INTENT, TASK = "a" * 32, "b" * 32
BODY = json.dumps({"code": 200, "data": {"callbackType": "complete", "task_id": TASK, "data": []}}).encode()
NOW, KEY = 1_800_000_000.0, "whk"


@pytest.fixture
def journal(bench):
    return bench.journal


def post(journal, body: bytes = BODY, *, path: str = f"/cb/{INTENT}", key: str | None = None, **headers: str) -> int:
    return receive(journal, path=path, headers=headers, body=body, now=NOW, hmac_key=key)


def test_a_callback_names_its_task(journal) -> None:
    assert post(journal) == 200
    assert inbox.task_ids(journal, INTENT) == [TASK]


def test_the_same_again_has_no_second_effect(journal) -> None:
    assert [post(journal) for _ in range(100)] == [200] * 100
    assert journal.value("select count(*) from callbacks") == 1


@pytest.mark.parametrize("path", ["/", "/cb", "/cb/short", f"/cb/{INTENT.upper()}", f"/cb/{INTENT}/x", "/../../etc"])
def test_a_path_without_an_intent_is_nobodys(journal, path) -> None:
    assert post(journal, path=path) == 404
    assert journal.value("select count(*) from callbacks") == 0


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"data": {"task_id": 7}}'])
def test_any_body_is_survived(journal, body) -> None:
    assert post(journal, body) == 200
    assert len(inbox.task_ids(journal, INTENT)) <= 1


def test_a_body_that_is_too_large_is_not_kept(journal) -> None:
    assert post(journal, b"x" * (inbox.MAX_BODY_BYTES + 1)) == 413
    assert journal.value("select count(*) from callbacks") == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signature_headers(TASK, now_s=NOW, hmac_key="other"),
        signature_headers("c" * 32, now_s=NOW, hmac_key=KEY),
        signature_headers(TASK, now_s=NOW - 301, hmac_key=KEY),
        signature_headers(TASK, now_s=NOW + 301, hmac_key=KEY),
    ],
)
def test_what_is_wrongly_signed_does_not_count(journal, headers) -> None:
    assert post(journal, key=KEY, **headers) == 401
    assert inbox.task_ids(journal, INTENT) == []


def test_what_is_rightly_signed_counts(journal) -> None:
    assert post(journal, key=KEY, **signature_headers(TASK, now_s=NOW, hmac_key=KEY)) == 200
    assert inbox.task_ids(journal, INTENT) == [TASK]


def test_over_http(journal) -> None:
    server = make_server(journal)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
    try:
        connection.request("POST", f"/cb/{INTENT}", body=BODY)
        assert connection.getresponse().status == 200
        connection.close()
        connection.request("POST", f"/cb/{INTENT}", headers={"content-length": str(2**40)})
        assert connection.getresponse().status == 413
        connection.close()
        connection.request("GET", "/")
        assert connection.getresponse().status == 501
    finally:
        connection.close()
        server.shutdown()
        server.server_close()
        thread.join()
    assert inbox.task_ids(journal, INTENT) == [TASK]
