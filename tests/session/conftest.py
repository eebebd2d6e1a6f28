"""Sessions on the embedded emulator with plain tones: quick, and the whole road all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs

#: no waiting, short songs, no rate limit
QUICK = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None)

Open = Callable[..., SunoSession]


@pytest.fixture
def open_session(tmp_path: Path) -> Iterator[Open]:
    """Opens sessions (by default in the same folder) and closes them at the end."""
    opened: list[SunoSession] = []

    def open_(folder: str = "songs", service: str | None = "emulator", **about: Any) -> SunoSession:
        if service == "emulator":
            about.setdefault("emulator", QUICK)
            about.setdefault("songs", PlainSongs())
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
