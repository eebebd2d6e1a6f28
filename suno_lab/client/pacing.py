"""When to ask again: pure rules. Who follows them sleeps elsewhere."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

#: longest wait a service may impose on us; more is an error, not a sleep
RETRY_AFTER_CAP_S = 120.0
#: least time between two looks at one task: the service allows three a second
LEAST_POLL_GAP_S = 0.34


@dataclass(frozen=True, kw_only=True)
class PollPlan:
    """Waits between looks at a task, in seconds; each is jittered by ±``jitter``."""

    first_s: float = 5.0
    grow: float = 1.3
    most_s: float = 15.0
    jitter: float = 0.15


def poll_flow(plan: PollPlan, *, timeout_s: float | None, rng: random.Random) -> Generator[float, float, None]:
    """Yield how long to wait before the next look; send in how long the look itself took.

    Ends when ``timeout_s`` is spent.
    """
    pause, spent, least = plan.first_s, 0.0, 0.0
    while timeout_s is None or spent < timeout_s:
        wait = max(pause * rng.uniform(1 - plan.jitter, 1 + plan.jitter), least)
        if timeout_s is not None:
            wait = min(wait, timeout_s - spent)
        wait = max(wait, 0.0)
        spent += wait + (yield wait)
        pause, least = min(pause * plan.grow, plan.most_s), LEAST_POLL_GAP_S


def plan_from(latencies_s: list[float], *, emulated: bool) -> PollPlan:
    """A plan that fits how long such tasks took so far.

    The first look comes after about a third of the usual time; without experience after five seconds at a real
    service and at once at an emulator.
    """
    if latencies_s:
        usual = sorted(latencies_s)[len(latencies_s) // 2]
        first_s = min(max(usual / 3, 0.02), 15.0)
        return PollPlan(first_s=first_s, most_s=min(max(usual / 4, 0.5), 15.0))
    return PollPlan(first_s=0.05, most_s=2.0) if emulated else PollPlan()


def backoff_s(attempt: int, *, rng: random.Random, first_s: float = 0.5, most_s: float = 30.0) -> float:
    """How long to wait before try number ``attempt`` + 1: doubling, fully jittered above half."""
    return min(first_s * 2**attempt, most_s) * rng.uniform(0.5, 1.0)


def retry_after_s(header: str | None, *, now: float) -> float | None:
    """``Retry-After`` in seconds: a number or an HTTP date; None where it says nothing usable."""
    if header is None:
        return None
    text = header.strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (TypeError, ValueError, OverflowError):
            return None
    if seconds != seconds or seconds in (float("inf"), float("-inf")):
        return None
    return max(seconds, 0.0)


class Limiter:
    """At most ``calls`` in any window of ``per_s`` seconds, over all threads of the process.

    Pure but for its memory: :meth:`reserve` says when the next call may go.
    """

    def __init__(self, calls: int, per_s: float) -> None:
        self.calls, self.per_s = calls, per_s
        self._times: deque[float] = deque()
        self._lock = threading.Lock()

    def reserve(self, now: float) -> float:
        """Take a place; how many seconds to wait for it."""
        with self._lock:
            while self._times and self._times[0] <= now - self.per_s:
                self._times.popleft()
            if len(self._times) < self.calls:
                at = now
            else:
                at = max(now, self._times[-self.calls] + self.per_s)
            self._times.append(at)
            return at - now

    def hold_off(self, now: float, seconds: float) -> None:
        """The service said no: nobody goes for so many seconds."""
        with self._lock:
            self._times.extend([now + seconds - self.per_s] * self.calls)
            self._times = deque(sorted(self._times)[-2 * self.calls :])


_limiters: dict[tuple[str, int], Limiter] = {}
_limiters_lock = threading.Lock()


def limiter_for(account: str, key_mark: int, *, calls: int, per_s: float) -> Limiter:
    """The limiter all sessions of this process share for one account."""
    with _limiters_lock:
        return _limiters.setdefault((account, key_mark), Limiter(calls, per_s))


async def sleep(seconds: float) -> None:
    """The default sleeper of the client."""
    await asyncio.sleep(seconds)


Sleep = Callable[[float], "asyncio.Future[None]"]
