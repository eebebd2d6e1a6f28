"""Hostile callbacks over HTTP: forged, stale, replayed, altered. None of them changes what the session knows."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from suno_lab import SunoSession
from suno_lab.api.callbacks import signature_headers
from suno_lab.api.music import Generate
from suno_lab.client.receiver import spawn
from suno_lab.models import HttpReply, HttpRequest
from suno_lab.settings import Secret
from suno_lab.store import requests as ledger
from suno_lab.transport import InProcessTransport
from tests.reliability.conftest import Clock, hurried

KEY = "webhook-key"
TRUE_TASK, OWN_TASK, STRANGER = "a" * 32, "b" * 32, "c" * 32
EVIL = "https://evil.test/x.mp3"
#: what a callback must never touch
STATE = ("requests", "tasks", "clips", "products", "files", "words", "balances", "events")


class Service:
    """Knows two tasks, each with its own clip; remembers every address it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, request: HttpRequest) -> HttpReply:
        self.asked.append(request.url)
        task_id = request.query.get("taskId")
        if request.path.endswith("record-info"):
            known = task_id in (TRUE_TASK, OWN_TASK)
            clip = {"id": f"clip-{task_id}", "audioUrl": "http://service.test/x.mp3", "duration": 1.0, "title": "True"}
            return reply({"taskId": task_id, "status": "PENDING", "response": {"sunoData": [clip]}} if known else None)
        return reply(1000.0)


def reply(data: Any) -> HttpReply:
    return HttpReply(status=200, body=json.dumps({"code": 200, "msg": "success", "data": data}).encode())


class Stage:
    """A session with one request whose answer was lost, one that has its task, and a receiver beside it."""

    def __init__(self, session: SunoSession, service: Service, url: str) -> None:
        self.session, self.service, self.url = session, service, url
        self.lost = self._request("lost", None)
        self.known = self._request("known", OWN_TASK)

    def _request(self, description: str, task_id: str | None) -> str:
        journal = self.session.journal
        draft = ledger.Draft(request=Generate(description=description), service="x", credits_estimated=12.0)
        row = ledger.record(journal, draft, now=1.0)
        ledger.mark_sent(journal, row.request_id, owner="me", body=b"{}", now=2.0, max_credits=None)
        state = ledger.RequestState.ACCEPTED if task_id else ledger.RequestState.UNKNOWN
        ledger.mark(journal, row.request_id, state, now=3.0, task_id=task_id)
        return row.request_id

    def post(self, intent: str, body: object, headers: dict[str, str]) -> int:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        connection.request("POST", f"/cb/{intent}", json.dumps(body), headers)
        status = connection.getresponse().status
        connection.close()
        return status

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything the journal holds but the callbacks themselves."""
        return {table: [tuple(row) for row in self.session.journal.rows(f"select * from {table}")] for table in STATE}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("callbacks")


@pytest.fixture(scope="module")
def stage(folder: Path) -> Iterator[Stage]:
    service = Service()
    with (
        spawn(folder, hmac_key=Secret(KEY)) as receiver,
        SunoSession(
            folder, "http://callbacks.test", transport=InProcessTransport(service), progress=False,
            callback_url=receiver.address, surroundings=hurried(Clock()), keep=(),
        ) as session,
    ):  # fmt: skip
        yield Stage(session, service, receiver.address)


def body(task_id: str, stage: str = "complete") -> dict[str, Any]:
    clip = {"id": "evil", "audio_url": EVIL, "title": "<script>", "duration": 9.0}
    return {"code": 200, "msg": "ok", "data": {"callbackType": stage, "task_id": task_id, "data": [clip]}}


def signed(task_id: str, *, by: str = KEY, age_s: float = 0.0) -> dict[str, str]:
    return signature_headers(task_id, now_s=time.time() - age_s, hmac_key=by)


FORGED: dict[str, tuple[str, dict[str, str]]] = {
    "unsigned": (TRUE_TASK, {}),
    "other_key": (TRUE_TASK, signed(TRUE_TASK, by="guess")),
    "for_another_task": (TRUE_TASK, signed(OWN_TASK)),
    "stale": (TRUE_TASK, signed(TRUE_TASK, age_s=3600.0)),
    "from_the_future": (TRUE_TASK, signed(TRUE_TASK, age_s=-3600.0)),
    "empty_headers": (TRUE_TASK, {"x-webhook-timestamp": "", "x-webhook-signature": ""}),
    "half": (TRUE_TASK, {k: v for k, v in signed(TRUE_TASK).items() if "imestamp" in k}),
}


@pytest.mark.parametrize("name", sorted(FORGED))
def test_what_is_not_signed_now_by_the_service_is_refused(stage: Stage, name: str) -> None:
    task_id, headers = FORGED[name]
    before, asked_n = stage.state(), len(stage.service.asked)
    assert stage.post(stage.lost, body(task_id), headers) == 401
    assert stage.state() == before
    assert len(stage.service.asked) == asked_n
    assert stage.session.journal.value("select count(*) from callbacks") == 0


def test_about_a_request_that_is_not_here(stage: Stage) -> None:
    before = stage.state()
    assert stage.post("f" * 32, body(TRUE_TASK), signed(TRUE_TASK)) == 404
    assert stage.state() == before


def test_altered_bodies_under_valid_headers(stage: Stage) -> None:
    """The signature does not cover the body: whoever saw one may post any address, a hundred times."""
    before = stage.state()
    headers = signed(TRUE_TASK)
    assert {stage.post(stage.lost, body(TRUE_TASK), headers) for _ in range(100)} == {200}
    assert stage.session.journal.value("select count(*) from callbacks") == 1
    assert stage.post(stage.lost, body(STRANGER), headers) == 401
    assert stage.post(stage.lost, body(OWN_TASK), signed(OWN_TASK)) == 200
    assert stage.state() == before


def test_only_the_record_decides(stage: Stage) -> None:
    """What was heard names a task; everything else about it comes from the service, asked with our key."""
    stage.session.resolve()
    requests = stage.session.requests
    assert requests.loc[stage.lost, "task_id"] == TRUE_TASK
    assert requests.loc[stage.known, "task_id"] == OWN_TASK
    assert not [url for url in stage.service.asked if "evil" in url]
    everything = json.dumps(stage.state(), default=repr)
    assert "evil" not in everything
    assert "<script>" not in everything
    after = stage.state()
    stage.post(stage.lost, body(OWN_TASK), signed(OWN_TASK))
    stage.post(stage.lost, body(TRUE_TASK, "error"), signed(TRUE_TASK))
    stage.session.resolve()
    assert stage.state()["requests"] == after["requests"]


def test_slow_and_large_callers_are_turned_away(stage: Stage) -> None:
    host, port = urlsplit(stage.url).netloc.split(":")
    assert stage.post(stage.lost, {"padding": "x" * 1_048_577}, {}) == 413
    with socket.create_connection((host, int(port)), timeout=20) as caller:
        caller.sendall(f"POST /cb/{stage.lost} HTTP/1.1\r\ncontent-length: 99999999\r\n\r\n".encode())
        assert b" 413 " in caller.recv(100)
        for _ in range(20):  # who goes on speaking is not cut off at once: a reset could overtake the answer
            caller.sendall(bytes(50_000))
