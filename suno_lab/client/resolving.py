"""What became of calls whose answer was lost: by callback, by the balance, or not decidable from here.

The rule is one-sided: a call is sent again only when the balance proves that it was not charged.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import StrEnum

from suno_lab.api import operations
from suno_lab.client.asking import Asker
from suno_lab.client.policy import Policy
from suno_lab.errors import SunoLabError
from suno_lab.models import TaskRecord, TaskState
from suno_lab.store import SessionFolder, balances, inbox, tasks
from suno_lab.store import requests as ledger
from suno_lab.store.balances import EPSILON, Account, Reading
from suno_lab.store.requests import RequestRow, RequestState

#: ``meta`` key: charges of this account were seen in the balance while their tasks were still running
CHARGES_AT_ONCE = "charges_at_once"
#: pauses between two looks for callbacks and balance, in seconds
FIRST_PAUSE_S, MOST_PAUSE_S = 0.25, 5.0
LOOKS_AT_ONCE = 8


class Finding(StrEnum):
    """What the balance says about the undecided calls since a reading."""

    NOT_CHARGED = "none of them was charged"
    ALL_CHARGED = "all of them were charged"
    SOME_CHARGED = "some of them were charged"
    FOREIGN = "the balance moved by more than these calls cost: something else uses the account"
    OPEN = "the balance does not decide it (charges or refunds may still be on their way)"


def judge_balance(now: float, reading: Reading, account: Account) -> Finding:
    """Compare how far the balance fell with what is known.

    Parameters
    ----------
    now : float
        The balance now, with nothing under way.
    reading : Reading
        The balance before.
    account : Account
        What our requests cost in between.
    """
    most = reading.balance - now - account.certain + account.maybe_refunded
    least = reading.balance - now - account.certain - account.maybe_charged
    total = sum(account.unknown)
    if most < -EPSILON:
        return Finding.OPEN
    if most <= EPSILON:
        return Finding.NOT_CHARGED
    if least > total + EPSILON:
        return Finding.FOREIGN
    if least >= total - EPSILON and most <= total + EPSILON:
        return Finding.ALL_CHARGED
    return Finding.SOME_CHARGED if account.maybe_charged + account.maybe_refunded <= EPSILON else Finding.OPEN


class Resolver:
    """Decides about the UNKNOWN requests of a folder while nothing is under way."""

    def __init__(
        self,
        folder: SessionFolder,
        asker: Asker,
        policy: Policy,
        *,
        quiet: Callable[[], Awaitable[None]],
        look: Callable[[str, RequestRow], Awaitable[TaskRecord | None]],
    ) -> None:
        self._folder, self._asker, self._policy = folder, asker, policy
        self._journal, self._around = folder.journal, asker.around
        self._quiet, self._look = quiet, look

    async def settle(self) -> None:
        """Decide what can be decided. Call it with the gate closed: nothing of this process may be sent meanwhile.

        As soon as the balance proves that nothing of the rest was charged, that is the end of it; otherwise a callback
        may still come for a while.
        """
        await self._quiet()
        started, pause_s = self._around.clock(), FIRST_PAUSE_S
        trusted_at = started + (0.0 if self._asker.emulated else self._policy.settle_s)
        patience_s = self._policy.callback_wait_s if self._asker.account.callback_url else 0.0
        end = max(trusted_at, started + patience_s)
        while await self.adopt_from_callbacks():
            now = self._around.clock()
            if now >= trusted_at:
                finding = await self._by_balance()
                if finding is Finding.NOT_CHARGED or now >= end:
                    self._conclude(finding)
                    return
            await self._around.sleep(min(pause_s, (end if now >= trusted_at else trusted_at) - now))
            pause_s = min(2 * pause_s, MOST_PAUSE_S)

    async def adopt_from_callbacks(self) -> int:
        """Adopt tasks named by callbacks on the path of an undecided request; how many stay undecided.

        A callback is a hint: the task is taken only if the record endpoint knows it under our key.
        """
        for row in ledger.in_states(self._journal, RequestState.UNKNOWN, RequestState.NEEDS_USER):
            for task_id in inbox.task_ids(self._journal, row.request_id):
                if await self.adopt(row, task_id, note="named by a callback"):
                    break
        return len(ledger.in_states(self._journal, RequestState.UNKNOWN))

    async def adopt(self, row: RequestRow, task_id: str, *, note: str) -> bool:
        """Take a task as the outcome of a request, if the service knows it and it is no other request's."""
        owner = ledger.of_task(self._journal, task_id)
        if owner is not None and owner.request_id != row.request_id:
            return False
        try:
            known = await self._look(task_id, row)
        except SunoLabError:
            return False
        if known is None:
            return False
        record = operations()[row.operation].record
        family = record.family if record else row.operation
        now, emulated = self._around.clock(), bool(self._asker.emulated)
        tasks.accept(self._journal, row, task_id, family=family, now=now, emulated=emulated, note=note)
        return True

    def _conclude(self, finding: Finding) -> None:
        """Unpaid requests are NEW again; about the others the user has to decide."""
        now = self._around.clock()
        for row in ledger.in_states(self._journal, RequestState.UNKNOWN):
            if finding is Finding.NOT_CHARGED:
                note = "proven not charged: the balance did not move"
                ledger.mark(self._journal, row.request_id, RequestState.NEW, now=now, note=note, durable=True)
            else:
                state, note = RequestState.NEEDS_USER, str(finding)
                ledger.mark(self._journal, row.request_id, state, now=now, note=note, keep_error=True, durable=True)

    async def _by_balance(self) -> Finding:
        """What the balance says about the UNKNOWN requests, all of them together."""
        rows = ledger.in_states(self._journal, RequestState.UNKNOWN)
        reading = balances.last_quiet(self._journal, before=min(row.sent_at or 0.0 for row in rows))
        if reading is None or any(row.credits_estimated is None for row in rows):
            return Finding.OPEN
        running = tasks.open_tasks(self._journal)
        late_s = 0.0 if self._asker.emulated else self._policy.refund_s
        account = balances.since(self._journal, reading, late_s=late_s)
        try:
            left = await self._asker.balance(budget_s=15.0)
        except SunoLabError:
            return Finding.OPEN
        if left is None:
            return Finding.OPEN
        finding = judge_balance(left, reading, account)
        if finding is Finding.NOT_CHARGED and not (
            self._charges_show(account) and await self._nothing_came_back(running)
        ):
            return Finding.OPEN
        return finding

    async def _nothing_came_back(self, running: list[str]) -> bool:
        """Whether none of these tasks has failed by now: its refund would hide the charge of a lost answer.

        They ran when the account was made up, and are asked about after the balance was read: so nothing can have come
        back in between.
        """
        places = asyncio.Semaphore(LOOKS_AT_ONCE)

        async def runs(task_id: str) -> bool:
            row = ledger.of_task(self._journal, task_id)
            if row is None:
                return False
            async with places:
                try:
                    known = await self._look(task_id, row)
                except SunoLabError:
                    return False
            return known is not None and known.state is not TaskState.FAILED

        return all(await asyncio.gather(*(runs(task_id) for task_id in running)))

    def _charges_show(self, account: Account) -> bool:
        """Whether charges of this account are known to show at once, so that an unmoved balance means something."""
        if self._asker.emulated or self._folder.fact(CHARGES_AT_ONCE):
            return True
        if account.certain <= EPSILON:
            return False
        if tasks.open_tasks(self._journal):
            self._folder.keep_fact(CHARGES_AT_ONCE, 1.0)
        return True


class Gate:
    """Lets calls through, or holds them back until everything under way has come home."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._home = asyncio.Event()
        self._home.set()
        self._under_way_n = 0
        self._turn = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Whether calls get through right now."""
        return self._open.is_set()

    async def opened(self) -> None:
        """Wait until calls get through."""
        while not self._open.is_set():
            await self._open.wait()

    async def __aenter__(self) -> None:
        await self.opened()
        self._under_way_n += 1
        self._home.clear()

    async def __aexit__(self, *about: object) -> None:
        self._under_way_n -= 1
        if self._under_way_n == 0:
            self._home.set()

    async def closed(self, work: Callable[[], Awaitable[None]]) -> None:
        """Close, wait until everything is home, do the work, open again."""
        async with self._turn:
            self._open.clear()
            try:
                await self._home.wait()
                await work()
            finally:
                self._open.set()
