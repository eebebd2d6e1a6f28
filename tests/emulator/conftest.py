"""An emulator with a clock in the hand and songs of sine tones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from suno_lab.emulator import Emulator, EmulatorSettings, PlainSongs
from suno_lab.models import HttpReply, HttpRequest

ORIGIN = "http://127.0.0.1:4711"
NOWHERE = "https://callback.invalid/1"


@dataclass
class Desk:
    """A caller of one emulator: asks, waits by moving the clock, and remembers nothing."""

    emulator: Emulator
    clock: list[float]
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, *, body: bytes = b"", **headers: str) -> HttpReply:
        named = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        url = path if path.startswith("http") else ORIGIN + path
        return self.emulator.handle(HttpRequest(method=method, url=url, headers=named, body=body))

    def get(self, path: str, **headers: str) -> Any:
        return json.loads(self.ask("GET", path, **headers).body)

    def post(self, path: str, body: Any, *, callback: str | None = NOWHERE) -> Any:
        whole = {**body, "callBackUrl": callback} if callback else body
        return json.loads(self.ask("POST", path, body=json.dumps(whole).encode()).body)

    def fetch(self, url: str, **headers: str) -> HttpReply:
        return self.ask("GET", url, **headers)

    def wait(self, seconds: float) -> None:
        self.clock[0] += seconds

    # ── the usual things ──
    def create(self, path: str, body: Any) -> str:
        answer = self.post(path, body)
        assert answer["code"] == 200, answer
        return next(iter(answer["data"].values()))

    def record(self, path: str, task_id: str) -> Any:
        answer = self.get(f"{path}?taskId={task_id}")
        assert answer["code"] == 200, answer
        return answer["data"]

    def generate(self, **about: Any) -> str:
        asked = {"prompt": "a calm song about rain", "customMode": False, "instrumental": False, "model": "V5"}
        return self.create("/api/v1/generate", {**asked, **about})

    def music(self, task_id: str) -> Any:
        return self.record("/api/v1/generate/record-info", task_id)

    def finished(self, **about: Any) -> tuple[str, list[dict[str, Any]]]:
        """A finished music task: its id and its two tracks."""
        task_id = self.generate(**about)
        self.wait(self.emulator.settings.latency_s)
        return task_id, self.music(task_id)["response"]["sunoData"]

    @property
    def balance(self) -> float:
        return self.get("/_emulator/ledger")["balance"]


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Open a desk on the test's folder; opening again is what a restart is."""
    opened: list[Emulator] = []

    def open_one(*, api_key: str | None = None, clock: list[float] | None = None, **about: Any) -> Desk:
        moment = [1_000_000.0] if clock is None else clock
        settings = EmulatorSettings(**{"rate_limit": None, **about})
        emulator = Emulator(
            tmp_path / "emulator", settings, api_key=api_key, clock=lambda: moment[0], songs=PlainSongs(most_s=3.0)
        )
        opened.append(emulator)
        return Desk(emulator=emulator, clock=moment)

    yield open_one
    for emulator in opened:
        emulator.close()


@pytest.fixture
def desk(open_desk: Callable[..., Desk]) -> Desk:
    """A desk with the plain settings of kie and no rate limit."""
    return open_desk()
