"""Whether anything is paid twice when calls break: ``python -m benchmarks faults --n 1000 --rate 0.3 --seeds 1,2,3``.

A study of ``--n`` songs on an emulator that strikes ``--rate`` of all creations (and the free calls as well), half of
them after they were charged; each callback is lost with ``--callback-loss``. The emulator's ledger is the truth. Beside
it, under the same faults: sending once, and sending up to three times whatever broke (the usual default of clients).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks._outcome import conclude
from benchmarks._service import READ_S, Service, Truth, faults_at, service
from benchmarks._study import account_for, carry_out, open_study, prompts
from suno_lab.api import operations
from suno_lab.api.hosts import KIE
from suno_lab.api.music import Generate
from suno_lab.client.account import Account
from suno_lab.client.calls import call_request, judge
from suno_lab.client.pacing import backoff_s
from suno_lab.client.receiver import spawn
from suno_lab.errors import TransportError
from suno_lab.transport import HttpTransport, Timeouts

#: calls under way at the same moment, of the policies beside ours
AT_ONCE = 20


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks faults", description=__doc__)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=0.3, help="share of creations that break")
    parser.add_argument("--callback-loss", type=float, default=0.1, help="share of callbacks that never arrive")
    parser.add_argument("--failing", type=float, default=0.0, help="share of tasks that fail and are given back")
    parser.add_argument("--no-callback", action="store_true", help="no receiver at all, as behind a home router")
    parser.add_argument("--seeds", type=lambda text: [int(part) for part in text.split(",")], default=[1])
    parser.add_argument("--speed", type=float, default=10.0, help="how much faster than life the clocks run")
    parser.add_argument("--no-naive", action="store_true", help="leave the policies beside it out")
    options = parser.parse_args(argv)
    rows = [session_run(options, seed) for seed in options.seeds]
    beside = {} if options.no_naive else {
        f"up to {tries} tries": naive_run(options, options.seeds[0], tries=tries) for tries in (1, 3)
    }  # fmt: skip
    figures = {"n": options.n, "rate": options.rate, "callback_loss": None if options.no_callback
               else options.callback_loss, "seeds": options.seeds, "session": rows, "beside": beside}  # fmt: skip
    return conclude("faults", figures, goals(options, rows))


def goals(options: argparse.Namespace, rows: list[dict[str, Any]]) -> dict[str, bool]:
    """What has to hold for every seed."""
    least = least_done(options)
    return {
        "nothing paid twice": all(row["double_n"] == 0 for row in rows),
        "every song done, failed at the service, or shown to the user": all(
            row["done_n"] + row["failed_n"] + row["needs_user_n"] == options.n for row in rows
        ),
        f"at least {least} of {options.n} arrive": all(row["done_n"] + row["failed_n"] >= least for row in rows),
        "every charge known or at risk": all(row["unaccounted_n"] == 0 for row in rows),
    }


def least_done(options: argparse.Namespace) -> int:
    """How many songs have to arrive without the user.

    None are promised without a receiver, nor where refunds blur the balance.
    """
    if options.no_callback or options.failing:
        return 0
    if options.callback_loss == 0:
        return options.n
    return int(options.n * (0.999 if options.rate <= 0.03 else 0.99))


# ── the session ──────────────────────────────────────────────────────────────────────────────────────────────────────
def session_run(options: argparse.Namespace, seed: int) -> dict[str, Any]:
    """One study through a session."""
    started = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        about = {"seed": seed, "speed": options.speed, "callback_loss": options.callback_loss}
        served = stack.enter_context(service(folder / "service", **about))
        (folder / "session").mkdir()
        heard = None if options.no_callback else stack.enter_context(spawn(folder / "session")).address
        served.strike(faults_at(options.rate, failing=options.failing))
        with open_study(folder / "session", served.url, served.clock, callback_url=heard, seed=seed) as session:
            errors = carry_out(session, prompts(options.n))
            mine = account_for(session)
        truth = served.truth()
    return summary(mine, truth) | {"seed": seed, "errors": dict(errors), "wall_s": round(time.monotonic() - started)}


def summary(mine: dict[str, Any], truth: Truth) -> dict[str, Any]:
    """The session's books against the service's."""
    unknown_n = len(set(truth.charged) - set(mine.pop("task_ids")))
    return mine | {
        "charged_n": len(truth.charged), "double_n": truth.double_n, "charged_unseen_n": unknown_n,
        "unaccounted_n": max(unknown_n - mine["needs_user_n"], 0), "struck": truth.faults,
    }  # fmt: skip


# ── what others do ───────────────────────────────────────────────────────────────────────────────────────────────────
def naive_run(options: argparse.Namespace, seed: int, *, tries: int) -> dict[str, Any]:
    """The same songs, each sent until an answer says 200, at most ``tries`` times."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="naive-")))
        served = stack.enter_context(service(folder, seed=seed, speed=options.speed))
        served.strike(faults_at(options.rate, failing=options.failing))
        seen = asyncio.run(_naive(served, prompts(options.n), tries=tries, seed=seed))
        truth = served.truth()
    return {
        "done_n": len(seen), "double_n": truth.double_n, "charged_n": len(truth.charged),
        "charged_unseen_n": len(set(truth.charged) - set(seen)),
    }  # fmt: skip


async def _naive(served: Service, wanted: Sequence[str], *, tries: int, seed: int) -> list[str]:
    account = Account(service="naive", host=KIE, base_url=served.url, upload_url=served.url)
    transport = HttpTransport(timeouts=Timeouts(read_s=READ_S))
    places, rng, seen = asyncio.Semaphore(AT_ONCE), random.Random(seed), list[str]()

    async def one(prompt: str) -> None:
        request = Generate(description=prompt, instrumental=True, model="V5")
        http = call_request(operations()["generate"], request, account, request_id="naive")
        for attempt in range(tries):
            try:
                answer = judge(await transport.send(http), KIE)
            except TransportError:
                answer = None
            if answer is not None and answer.task_id:
                seen.append(answer.task_id)
                return
            await served.clock.sleep(backoff_s(attempt, rng=rng))

    async def in_turn(prompt: str) -> None:
        async with places:
            await one(prompt)

    await asyncio.gather(*(in_turn(prompt) for prompt in wanted))
    await transport.close()
    return seen
