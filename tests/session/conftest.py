"""Sessions on the embedded emulator with plain tones: quick, and the whole road all the same."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from suno_lab import SunoSession
from suno_lab.client.policy import Surroundings
from suno_lab.emulator import EmulatorSettings, PlainSongs

#: no waiting, short songs, no rate limit
QUICK = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None)

Open = Callable[..., SunoSession]


def jumping(now: float = 1_800_000_000.0) -> Surroundings:
    """Surroundings in which sleeping takes no time and only moves the clock."""
    moment = [now]

    async def sleep(seconds: float) -> None:
        moment[0] += seconds
        await asyncio.sleep(0)

    return Surroundings(clock=lambda: moment[0], sleep=sleep, rng=random.Random(5))


@pytest.fixture
def open_session(tmp_path: Path) -> Iterator[Open]:
    """Opens sessions (by default in the same folder) and closes them at the end."""
    opened: list[SunoSession] = []
    around = jumping()

    def open_(folder: str = "songs", service: str | None = "emulator", **about: Any) -> SunoSession:
        if service == "emulator":
            about.setdefault("emulator", QUICK)
        about.setdefault("songs", PlainSongs())
        about.setdefault("surroundings", around)
        session = SunoSession(tmp_path / folder, service, **about)
        opened.append(session)
        return session

    yield open_
    for session in opened:
        session.close()


@pytest.fixture
def session(open_session: Open) -> SunoSession:
    """A fresh session on the embedded emulator."""
    return open_session()
