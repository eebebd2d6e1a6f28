"""The callback receiver: what it keeps, what it turns away, and that it outlives nobody's session."""

from __future__ import annotations

import http.client
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from suno_lab.api.callbacks import signature_headers
from suno_lab.api.music import Generate
from suno_lab.client.receiver import MOST_PER_REQUEST, spawn, take
from suno_lab.settings import Secret
from suno_lab.store import Journal, inbox
from suno_lab.store import requests as ledger
from suno_lab.store.requests import Draft

NOW = 1_800_000_000.0
KEY = Secret("webhook-key")
TASK = "a" * 32


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(tmp_path / "session.db")
    yield opened
    opened.close()


@pytest.fixture
def intent(journal: Journal) -> str:
    """A request that waits for its answer."""
    draft = Draft(request=Generate(description="a tune"), service="kie", credits_estimated=12.0)
    return ledger.record(journal, draft, now=NOW).request_id


def body(task_id: object = TASK, stage: str = "complete", **more: object) -> bytes:
    return json.dumps({"code": 200, "msg": "ok", "data": {"callbackType": stage, "task_id": task_id, **more}}).encode()


def kept(journal: Journal) -> int:
    return int(journal.value("select count(*) from callbacks"))


def test_a_callback_names_the_task_of_its_request(journal: Journal, intent: str) -> None:
    assert take(journal, path=f"/cb/{intent}", headers={}, body=body(), now=NOW) == 200
    assert inbox.task_ids(journal, intent) == [TASK]


def test_a_hundred_equal_ones_are_one(journal: Journal, intent: str) -> None:
    assert {take(journal, path=f"/{intent}", headers={}, body=body(), now=NOW) for _ in range(100)} == {200}
    assert kept(journal) == 1


def test_a_flood_about_one_request_ends(journal: Journal, intent: str) -> None:
    said = [take(journal, path=f"/{intent}", headers={}, body=body(f"{n:032x}"), now=NOW) for n in range(100)]
    assert said.count(200) == kept(journal) == MOST_PER_REQUEST
    assert set(said) == {200, 429}


@pytest.mark.parametrize("path", ["/", "/cb/", "/cb/0", f"/cb/{'0' * 32}", f"/cb/{'0' * 31}é", "/cb/../../etc/passwd"])
def test_a_request_that_is_not_here_is_unknown(journal: Journal, intent: str, path: str) -> None:
    assert take(journal, path=path, headers={}, body=body(), now=NOW) == 404


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"{", b"\xff\xfe", b'{"data": {}}', body(""), body("../x"), body("x" * 129),
     b"[" * 100_000, b'{"data": {"task_id": NaN}}'],
)  # fmt: skip
def test_what_names_no_task_is_no_callback(journal: Journal, intent: str, content: bytes) -> None:
    assert take(journal, path=f"/{intent}", headers={}, body=content, now=NOW) == 400
    assert kept(journal) == 0


def test_a_large_one_is_refused(journal: Journal, intent: str) -> None:
    large = body(padding="x" * inbox.MAX_BODY_BYTES)
    assert take(journal, path=f"/{intent}", headers={}, body=large, now=NOW) == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (signature_headers(TASK, now_s=NOW, hmac_key="webhook-key"), 200),
        (signature_headers(TASK, now_s=NOW - 299, hmac_key="webhook-key"), 200),
        (signature_headers(TASK, now_s=NOW - 301, hmac_key="webhook-key"), 401),
        (signature_headers(TASK, now_s=NOW + 302, hmac_key="webhook-key"), 401),
        (signature_headers(TASK, now_s=NOW, hmac_key="another"), 401),
        (signature_headers("b" * 32, now_s=NOW, hmac_key="webhook-key"), 401),
        ({}, 401),
    ],
)
def test_with_a_key_only_fresh_signatures_count(
    journal: Journal, intent: str, headers: dict[str, str], status: int
) -> None:
    found = take(journal, path=f"/{intent}", headers=headers, body=body(), now=NOW, hmac_key=KEY)
    assert (found, kept(journal)) == (status, int(status == 200))


def test_it_runs_as_a_process_of_its_own(journal: Journal, intent: str) -> None:
    with spawn(journal.path.parent, hmac_key=KEY) as receiver:
        url = receiver.address
        assert post(url, f"/{intent}", body()) == 401
        assert post(url, f"/{intent}", body(), length="9" * 30) == 413
        assert post(url, f"/{intent}", body(), length="-1") == 411
        assert post(url, "/unknown", body()) == 404
        assert post(url, f"/{intent}", b"x", method="GET") == 501
    with spawn(journal.path.parent) as receiver:
        assert post(receiver.address, f"/cb/{intent}", body()) == 200
    assert inbox.task_ids(journal, intent) == [TASK]
    with sqlite3.connect(f"file:{journal.path}?mode=ro", uri=True) as con:
        assert con.execute("select count(*) from callbacks where body like '%webhook-key%'").fetchone() == (0,)
    con.close()


def post(url: str, path: str, content: bytes, *, method: str = "POST", length: str | None = None) -> int:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request(method, path, content, {"content-length": length or str(len(content))})
    status = connection.getresponse().status
    connection.close()
    return status
