"""A study of many songs through a session, also as a process that may be killed: ``python -m benchmarks._study …``."""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks._service import READ_S, Hurry
from suno_lab import SunoSession
from suno_lab.api.music import Generate
from suno_lab.client.policy import Surroundings
from suno_lab.errors import SunoLabError
from suno_lab.store.requests import RequestState
from suno_lab.transport import HttpTransport, Timeouts

UNDECIDED = (RequestState.UNKNOWN, RequestState.NEEDS_USER)


def prompts(n: int) -> list[str]:
    """What is asked for, each once."""
    return [f"song number {k}" for k in range(n)]


def open_study(folder: Path, url: str, clock: Hurry, *, callback_url: str | None, seed: int = 0) -> SunoSession:
    """A session on the emulator at ``url``, in a hurry; no audio is fetched."""
    return SunoSession(
        folder, url, host_profile="kie", callback_url=callback_url, keep=(), progress=False,
        transport=HttpTransport(timeouts=Timeouts(read_s=READ_S)),
        surroundings=Surroundings(clock=clock, sleep=clock.sleep, rng=random.Random(seed)),
    )  # fmt: skip


def carry_out(session: SunoSession, wanted: Sequence[str]) -> Counter[str]:
    """Ask for every prompt that is not answered yet, find out about lost answers, and wait; errors by class."""
    errors: Counter[str] = Counter()
    requests = [Generate(description=prompt, instrumental=True, model="V5") for prompt in wanted]
    for job in [session.submit(request) for request in requests]:
        try:
            job.result()
        except SunoLabError as problem:
            errors[type(problem).__name__] += 1
    session.resolve()
    with suppress(SunoLabError):  # a task that failed is a row
        session.resume()
    return errors


def account_for(session: SunoSession) -> dict[str, Any]:
    """Where every request of the study stands."""
    frame = session.requests
    done = frame["state"].eq("ACCEPTED") & frame["status"].eq("SUCCESS") & frame["finished_at"].notna()
    open_, failed = frame["state"].isin(UNDECIDED), frame["state"].eq("FAILED")
    return {
        "rows_n": len(frame), "done_n": int(done.sum()), "failed_n": int(failed.sum()),
        "needs_user_n": int(open_.sum()), "attempts_n": int(frame["attempts_n"].sum()),
        "task_ids": frame["task_id"].dropna().tolist(),
        "at_risk": float(session.unresolved()["credits_at_risk"].sum()),
        "states": {str(k): int(v) for k, v in frame["state"].value_counts().items()},
    }  # fmt: skip


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", required=True)
    parser.add_argument("--callback-url", default=None)
    parser.add_argument("--n", type=int, required=True)
    parser.add_argument("--epoch-s", type=float, required=True)
    parser.add_argument("--speed", type=float, required=True)
    options = parser.parse_args(argv)
    clock = Hurry(epoch_s=options.epoch_s, speed=options.speed)
    with open_study(options.folder, options.url, clock, callback_url=options.callback_url) as session:
        errors = carry_out(session, prompts(options.n))
        sys.stdout.write(json.dumps({"errors": errors}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
