"""What a dying kernel costs: ``python -m benchmarks crash --n 1000 --kills 20 --rate 0.3``.

A study as a process of its own, on an emulator that breaks ``--rate`` of all creations, is killed with ``kill -9``
again and again and started anew, as a user would who runs the notebook again. The callback receiver is a process of its
own and lives on. The emulator's ledger is the truth: nothing may be paid twice, nothing paid may be unknown.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks._outcome import conclude
from benchmarks._processes import kill9, python
from benchmarks._service import Service, faults_at, service
from benchmarks._study import account_for, open_study
from benchmarks.faults import summary
from suno_lab.client.receiver import spawn


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks crash", description=__doc__)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.3, help="share of creations that break")
    parser.add_argument("--callback-loss", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, default=10.0, help="how much faster than life the clocks run")
    options = parser.parse_args(argv)
    row = run(options)
    least = int(options.n * 0.995)
    goals = {
        "nothing paid twice": row["double_n"] == 0,
        "every song has a row": row["rows_n"] == options.n,
        "every song done or shown to the user": row["done_n"] + row["needs_user_n"] == options.n,
        "every charge known or at risk": row["unaccounted_n"] == 0,
        f"at least {least} of {options.n} done": row["done_n"] >= least,
        f"{options.kills} kills": row["kills_n"] == options.kills,
    }
    return conclude("crash", {"n": options.n, "rate": options.rate, **row}, goals)


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The study with its kills, and the books of both sides."""
    started = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="crash-")))
        about = {"seed": options.seed, "speed": options.speed, "callback_loss": options.callback_loss}
        served = stack.enter_context(service(folder / "service", **about))
        (folder / "session").mkdir()
        heard = stack.enter_context(spawn(folder / "session")).address
        served.strike(faults_at(options.rate))
        kills_n, exit_code = kill_and_restart(folder / "session", served, heard, options)
        truth = served.truth()
        with open_study(folder / "session", served.url, served.clock, callback_url=heard) as session:
            mine = account_for(session)
    wall_s = round(time.monotonic() - started)
    return summary(mine, truth) | {"kills_n": kills_n, "exit_code": exit_code, "wall_s": wall_s}


def kill_and_restart(folder: Path, served: Service, heard: str, options: argparse.Namespace) -> tuple[int, int]:
    """Run the study to its end over all kills; how many there were, and the last run's exit code.

    Kills are spread over the study: one comes after each share of requests that were sent.
    """
    rng, kills_n = random.Random(options.seed), 0
    arguments = ["-m", "benchmarks._study", folder, "--url", served.url, "--callback-url", heard, "--n", options.n,
                 "--epoch-s", served.clock.epoch_s, "--speed", served.clock.speed]  # fmt: skip
    while True:
        with python([str(argument) for argument in arguments]) as study:
            if kills_n == options.kills:
                return kills_n, study.wait()
            wait_for_charges(served, study, n=round(options.n * 0.6 / options.kills))
            time.sleep(rng.uniform(0.0, 0.5))
            if study.poll() is not None:
                return kills_n, study.returncode
            kill9(study)
            kills_n += 1


def wait_for_charges(served: Service, study: subprocess.Popen[bytes], *, n: int) -> None:
    """Until the service has booked so many more charges, or the study ended."""
    seen, last_id = 0, served.last_entry_id
    while seen < n and study.poll() is None:
        time.sleep(0.1)
        found = served.get(f"/_emulator/ledger?after={last_id}")["entries"]
        seen += sum(entry["credits"] > 0 for entry in found)
        last_id = max([last_id, *(entry["id"] for entry in found)])
