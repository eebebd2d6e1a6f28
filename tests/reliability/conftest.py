"""Sessions that talk over real sockets, in a hurry: their clock runs only while they sleep."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from suno_lab import SunoSession
from suno_lab.client.policy import Surroundings
from suno_lab.transport import HttpTransport, Timeouts

Open = Callable[..., SunoSession]


class Clock:
    """Time that only moves when somebody sleeps."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0.001)


def hurried(clock: Clock) -> Surroundings:
    """Surroundings in which no time is lost."""
    return Surroundings(clock=clock, sleep=clock.sleep, rng=random.Random(3))


@pytest.fixture
def open_session(tmp_path: Path) -> Iterator[Open]:
    """Opens sessions at an address and closes them at the end."""
    opened: list[SunoSession] = []

    def open_(url: str, folder: str = "session", *, read_s: float = 0.3, **about: Any) -> SunoSession:
        about.setdefault("surroundings", hurried(Clock()))
        about.setdefault("transport", HttpTransport(timeouts=Timeouts(connect_s=2.0, read_s=read_s)))
        session = SunoSession(tmp_path / folder, url, progress=False, **about)
        opened.append(session)
        return session

    yield open_
    for session in opened:
        session.close()
