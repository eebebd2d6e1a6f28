"""The client: carries requests out, follows their tasks, and keeps everything. Lives on the loop thread."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from suno_lab.api import Operation, market, operations
from suno_lab.api.contract import RecordEndpoint
from suno_lab.client.account import Account
from suno_lab.client.calls import Answer, Outcome, call_request, is_absent, judge, plain_get, read_json, record_request
from suno_lab.client.downloads import Downloader
from suno_lab.client.keeping import Keeper
from suno_lab.client.pacing import Limiter, backoff_s, limiter_for, plan_from, poll_flow, retry_after_s
from suno_lab.client.waiting import Patience, Verdict, verdict
from suno_lab.errors import (
    Maintenance,
    NotFound,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    ServiceError,
    SunoLabError,
    TaskFailed,
    TransportError,
    WaitTimeout,
)
from suno_lab.models import HttpReply, HttpRequest, TaskRecord, TaskState
from suno_lab.store import SessionFolder, exchanges, tasks
from suno_lab.store import requests as ledger
from suno_lab.store.requests import RequestRow, RequestState
from suno_lab.transport import Transport

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
    refusal_budget_s : float
        How long refusals that pass (rate, maintenance, not sent) are tried again.
    unseen_budget_s : float
        How long a record endpoint may say that it does not know a task that was accepted.
    """

    max_credits: float | None = None
    refusal_budget_s: float = 120.0
    unseen_budget_s: float = 60.0
    keep: tuple[str, ...] = ("mp3",)


