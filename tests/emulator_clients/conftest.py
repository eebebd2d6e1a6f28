"""The emulator over HTTP, and a place that its callbacks can reach."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from suno_lab.emulator import Emulator, EmulatorSettings, PlainSongs, running
from tests.emulator_clients.quickstart import SunoApi

KEY = "a-key-for-tests"


@dataclass
class Service:
    """An emulator over HTTP whose clock moves when its client sleeps."""

    base_url: str
    moment: list[float]
    host: str
    slept_s: list[float]

    def client(self, *, key: str = KEY, callback_url: str = "https://callback.invalid/quickstart") -> SunoApi:
        return SunoApi(self.base_url, key, host=self.host, callback_url=callback_url, sleep=self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.moment[0] += seconds


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Serve an emulator until the test is over."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Service:
            about = EmulatorSettings(**{"rate_limit": None, "latency_s": 30.0, **settings})
            moment = [1_790_000_000.0]
            emulator = stack.enter_context(
                Emulator(tmp_path / "data", about, api_key=KEY, clock=lambda: moment[0], songs=PlainSongs(most_s=3.0))
            )
            base_url = stack.enter_context(running(emulator))
            return Service(base_url=base_url, moment=moment, host=about.host.vocabulary, slept_s=[])

        yield start


@pytest.fixture
def receiver() -> Iterator[tuple[str, Queue[tuple[dict[str, str], Any]]]]:
    """An address for callbacks, and what arrives there as (headers, body)."""
    arrived: Queue[tuple[dict[str, str], Any]] = Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()
            arrived.put(({name.lower(): value for name, value in self.headers.items()}, json.loads(body)))

        def log_message(self, *args: Any) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/callback", arrived
        server.shutdown()
        thread.join()
