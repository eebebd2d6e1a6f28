"""How the client behaves, and what it is surrounded by: plain values."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

#: told what is going on
Note = Callable[[str], None]


def silent(stage: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """Clock, sleep and chance, as arguments."""

    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    rng: random.Random = field(default_factory=random.Random)


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How patient and how generous the client is.

    Attributes
    ----------
    max_credits : float or None
        Ceiling for everything the folder's requests cost.
    keep : tuple of str
        What is kept of each clip: ``mp3``, ``image``, and what the session has made for it.
    refusal_budget_s : float
        How long refusals that pass (rate, maintenance, not sent) are tried again.
    unseen_budget_s : float
        How long a record endpoint may say that it does not know a task that was accepted.
    settle_s : float
        How long a charge may take to show in the balance; so long nothing is concluded from it.
    refund_s : float
        How long after a failure its credits may come back; so long a balance proves nothing of other calls.
    callback_wait_s : float
        How long a callback may take to name a task whose answer was lost.
    """

    max_credits: float | None = None
    keep: tuple[str, ...] = ("mp3",)
    refusal_budget_s: float = 120.0
    unseen_budget_s: float = 60.0
    settle_s: float = 30.0
    refund_s: float = 600.0
    callback_wait_s: float = 60.0