class Client:
    """One session's line to its service.

    Parameters
    ----------
    folder : SessionFolder
        Where everything is kept.
    account : Account
        Where calls go.
    transport : Transport
        How bytes travel.
    """

    def __init__(
        self,
        folder: SessionFolder,
        account: Account,
        transport: Transport,
        *,
        policy: Policy | None = None,
        surroundings: Surroundings | None = None,
        downloader: Downloader | None = None,
        limiter: Limiter | None = None,
    ) -> None:
        self.folder, self.account, self.transport = folder, account, transport
        self.journal = folder.journal
        self.policy = policy or Policy()
        self.around = surroundings or Surroundings()
        self._limiter = limiter or self._shared_limiter()
        self._posts: dict[str, asyncio.Task[None]] = {}
        self.keeper = Keeper(
            folder, account, transport, keep=self.policy.keep, around=self.around, downloader=downloader
        )

    def _shared_limiter(self) -> Limiter:
        host, key = self.account.host, self.account.key
        mark = hash(key.reveal()) if key else 0
        return limiter_for(self.account.base_url, mark, calls=host.creations, per_s=host.per_s)

    # ── the whole way ────────────────────────────────────────────────────────────────────────────────────────────────
    async def perform(self, request_id: str, *, timeout_s: float | None = None, note: Note = silent) -> RequestRow:
        """Send a request if it was not sent yet, wait for its task, keep what it made.

        Raises
        ------
        WaitTimeout
            ``timeout_s`` seconds are over; the task goes on and can be resumed.
        SunoLabError
            Whatever went wrong, in its class.
        """
        started = self.around.clock()
        row = await self.deliver(request_id, note=note)
        if row.task_id is not None:
            left = None if timeout_s is None else max(timeout_s - (self.around.clock() - started), 0.0)
            await self.follow(row.task_id, timeout_s=left, note=note)
        return ledger.get(self.journal, request_id)

    # ── sending ──────────────────────────────────────────────────────────────────────────────────────────────────────
    async def deliver(self, request_id: str, *, note: Note = silent) -> RequestRow:
        """Bring a request to the service, once. Refusals that pass are tried again; nothing else is."""
        started, attempt = self.around.clock(), 0
        while True:
            row = ledger.get(self.journal, request_id)
            if row.state is not RequestState.NEW:
                settled = await self._settled(row)
                if settled is not None:
                    return settled
                continue
            note("waiting for a place in line" if attempt == 0 else "refused for now, trying again")
            await self.around.sleep(self._limiter.reserve(self.around.clock()))
            post = self._posts.get(request_id)
            if post is None:
                post = self._posts[request_id] = asyncio.ensure_future(self._post(row))
                post.add_done_callback(lambda _: self._posts.pop(request_id, None))
            note("sending")
            problem = await _outcome(asyncio.shield(post))  # an interrupt must not cut the call in two
            if problem is None:
                continue
            pause = self._pause_after(problem, attempt, started)
            if pause is None:
                self._give_up(row, problem)
                raise problem
            attempt += 1
            await self.around.sleep(pause)

    async def _settled(self, row: RequestRow) -> RequestRow | None:
        """What a request that is not NEW means for who wants it carried out; None for: look again."""
        if row.state in (RequestState.ACCEPTED, RequestState.DONE, RequestState.FAILED):
            return row
        if row.state is RequestState.SENT:
            if not self.folder.is_alive(row.owner):
                self.mark_unknown(row, "the process that sent it ended before the answer came")
            else:
                await self.around.sleep(0.2)
            return None
        raise unknown_error(row)

    def _pause_after(self, problem: SunoLabError, attempt: int, started: float) -> float | None:
        """How long to wait before a refused call may go again; None for: not at all."""
        passing = isinstance(problem, RateLimited | Maintenance | NotSent)
        if not passing:
            return None
        now = self.around.clock()
        pause = getattr(problem, "retry_after_s", None)
        if pause is None:
            pause = backoff_s(attempt, rng=self.around.rng)
            if isinstance(problem, RateLimited):
                pause = max(pause, self.account.host.per_s * self.around.rng.uniform(0.5, 1.0))
        return pause if now - started + pause <= self.policy.refusal_budget_s else None

    def _give_up(self, row: RequestRow, problem: SunoLabError) -> None:
        if ledger.get(self.journal, row.request_id).state is RequestState.NEW:
            now = self.around.clock()
            ledger.mark(
                self.journal, row.request_id, RequestState.REFUSED, now=now, error=problem, credits=0.0, finished_at=now
            )

    async def _post(self, row: RequestRow) -> None:
        """The one way a POST leaves: its intent is on the disk before its first byte.

        Raises
        ------
        ServiceError, NotSent
            It was refused, or never left; the request is NEW again.
        OutcomeUnknown
            It may have been accepted; the request is UNKNOWN.
        """
        operation = operations()[row.operation]
        http = call_request(operation, row.value(), self.account, request_id=row.request_id)
        owner, sent_at = self.folder.present(), self.around.clock()
        ceiling = self.policy.max_credits
        if not ledger.mark_sent(
            self.journal, row.request_id, owner=owner, body=http.body, now=sent_at, max_credits=ceiling
        ):
            return
        failure: SunoLabError | None = None
        reply: HttpReply | None = None
        try:
            reply = await self.transport.send(http)
        except NotSent as problem:
            failure = NotSent(str(problem))
        except (TransportError, asyncio.CancelledError) as problem:
            failure = OutcomeUnknown(str(problem) or "the call was cut off")
        self._keep_outcome(row, operation, http, reply, failure, sent_at)

    def _keep_outcome(
        self,
        row: RequestRow,
        operation: Operation,
        http: HttpRequest,
        reply: HttpReply | None,
        failure: SunoLabError | None,
        sent_at: float,
    ) -> None:
        now = self.around.clock()
        answer = None if reply is None else self._judged(reply, operation, row.request_id)
        if answer is not None and answer.outcome is Outcome.ACCEPTED and operation.asynchronous and not answer.task_id:
            failure = OutcomeUnknown(f"{self.account.service} accepted {operation.name} without naming a task")
        if answer is not None and answer.outcome is Outcome.ACCEPTED and failure is None:
            self._keep_acceptance(row, operation, answer, now)
        elif failure is None and answer is not None:
            failure = answer.error
        with self.journal.write() as writing:
            exchanges.keep(
                writing, http, reply, purpose="submit", asked_at=sent_at, latency_s=now - sent_at,
                operation=row.operation, request_id=row.request_id, task_id=answer.task_id if answer else None,
                code=answer.code if answer else None, error=str(failure) if failure and reply is None else None,
            )  # fmt: skip
        if failure is None:
            return
        if isinstance(failure, NotSent) or (isinstance(failure, ServiceError) and failure.refused):
            ledger.mark(self.journal, row.request_id, RequestState.NEW, now=now, error=failure)
            raise self._with_retry_after(failure, reply)
        self.mark_unknown(row, str(failure), error=failure)
        raise OutcomeUnknown(str(unknown_error(ledger.get(self.journal, row.request_id))))

    def _judged(self, reply: HttpReply, operation: Operation, request_id: str) -> Answer:
        return judge(reply, self.account.host, operation=operation.name, request_id=request_id)

    def _keep_acceptance(self, row: RequestRow, operation: Operation, answer: Answer, now: float) -> None:
        emulated = answer.emulated
        if operation.record is not None and answer.task_id:
            family = operation.record.family
            tasks.accept(self.journal, row, answer.task_id, family=family, now=now, emulated=emulated)
            return
        service = "emulator" if emulated else row.service
        cost = row.credits_estimated
        ledger.keep_answer(
            self.journal, row.request_id, answer.data, now=now, credits=cost, emulated=emulated, service=service
        )

    def _with_retry_after(self, failure: SunoLabError, reply: HttpReply | None) -> SunoLabError:
        header = reply.headers.get("retry-after") if reply else None
        failure.retry_after_s = retry_after_s(header, now=self.around.clock())  # type: ignore[attr-defined]
        return failure

    def mark_unknown(self, row: RequestRow, why: str, *, error: SunoLabError | None = None) -> None:
        """The request may have been accepted: it is not sent again by itself."""
        error = error or OutcomeUnknown(why)
        now = self.around.clock()
        ledger.mark(self.journal, row.request_id, RequestState.UNKNOWN, now=now, error=error, durable=True)

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────
    async def follow(self, task_id: str, *, timeout_s: float | None = None, note: Note = silent) -> TaskRecord:
        """Look at a task until it is over, and keep what it made.

        Raises
        ------
        TaskFailed
            The service says that it failed.
        WaitTimeout
            ``timeout_s`` seconds are over; the task goes on.
        """
        row = ledger.of_task(self.journal, task_id)
        if row is None:
            raise KeyError(task_id)
        try:
            record = await self._until_over(task_id, row, timeout_s=timeout_s, note=note)
        except (asyncio.CancelledError, WaitTimeout):
            tasks.interrupt(self.journal, task_id, now=self.around.clock())
            raise
        note("downloading")
        await self.keeper.keep_task(record, operations()[row.operation])
        tasks.finish(self.journal, task_id, now=self.around.clock())
        return record

    async def _until_over(self, task_id: str, row: RequestRow, *, timeout_s: float | None, note: Note) -> TaskRecord:
        operation = operations()[row.operation]
        seen = tasks.record_of(self.journal, task_id)
        patience = Patience()
        if seen is not None and seen.state is TaskState.SUCCESS and verdict(seen, patience)[0] is Verdict.DONE:
            return seen
        plan = plan_from(tasks.latencies_s(self.journal, row.operation), emulated=bool(row.emulated))
        flow = poll_flow(plan, timeout_s=timeout_s, rng=self.around.rng)
        started = self.around.clock()
        try:
            pause = next(flow)
            while True:
                await self.around.sleep(pause)
                before = self.around.clock()
                record = await self.look(task_id, operation, unseen_since=row.answered_at or started)
                note(record.status or record.state)
                decision, patience = verdict(record, patience, makes=operation.makes)
                if decision is Verdict.DONE:
                    return record
                if decision is Verdict.FAILED:
                    raise self._failed(record, row)
                pause = flow.send(self.around.clock() - before)
        except StopIteration:
            waited = self.around.clock() - started
            raise WaitTimeout(
                f"task {task_id} is not finished after {waited:.0f} s; it goes on at the service – "
                "session.resume() looks again and costs nothing",
                task_id=task_id,
                waited_s=waited,
            ) from None

    def _failed(self, record: TaskRecord, row: RequestRow) -> TaskFailed:
        code = record.error_code or 0
        refunded = code == 531
        words = record.error_message or "no reason given"
        kind = self.account.host.error_class(code, record.error_message or "").__name__ if code else "TaskFailed"
        error = TaskFailed(
            f"task {record.task_id} ({row.operation}) ended as {record.status}: {words}"
            + (f" [{kind}, code {code}]" if code else "")
            + ("; the credits were refunded" if refunded else ""),
            status=record.status,
            code=code,
            service_message=record.error_message or "",
            service=row.service,
            operation=row.operation,
            task_id=record.task_id,
            request_id=row.request_id,
            credits=0.0 if refunded else row.credits_estimated,
        )
        credits = 0.0 if refunded else row.credits_estimated
        tasks.fail(self.journal, record.task_id, error, now=self.around.clock(), credits=credits)
        return error

    async def look(self, task_id: str, operation: Operation, *, unseen_since: float) -> TaskRecord:
        """What the service says about a task now; kept where it changed."""
        record_endpoint = self._record_endpoint(operation)
        http = record_request(record_endpoint, task_id, self.account)
        asked_at = self.around.clock()
        answer, reply = await self.ask(http, operation=operation.name, task_id=task_id, record=record_endpoint)
        now = self.around.clock()
        if is_absent(answer):
            if now - unseen_since > self.policy.unseen_budget_s:
                message = f"{self.account.service} does not know task {task_id} after {now - unseen_since:.0f} s"
                raise NotFound(message, task_id=task_id, operation=operation.name, service=self.account.service)
            return TaskRecord(task_id=task_id, state=TaskState.PENDING, status="PENDING")
        record = self._parsed(record_endpoint, answer, task_id)
        if record != tasks.record_of(self.journal, task_id):
            self._keep_look(http, reply, answer, operation, task_id, asked_at)
            tasks.keep_record(self.journal, record, now=now)
        return record

    def _record_endpoint(self, operation: Operation) -> RecordEndpoint:
        if market.on_market(operation, self.account.host):
            return market.record_endpoint(operation)
        assert operation.record is not None
        return operation.record

    @staticmethod
    def _parsed(endpoint: RecordEndpoint, answer: Answer, task_id: str) -> TaskRecord:
        return endpoint.parse(answer.data, task_id=task_id)

    def _keep_look(
        self, http: HttpRequest, reply: HttpReply, answer: Answer, operation: Operation, task_id: str, asked_at: float
    ) -> None:
        if exchanges.last_answer(self.journal, task_id) == reply.body:
            return
        with self.journal.write() as writing:
            exchanges.keep(
                writing, http, reply, purpose="poll", asked_at=asked_at, latency_s=self.around.clock() - asked_at,
                operation=operation.name, task_id=task_id, code=answer.code,
            )  # fmt: skip

    # ── free questions ───────────────────────────────────────────────────────────────────────────────────────────────
    async def ask(
        self,
        http: HttpRequest,
        *,
        operation: str = "",
        task_id: str = "",
        record: RecordEndpoint | None = None,
        budget_s: float = 60.0,
    ) -> tuple[Answer, HttpReply]:
        """Carry a question that costs nothing and changes nothing; it is asked again while that may help.

        Raises
        ------
        ServiceError
            A refusal that will not pass.
        TransportError
            No usable answer within ``budget_s`` seconds.
        """
        started, attempt = self.around.clock(), 0
        while True:
            problem: SunoLabError
            pause: float | None = None
            try:
                reply = await self.transport.send(http)
            except TransportError as failed:
                problem = type(failed)(str(failed))
            else:
                answer = judge(reply, self.account.host, operation=operation, task_id=task_id, record=record)
                if answer.error is None or is_absent(answer):
                    return answer, reply
                problem = answer.error
                if not answer.error.retryable:
                    raise problem
                pause = retry_after_s(reply.headers.get("retry-after"), now=self.around.clock())
            pause = backoff_s(attempt, rng=self.around.rng) if pause is None else pause
            if self.around.clock() - started + pause > budget_s:
                raise problem
            attempt += 1
            await self.around.sleep(pause)

    async def balance(self) -> float | None:
        """Credits left, as the service says; kept in ``session.credits``."""
        operation = operations()["balance"]
        http = plain_get(f"{self.account.base_url}{self.account.host.credit_path}", self.account)
        answer, _ = await self.ask(http, operation="balance")
        read = operation.read
        left = read(answer.data) if read else None
        if left is not None:
            with self.journal.write() as writing:
                row = {"at": self.around.clock(), "balance": left, "accounted": ledger.spent_credits(writing)}
                writing.insert("balances", row)
        return left

    async def truth(self, clip_id: str) -> Any:
        """What the emulator knows about a clip; None where nothing is known."""
        http = plain_get(f"{self.account.base_url}/_emulator/truth/{clip_id}", self.account)
        reply = await self.transport.send(http)
        known = read_json(reply.body) if reply.status == 200 else None
        return known.get("data", known) if isinstance(known, dict) else None

    async def close(self) -> None:
        """Let running calls end, then let go of connections."""
        if self._posts:
            await asyncio.gather(*self._posts.values(), return_exceptions=True)
        await self.transport.close()


async def _outcome(future: Awaitable[None]) -> SunoLabError | None:
    try:
        await future
    except SunoLabError as problem:
        return problem
    return None


def unknown_error(row: RequestRow) -> OutcomeUnknown:
    """The error for a request nobody knows the outcome of, with what can be done."""
    at_risk = f"{row.credits_estimated:g}" if row.credits_estimated is not None else "an unknown number of"
    return OutcomeUnknown(
        f"{row.service} may or may not have accepted request {row.request_id} ({row.operation}): "
        f"{row.error or row.state}. It is not sent again by itself; {at_risk} credits are at risk. See "
        "session.unresolved(), which can look for it, adopt the task if you know its id, ask again, or drop it"
    )
