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
#: windows are kept this much longer than the service's: calls do not all take equally long to get there
SLACK = 1.015
#: calls of one window leave so far apart, as a share of the limit's even pace: a crowd overtakes itself on its way
APART = 0.1


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


@dataclass
class Place:
    """One call's place in line.

    Attributes
    ----------
    number : int
        Counts the places of one limiter.
    at : float
        When the call may leave, as far as is known; once it left, when it did.
    """

    number: int
    at: float


class Limiter:
    """At most ``calls`` in any window of ``per_s`` seconds, over all threads of the process.

    A call takes a place (:meth:`reserve`), waits until :meth:`wait_s` says 0, and tells when it really left
    (:meth:`left`): calls that were held up on their way hold up those a window behind them.
    """

    def __init__(self, calls: int, per_s: float) -> None:
        self.calls, self.per_s = calls, per_s * SLACK
        self._places: deque[Place] = deque()
        self._taken_n = 0
        self._lock = threading.Lock()

    def reserve(self, now: float) -> Place:
        """Take the next place."""
        with self._lock:
            while self._places and self._places[0].at <= now - self.per_s:
                self._places.popleft()
            place = Place(self._taken_n, now)
            self._taken_n += 1
            self._places.append(place)
            self._push_back(place)
            return place

    def wait_s(self, place: Place, now: float) -> float:
        """How long the call at this place still has to wait; ask again after that."""
        with self._lock:
            self._push_back(place)
            return max(place.at - now, 0.0)

    def left(self, place: Place, now: float) -> None:
        """The call at this place leaves now."""
        with self._lock:
            place.at = max(place.at, now)

    def _push_back(self, place: Place) -> None:
        """A call may leave a window after the one that is ``calls`` places before it, and not along with the last."""
        position = place.number - self._places[0].number if self._places else 0
        if position >= 1:
            place.at = max(place.at, self._places[position - 1].at + APART * self.per_s / self.calls)
        if position >= self.calls:
            place.at = max(place.at, self._places[position - self.calls].at + self.per_s)


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
