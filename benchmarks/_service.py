"""The emulator as a process of its own, with faults, lossy callbacks and a clock that runs faster.

``python -m benchmarks._service FOLDER …`` serves; :func:`service` starts it and asks it for the truth.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._processes import python
from suno_lab.emulator import Emulator, EmulatorSettings, PlainSongs, serve
from suno_lab.emulator.callbacks import _poster, deliver_due

#: what may go wrong with a call: half of it before anything is charged, half after
BEFORE = ("rate_limit", "maintenance", "server_error", "connection_reset")
AFTER = ("lost_answer", "slow_answer", "truncated_body", "wrong_json")
#: the clients' patience and the emulator's slowness, in seconds of this machine
READ_S, SLOW_S = 1.0, 1.8


def faults_at(rate: float, *, failing: float = 0.0) -> dict[str, float]:
    """Each fault's own rate, so that ``rate`` of all creations are struck by one; ``failing`` tasks are given back."""
    own = 1 - (1 - rate) ** (1 / len(BEFORE + AFTER))
    return dict.fromkeys(BEFORE + AFTER, own) | {"refunded_531": failing}


@dataclass(frozen=True, kw_only=True)
class Hurry:
    """A clock that starts at ``epoch_s`` and runs ``speed`` times as fast, and a sleep to suit it."""

    epoch_s: float
    speed: float = 10.0

    def __call__(self) -> float:
        return self.epoch_s + (time.time() - self.epoch_s) * self.speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


# ── the process ──────────────────────────────────────────────────────────────────────────────────────────────────────
class LossyEmulator(Emulator):
    """An emulator of whose callbacks some never arrive, however often they are repeated."""

    callback_loss = 0.0

    def deliver_due_callbacks(self, now: float) -> int:
        """As the emulator does; a lost one finds nobody."""
        post = _poster(self.service)

        def lossy(url: str, body: bytes, headers: dict[str, str]) -> int:
            told = json.loads(body).get("data", {})
            name = f"{self.settings.seed}/{told.get('task_id')}/{told.get('callbackType')}"
            if random.Random(name).random() < self.callback_loss:
                raise ConnectionRefusedError("lost")
            return post(url, body, headers)

        return deliver_due(self.service, now=now, origin=self.origin, post=lossy)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--about", type=json.loads, required=True)
    about = parser.parse_args(argv)
    options = about.about
    settings = EmulatorSettings(
        latency_s=options["latency_s"], rate_limit=tuple(options["rate_limit"]) if options["rate_limit"] else None,
        credits=1e7, seed=options["seed"], default_duration_s=3.0, slow_answer_s=SLOW_S,
    )  # fmt: skip
    clock = Hurry(epoch_s=options["epoch_s"], speed=options["speed"])
    with LossyEmulator(about.folder, settings, clock=clock, songs=PlainSongs()) as emulator:
        emulator.callback_loss = options["callback_loss"]
        serve(emulator, on_ready=lambda found: sys.stdout.write(json.dumps(found) + "\n") and sys.stdout.flush())
    return 0


# ── from outside ─────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Service:
    """A running emulator."""

    url: str
    clock: Hurry

    def get(self, path: str, body: object = None) -> Any:
        """A question that costs nothing, outside of any measured client."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)

    def strike(self, rates: dict[str, float]) -> None:
        """The faults in force from now on."""
        self.get("/_emulator/faults", rates)

    @property
    def last_entry_id(self) -> int:
        """Number of the ledger's last entry."""
        return max((int(entry["id"]) for entry in self.get("/_emulator/ledger")["entries"]), default=0)

    def truth(self) -> Truth:
        """What the ledger says; ends all faults."""
        self.strike({})
        entries = self.get("/_emulator/ledger")["entries"]
        back = {e["task_id"] for e in entries if e["credits"] < 0}
        charged = [e["task_id"] for e in entries if e["credits"] > 0 and e["task_id"] and e["task_id"] not in back]
        prompts = {task_id: self._prompt(task_id) for task_id in charged}
        posts = sum(e["kind"] == "post" or (e["kind"] == "fault" and e["note"] in BEFORE) for e in entries)
        struck = Counter(e["note"] for e in entries if e["kind"] == "fault")
        return Truth(prompts=prompts, charged=tuple(charged), posts_n=posts, faults=dict(struck), entries=entries)

    def _prompt(self, task_id: str) -> str:
        record = self.get(f"/api/v1/generate/record-info?taskId={task_id}")["data"]
        return str(json.loads(record["param"])["prompt"])


@dataclass(frozen=True, kw_only=True)
class Truth:
    """The service's own books: every charged task and what it was asked for."""

    prompts: dict[str, str]
    charged: tuple[str, ...]
    posts_n: int
    faults: dict[str, int]
    entries: list[dict[str, Any]]

    @property
    def double_n(self) -> int:
        """Charges beyond the first for the same prompt (every prompt of these studies is asked once)."""
        return sum(n - 1 for n in Counter(self.prompts[task_id] for task_id in self.charged).values())


@contextmanager
def service(
    folder: Path,
    *,
    seed: int = 0,
    speed: float = 10.0,
    latency_s: float = 10.0,
    callback_loss: float = 0.0,
    rate_limit: tuple[int, float] | None = None,
    epoch_s: float | None = None,
) -> Iterator[Service]:
    """An emulator in a process of its own while the context is open; no faults yet."""
    epoch_s = time.time() if epoch_s is None else epoch_s
    about = {"seed": seed, "speed": speed, "latency_s": latency_s, "callback_loss": callback_loss,
             "rate_limit": rate_limit, "epoch_s": epoch_s}  # fmt: skip
    arguments = ["-m", "benchmarks._service", folder, "--about", json.dumps(about)]
    # its server complains about every connection that a fault breaks
    with python(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        found = json.loads(process.stdout.readline())
        yield Service(url=str(found["url"]), clock=Hurry(epoch_s=epoch_s, speed=speed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
