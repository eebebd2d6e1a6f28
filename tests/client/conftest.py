"""A client on a scripted service: every answer is written down in the test, time only moves when somebody sleeps."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from suno_lab.api import Request
from suno_lab.api.hosts import PROFILES
from suno_lab.client.account import Account
from suno_lab.client.client import Client
from suno_lab.client.pacing import Limiter
from suno_lab.client.policy import Policy, Surroundings
from suno_lab.models import HttpReply, HttpRequest
from suno_lab.settings import Secret
from suno_lab.store import SessionFolder
from suno_lab.store import requests as ledger
from suno_lab.store.requests import Draft, RequestRow
from suno_lab.transport import OpenReply

CANARY = "sk-canary-0123456789"
Answer = HttpReply | Exception | Callable[[HttpRequest], HttpReply]


class Clock:
    """Time that only moves when somebody sleeps."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self.now, self.slept_s = now, list[float]()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def envelope(
    code: int = 200, data: Any = None, msg: str = "success", *, status: int = 200, **headers: str
) -> HttpReply:
    """An answer in the service's form."""
    body = json.dumps({"code": code, "msg": msg, "data": data}).encode()
    return HttpReply(status=status, headers={name.replace("_", "-"): v for name, v in headers.items()}, body=body)


class Service:
    """Answers by path; the last answer of a list is repeated. Remembers what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[HttpRequest] = []
        self.balance = 1000.0
        self.on("/api/v1/chat/credit", lambda request: envelope(data=self.balance))
        self.on("/api/v1/generate/credit", lambda request: envelope(data=self.balance))

    def on(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def asked_for(self, path: str) -> list[HttpRequest]:
        return [request for request in self.asked if request.path == path]

    async def send(self, request: HttpRequest) -> HttpReply:
        self.asked.append(request)
        await asyncio.sleep(0)
        answers = self.answers.get(request.path, [envelope(404, msg="no such path")])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    @asynccontextmanager
    async def stream(self, request: HttpRequest):
        reply = await self.send(request)

        async def chunks():
            yield reply.body

        yield OpenReply(status=reply.status, headers=dict(reply.headers), url=request.url, chunks=chunks())

    async def close(self) -> None:
        return None


class Bench:
    """A client, its folder, its service and its clock."""

    def __init__(
        self, folder: SessionFolder, *, profile: str = "kie", policy: Policy | None = None, **about: Any
    ) -> None:
        self.folder, self.journal, self.service, self.clock = folder, folder.journal, Service(), Clock()
        self.account = Account(
            service=profile, host=PROFILES[profile], base_url="https://api.test", upload_url="https://up.test",
            key=Secret(CANARY), **about,
        )  # fmt: skip
        self.surroundings = Surroundings(clock=self.clock, sleep=self.clock.sleep, rng=random.Random(7))
        self.policy = policy or Policy(settle_s=5.0, callback_wait_s=0.0)
        self.client = self.fresh_client()

    def fresh_client(self) -> Client:
        return Client(
            self.folder, self.account, self.service, policy=self.policy, surroundings=self.surroundings,
            limiter=Limiter(10**6, 1.0),
        )  # fmt: skip

    def record(self, request: Request, *, credits: float | None = 12.0, replicate_n: int = 0) -> RequestRow:
        draft = Draft(request=request, service="kie", credits_estimated=credits, replicate_n=replicate_n)
        return ledger.record(self.journal, draft, now=self.clock())

    def deliver(self, row: RequestRow) -> RequestRow:
        return asyncio.run(self.fresh_client().sender.deliver(row.request_id))

    def row(self, row: RequestRow) -> RequestRow:
        return ledger.get(self.journal, row.request_id)


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    folders: list[SessionFolder] = []

    def make(**about: Any) -> Bench:
        folders.append(SessionFolder(tmp_path / f"session-{len(folders)}"))
        return Bench(folders[-1], **about)

    yield make
    for folder in folders:
        folder.close()


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()
