"""A ceiling holds under any schedule: what is spent and what is under way never pass it, whatever breaks."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

from suno_lab.api.hosts import KIE
from suno_lab.api.music import Generate
from suno_lab.client.account import Account
from suno_lab.client.client import Client
from suno_lab.client.pacing import Limiter
from suno_lab.client.policy import Policy
from suno_lab.errors import NotSent, OutcomeUnknown, SunoLabError
from suno_lab.models import HttpReply, HttpRequest
from suno_lab.store import SessionFolder
from suno_lab.store import requests as ledger
from tests.reliability.conftest import Clock, hurried

SCHEDULES_N = 1000
PRICES = (0.4, 2.5, 5.0, 12.0, 50.0)
OUTCOMES = ("taken", "taken", "refused", "too_often", "not_sent", "lost_before", "lost_after", "broken_after")


class Service:
    """Takes, refuses, breaks; books what it takes, and checks the ceiling every time it is asked."""

    def __init__(self, rng: random.Random, folder: SessionFolder) -> None:
        self.rng, self.folder, self.ceiling, self.charged, self.taken_n = rng, folder, 0.0, 0.0, 0

    async def send(self, request: HttpRequest) -> HttpReply:
        for _ in range(self.rng.randrange(4)):
            await asyncio.sleep(0)
        if request.method == "GET":
            return reply(10_000.0 - self.charged)
        under_way = ledger.spent_credits(self.folder.journal)
        assert under_way <= self.ceiling + 1e-6, (under_way, self.ceiling)
        outcome = self.rng.choice(OUTCOMES)
        if outcome in ("taken", "lost_after", "broken_after"):
            price = self.folder.journal.value("select credits_estimated from requests where body = ?", (request.body,))
            self.charged += price
            self.taken_n += 1
            assert self.charged <= self.ceiling + 1e-6, (self.charged, self.ceiling)
        if outcome in ("lost_after", "lost_before"):
            raise OutcomeUnknown("broke off")
        if outcome == "not_sent":
            raise NotSent("nobody there")
        if outcome == "broken_after":
            return HttpReply(status=502, body=b"<html>")
        if outcome == "refused":
            return reply(None, code=422, msg="customMode cannot be null")
        if outcome == "too_often":
            return reply(None, code=429, msg="too many requests")
        return reply({"taskId": f"{self.taken_n:032d}"})

    async def close(self) -> None:
        return None


def reply(data: Any, *, code: int = 200, msg: str = "success") -> HttpReply:
    return HttpReply(status=200, body=json.dumps({"code": code, "msg": msg, "data": data}).encode())


async def schedule(number: int, folder: SessionFolder, service: Service) -> None:
    """A few requests of any price at once, under a ceiling that only some of them fit."""
    rng, journal = service.rng, folder.journal
    service.ceiling = ledger.spent_credits(journal) + rng.choice((0.0, *PRICES, 30.0, 60.0))
    account = Account(service="x", host=KIE, base_url="http://budget.test", upload_url="http://budget.test")
    client = Client(
        folder, account, service, policy=Policy(max_credits=service.ceiling, settle_s=0.0, refusal_budget_s=20.0),
        surroundings=hurried(Clock()), limiter=Limiter(10**6, 1.0),
    )  # fmt: skip

    async def one(position: int) -> None:
        request = Generate(description=f"{number}/{position}", instrumental=True, model="V5")
        draft = ledger.Draft(request=request, service="x", credits_estimated=rng.choice(PRICES))
        row = ledger.record(journal, draft, now=float(number))
        for _ in range(rng.randrange(3)):
            await asyncio.sleep(0)
        try:
            await client.sender.deliver(row.request_id)
        except SunoLabError:
            return

    await asyncio.gather(*(one(position) for position in range(rng.randint(1, 4))))
    assert ledger.spent_credits(journal) <= service.ceiling + 1e-6


def test_a_ceiling_holds_under_a_thousand_schedules(tmp_path: Path) -> None:
    rng = random.Random(11)
    folders = [SessionFolder(tmp_path / str(n)) for n in range(10)]
    services = [Service(rng, folder) for folder in folders]
    for number in range(SCHEDULES_N):
        place = number % len(folders)
        asyncio.run(schedule(number, folders[place], services[place]))
    for folder, service in zip(folders, services, strict=True):
        assert service.taken_n > 10
        assert service.charged <= ledger.spent_credits(folder.journal) + 1e-6
        folder.close()
