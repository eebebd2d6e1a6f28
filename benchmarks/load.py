"""How many calls a second the emulator answers over HTTP on this machine: look-ups and creations.

``python -m benchmarks load [--seconds 5] [--connections 16]``

The emulator runs as a process of its own with its rate limit off; the callers are kept-alive connections of this
process, so both share the machine. Exit code 1 where an answer was wrong or a goal is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

#: calls per second that are asked for
GOALS = {"record_info_per_s": 2000.0, "creations_per_s": 500.0}
SONG = {"prompt": "load", "customMode": False, "instrumental": True, "model": "V5",
        "callBackUrl": "https://callback.invalid/1"}  # fmt: skip


@dataclass
class Tally:
    """What came back."""

    ok: int = 0
    wrong: int = 0
    waits_s: list[float] = field(default_factory=list)


class Caller(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, question: bytes, tally: Tally, until: float) -> None:
        self.question, self.tally, self.until = question, tally, until
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.buffer = b""
        self.asked_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._ask()

    def _ask(self) -> None:
        self.asked_at = time.perf_counter()
        self.transport.write(self.question)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(body) < length:
            return
        right = head.startswith(b"HTTP/1.1 200") and body.startswith(b'{"code":200')
        self.tally.ok, self.tally.wrong = self.tally.ok + right, self.tally.wrong + (not right)
        self.tally.waits_s.append(time.perf_counter() - self.asked_at)
        self.buffer = b""
        if time.perf_counter() < self.until:
            self._ask()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            self.tally.wrong += 1
        self.done.set_result(None)


async def hammer(base: str, question: bytes, *, connections: int, seconds: float) -> dict[str, float]:
    """Ask over so many connections for so long."""
    parts = urlsplit(base)
    loop, tally = asyncio.get_running_loop(), Tally()
    start = time.perf_counter()
    make: Callable[[], Caller] = lambda: Caller(question, tally, start + seconds)  # noqa: E731
    pairs = [await loop.create_connection(make, parts.hostname, parts.port) for _ in range(connections)]
    await asyncio.gather(*(caller.done for _, caller in pairs))
    elapsed_s = time.perf_counter() - start
    waits = sorted(tally.waits_s)
    return {
        "per_s": round(tally.ok / elapsed_s, 1),
        "wrong": tally.wrong,
        "p50_ms": round(1000 * waits[len(waits) // 2], 2),
        "p99_ms": round(1000 * waits[int(len(waits) * 0.99)], 2),
    }


def question(base: str, method: str, path: str, body: bytes = b"") -> bytes:
    """One HTTP request as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nhost: {urlsplit(base).netloc}\r\n"
    head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def measure(base: str, *, connections: int, seconds: float) -> dict[str, dict[str, float]]:
    """Look-ups of a finished task, then creations."""
    import urllib.request

    body = json.dumps(SONG).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{base}/api/v1/generate", data=body)) as reply:
        task_id = json.load(reply)["data"]["taskId"]
    asked = {
        "record_info": question(base, "GET", f"/api/v1/generate/record-info?taskId={task_id}"),
        "creations": question(base, "POST", "/api/v1/generate", body),
    }
    return {name: await hammer(base, sent, connections=connections, seconds=seconds) for name, sent in asked.items()}


def main(argv: list[str]) -> int:
    """Print one JSON line; 0 when nothing was wrong and the goals are met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--connections", type=int, default=16, help="kept-alive connections")
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        options = ["--plain", "--json", "--latency", "0", "--rate-limit", "off", "--credits", "1e9", "--data", folder]
        command = [sys.executable, "-m", "suno_lab", "emulator", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                base = json.loads(process.stdout.readline())["url"]
                found = asyncio.run(measure(base, connections=args.connections, seconds=args.seconds))
            finally:
                process.send_signal(signal.SIGTERM)
    rates = {"record_info_per_s": found["record_info"]["per_s"], "creations_per_s": found["creations"]["per_s"]}
    met = all(rates[name] >= goal for name, goal in GOALS.items())
    wrong = sum(int(part["wrong"]) for part in found.values())
    print(json.dumps({"benchmark": "load", "connections": args.connections, "seconds": args.seconds, **found,
                      "goals": GOALS, "goals_met": met}))  # fmt: skip
    return 0 if met and not wrong else 1
