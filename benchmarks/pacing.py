"""How close to the service's limit a study runs: ``python -m benchmarks pacing --n 200``.

The emulator takes 20 creations in 10 s and refuses more. The session has to bring ``--n`` songs in within 1.05 times
the time that this limit dictates, without one refusal. Beside it the habit: everything at once, and again after a
refusal.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks._outcome import conclude
from benchmarks._service import READ_S, Service, Truth, service
from benchmarks._study import account_for, carry_out, open_study, prompts
from suno_lab.api import operations
from suno_lab.api.hosts import KIE
from suno_lab.api.music import Generate
from suno_lab.client.account import Account
from suno_lab.client.calls import call_request, judge
from suno_lab.client.pacing import backoff_s
from suno_lab.errors import TransportError
from suno_lab.transport import HttpTransport, Timeouts

LIMIT = (KIE.creations, KIE.per_s)
AT_MOST = 1.05


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks pacing", description=__doc__)
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster than life the clocks run")
    options = parser.parse_args(argv)
    dictated_s = ((options.n - 1) // LIMIT[0]) * LIMIT[1]
    ours, habit = session_run(options), habit_run(options)
    goals = {
        "every song done": ours["done_n"] == options.n,
        "nothing refused as too frequent": ours["refused_n"] == 0,
        f"never more than {LIMIT[0]} in {LIMIT[1]:g} s": ours["most_in_window_n"] <= LIMIT[0],
        f"within {AT_MOST} times what the limit dictates": ours["span_s"] <= AT_MOST * dictated_s,
    }
    figures = {"n": options.n, "dictated_s": dictated_s, "session": ours, "all_at_once": habit}
    return conclude("pacing", figures, goals)


def session_run(options: argparse.Namespace) -> dict[str, Any]:
    """The songs through a session."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pacing-")))
        served = stack.enter_context(service(folder / "service", speed=options.speed, rate_limit=LIMIT))
        session = stack.enter_context(open_study(folder / "session", served.url, served.clock, callback_url=None))
        carry_out(session, prompts(options.n))
        return seen_by(served.truth()) | {"done_n": account_for(session)["done_n"]}


def habit_run(options: argparse.Namespace) -> dict[str, Any]:
    """The songs at once, each again until it is taken."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pacing-")))
        served = stack.enter_context(service(folder, speed=options.speed, rate_limit=LIMIT))
        asyncio.run(_all_at_once(served, prompts(options.n)))
        return seen_by(served.truth())


def seen_by(truth: Truth) -> dict[str, Any]:
    """What the service saw: when it took songs, and how many it turned away."""
    at = sorted(entry["at"] for entry in truth.entries if entry["credits"] > 0)
    windows = (sum(1 for other in at if start <= other < start + LIMIT[1]) for start in at)
    return {
        "taken_n": len(at), "span_s": round(at[-1] - at[0], 2), "most_in_window_n": max(windows),
        "refused_n": sum(entry["kind"] == "post" and entry["code"] != 200 for entry in truth.entries),
    }  # fmt: skip


async def _all_at_once(served: Service, wanted: Sequence[str]) -> None:
    account = Account(service="habit", host=KIE, base_url=served.url, upload_url=served.url)
    transport, rng = HttpTransport(timeouts=Timeouts(read_s=READ_S, pool_s=60.0)), random.Random(1)

    async def until_taken(prompt: str) -> None:
        request = Generate(description=prompt, instrumental=True, model="V5")
        http = call_request(operations()["generate"], request, account, request_id="habit")
        for attempt in range(60):
            try:
                if judge(await transport.send(http), KIE).task_id:
                    return
            except TransportError:
                pass
            await served.clock.sleep(backoff_s(attempt, rng=rng, most_s=8.0))

    await asyncio.gather(*(until_taken(prompt) for prompt in wanted))
    await transport.close()
