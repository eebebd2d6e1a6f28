"""The one way a call that may cost something leaves this machine: once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from suno_lab.api import Operation, Request, market, operations
from suno_lab.client.asking import Asker
from suno_lab.client.calls import Answer, Outcome, call_request, judge
from suno_lab.client.pacing import Limiter, Place, backoff_s, retry_after_s
from suno_lab.client.policy import Note, Policy, silent
from suno_lab.client.resolving import Gate, Resolver
from suno_lab.errors import (
    AlreadyExists,
    Maintenance,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    ServiceError,
    SunoLabError,
    TransportError,
)
from suno_lab.models import HttpReply, HttpRequest
from suno_lab.store import SessionFolder, balances, exchanges, tasks
from suno_lab.store import requests as ledger
from suno_lab.store.requests import RequestRow, RequestState

#: called once, before the first call that costs: its price and the balance, as far as either is known
FirstPaid = Callable[[float | None, float | None], None]
NOBODY_WAITS = "whoever sent it ended, or could not write, before the answer was kept"
#: a request as the user made it → one whose local sources have addresses
Prepare = Callable[[Request], Awaitable[Request]]


class Sender:
    """Brings requests to the service, each at most once.

    Refusals and calls that never left are tried again; any other broken call is UNKNOWN until it is proven either way.
    """

    def __init__(
        self,
        folder: SessionFolder,
        asker: Asker,
        limiter: Limiter,
        policy: Policy,
        *,
        resolver: Resolver,
        gate: Gate,
        prepare: Prepare,
        first_paid: FirstPaid,
    ) -> None:
        self._folder, self._asker, self._limiter, self._policy = folder, asker, limiter, policy
        self._journal, self._around = folder.journal, asker.around
        self._resolver, self._gate, self._prepare, self._first_paid = resolver, gate, prepare, first_paid
        self._posts: dict[str, asyncio.Task[None]] = {}
        self._asked_to_wait_s: dict[str, float | None] = {}
        self._settling: asyncio.Task[None] | None = None
        self._ready: asyncio.Task[None] | None = None
        self._based = False

    async def deliver(self, request_id: str, *, note: Note = silent) -> RequestRow:
        """Bring a request to the service; returns when it was accepted or answered.

        Raises
        ------
        ServiceError, NotSent
            It was refused, and trying again did not help or would not.
        OutcomeUnknown
            Nobody knows whether it was accepted.
        """
        waited_s, attempt = 0.0, 0
        while True:
            row = ledger.get(self._journal, request_id)
            if row.state is not RequestState.NEW:
                settled = await self._settled(row, note)
                if settled is not None:
                    return settled
                continue
            await self._take_a_baseline(row)
            note("waiting for a place in line")
            place = await self._place_in_line()
            note("sending")
            problem = await self._sent(row, place)
            if problem is None or isinstance(problem, OutcomeUnknown):
                continue
            pause = self._pause_after(problem, self._asked_to_wait_s.pop(request_id, None), attempt, waited_s)
            if pause is None:
                self._refuse(row, problem)
                raise problem
            waited_s, attempt = waited_s + pause, attempt + 1
            note("refused for now, trying again")
            await self._around.sleep(pause)

    async def _place_in_line(self) -> Place:
        """Wait for a place; one that comes while calls are held back is given up for a later one."""
        while True:
            place = self._limiter.reserve(self._around.clock())
            while (pause := self._limiter.wait_s(place, self._around.clock())) > 0:
                await self._around.sleep(pause)
            if self._gate.is_open:
                return place
            await self._gate.opened()

    async def _sent(self, row: RequestRow, place: Place) -> SunoLabError | None:
        """Send, unless it is being sent; an interrupt of the caller never cuts the call in two."""
        post = self._posts.get(row.request_id)
        if post is None:
            post = self._posts[row.request_id] = asyncio.ensure_future(self._post(row, place))
            post.add_done_callback(lambda _: self._posts.pop(row.request_id, None))
        try:
            await asyncio.shield(post)
        except SunoLabError as problem:
            return problem
        return None

    def when_answered(self, request_id: str, then: Callable[[], None]) -> None:
        """Do something once the answer of a call that is being sent is kept; nothing where none is being sent."""
        if (post := self._posts.get(request_id)) is not None:
            post.add_done_callback(lambda _: then())

    async def _settled(self, row: RequestRow, note: Note) -> RequestRow | None:
        """What a request that is not NEW means for who wants it carried out; None for: look again."""
        if row.state in (RequestState.ACCEPTED, RequestState.DONE, RequestState.FAILED):
            return row
        if row.state is RequestState.SENT:
            if self._is_under_way(row):
                await self._around.sleep(0.2)
            else:
                self.mark_unknown(row, OutcomeUnknown(NOBODY_WAITS))
            return None
        if row.state is RequestState.UNKNOWN:
            note("the answer was lost, finding out")
            await self.settle()
            return None
        raise unknown_error(row)

    async def settle(self) -> None:
        """Find out about calls whose answer was lost; several waiting for it share one attempt."""
        if self._settling is None or self._settling.done():
            self._settling = asyncio.ensure_future(self._gate.closed(self._resolver.settle))
        await asyncio.shield(self._settling)

    async def _take_a_baseline(self, row: RequestRow) -> None:
        """Read the balance once before anything is paid: what later charges are measured against."""
        if row.credits_estimated == 0:
            return
        if self._ready is None or (self._ready.done() and not self._based):
            self._ready = asyncio.ensure_future(self._baseline(row))
        await asyncio.shield(self._ready)

    async def _baseline(self, row: RequestRow) -> None:
        left: float | None = None
        with suppress(SunoLabError):  # the paid call itself will say what is wrong
            left = await self._asker.balance(budget_s=10.0)
        self._based = left is not None
        first_paid, self._first_paid = self._first_paid, lambda price, balance: None
        first_paid(row.credits_estimated, left)

    def _pause_after(self, problem: SunoLabError, asked_s: float | None, attempt: int, waited_s: float) -> float | None:
        """How long to wait before a refused call may go again; None for: not at all.

        Only the pauses themselves count: time spent in line says nothing about the service.
        """
        if not isinstance(problem, RateLimited | Maintenance | NotSent):
            return None
        pause = asked_s
        if pause is None:
            pause = backoff_s(attempt, rng=self._around.rng)
            if isinstance(problem, RateLimited):
                pause = max(pause, self._asker.account.host.per_s * self._around.rng.uniform(0.5, 1.0))
        return pause if waited_s + pause <= self._policy.refusal_budget_s else None

    def _refuse(self, row: RequestRow, problem: SunoLabError) -> None:
        if ledger.get(self._journal, row.request_id).state is RequestState.NEW:
            now = self._around.clock()
            state = RequestState.REFUSED
            ledger.mark(self._journal, row.request_id, state, now=now, error=problem, credits=0.0, finished_at=now)

    # ── one call ─────────────────────────────────────────────────────────────────────────────────────────────────────
    async def _post(self, row: RequestRow, place: Place) -> None:
        """Send one request: its intent is on the disk before its first byte leaves.

        Raises
        ------
        ServiceError, NotSent
            It was refused, or never left; the request is NEW again.
        OutcomeUnknown
            It may have been accepted; the request is UNKNOWN.
        """
        operation = operations()[row.operation]
        ready = await self._prepare(row.value())
        http = call_request(operation, ready, self._asker.account, request_id=row.request_id)
        async with self._gate:
            owner, sent_at = self._folder.present(), self._around.clock()
            ceiling = self._policy.max_credits
            body = http.body if operation.encoding == "json" else b""  # a file is kept as a file
            if not ledger.mark_sent(
                self._journal, row.request_id, owner=owner, body=body, now=sent_at, max_credits=ceiling
            ):
                return
            self._limiter.left(place, self._around.clock())
            reply, failure = await self._carry(http)
            self._keep_outcome(row, operation, http, reply, failure, sent_at)

    async def _carry(self, http: HttpRequest) -> tuple[HttpReply | None, SunoLabError | None]:
        """The answer, or what it means that there is none; raised anew later, without the transport's frames."""
        try:
            return await self._asker.send(http), None
        except NotSent as problem:
            return None, NotSent(str(problem))
        except TransportError as problem:
            return None, OutcomeUnknown(str(problem))
        except asyncio.CancelledError:
            return None, OutcomeUnknown("the call was cut off")

    def _keep_outcome(
        self,
        row: RequestRow,
        operation: Operation,
        http: HttpRequest,
        reply: HttpReply | None,
        failure: SunoLabError | None,
        sent_at: float,
    ) -> None:
        now, host = self._around.clock(), self._asker.account.host
        answer = None if reply is None else judge(reply, host, operation=operation.name, request_id=row.request_id)
        if answer is not None:
            failure = self._failure_of(answer, operation)
            if isinstance(failure, AlreadyExists):
                failure.existing_task_id = answer.task_id or ""
            if failure is None:
                self._keep_acceptance(row, operation, answer, now)
        with self._journal.write() as writing:
            exchanges.keep(
                writing, http, reply, purpose="submit", asked_at=sent_at, latency_s=now - sent_at,
                operation=row.operation, request_id=row.request_id, task_id=answer.task_id if answer else None,
                code=answer.code if answer else None, error=str(failure) if failure and reply is None else None,
            )  # fmt: skip
        if failure is None:
            return
        if isinstance(failure, NotSent) or (isinstance(failure, ServiceError) and failure.refused):
            ledger.mark(self._journal, row.request_id, RequestState.NEW, now=now, error=failure)
            header = reply.headers.get("retry-after") if reply else None
            self._asked_to_wait_s[row.request_id] = retry_after_s(header, now=now)
            raise failure
        self.mark_unknown(row, failure)
        raise OutcomeUnknown(str(failure))

    def _failure_of(self, answer: Answer, operation: Operation) -> SunoLabError | None:
        if answer.outcome is not Outcome.ACCEPTED:
            return answer.error
        if self._makes_task(operation) and not answer.task_id:
            service = self._asker.account.service
            return OutcomeUnknown(f"{service} accepted {operation.name} without naming a task")
        return None

    def _makes_task(self, operation: Operation) -> bool:
        return operation.asynchronous or market.on_market(operation, self._asker.account.host)

    def _keep_acceptance(self, row: RequestRow, operation: Operation, answer: Answer, now: float) -> None:
        emulated, cost = answer.emulated, row.credits_estimated
        if self._makes_task(operation) and answer.task_id:
            family = operation.record.family if operation.record else operation.name
            tasks.accept(self._journal, row, answer.task_id, family=family, now=now, emulated=emulated)
            return
        service = "emulator" if emulated else row.service
        ledger.keep_answer(
            self._journal, row.request_id, answer.data, now=now, credits=cost, emulated=emulated, service=service
        )

    def mark_unknown(self, row: RequestRow, error: SunoLabError) -> None:
        """The request may have been accepted: it is not sent again by itself."""
        now = self._around.clock()
        ledger.mark(self._journal, row.request_id, RequestState.UNKNOWN, now=now, error=error, durable=True)

    def _is_under_way(self, row: RequestRow) -> bool:
        """Whether somebody still waits for the answer: this sender, or another process that is alive."""
        if row.owner == self._folder.owner:
            return row.request_id in self._posts
        return self._folder.is_alive(row.owner)

    async def others_home(self) -> None:
        """Wait until no other living process has a call under way; calls of dead ones are UNKNOWN."""
        while balances.in_flight_n(self._journal):
            for row in ledger.in_states(self._journal, RequestState.SENT):
                if not self._is_under_way(row):
                    self.mark_unknown(row, OutcomeUnknown(NOBODY_WAITS))
            await self._around.sleep(0.1)

    async def close(self) -> None:
        """Let running calls end."""
        if self._posts:
            await asyncio.gather(*self._posts.values(), return_exceptions=True)


def unknown_error(row: RequestRow) -> OutcomeUnknown:
    """The error for a request nobody knows the outcome of, with what can be done."""
    at_risk = f"{row.credits_estimated:g}" if row.credits_estimated is not None else "an unknown number of"
    return OutcomeUnknown(
        f"{row.service} may or may not have accepted request {row.request_id} ({row.operation}): "
        f"{row.error or row.state}. It is not sent again by itself; {at_risk} credits are at risk. "
        "session.unresolved() lists such requests and says what can be done"
    )
