"""Watching a task until it is over, and keeping what it made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from suno_lab.api import Operation, market, operations
from suno_lab.api.contract import RecordEndpoint
from suno_lab.api.reading import envelope
from suno_lab.client.asking import Asker
from suno_lab.client.calls import Answer, is_absent, read_json, record_request
from suno_lab.client.keeping import Keeper
from suno_lab.client.pacing import plan_from, poll_flow
from suno_lab.client.policy import Note, Policy, silent
from suno_lab.client.waiting import Patience, Verdict, verdict
from suno_lab.errors import NotFound, TaskFailed, WaitTimeout
from suno_lab.models import HttpReply, HttpRequest, TaskRecord, TaskState
from suno_lab.store import Journal, exchanges, tasks
from suno_lab.store import requests as ledger
from suno_lab.store.requests import RequestRow

#: failure codes whose credits the service gives back
REFUNDED = (531,)


class Follower:
    """Looks at tasks."""

    def __init__(self, journal: Journal, asker: Asker, keeper: Keeper, policy: Policy) -> None:
        self._journal, self._asker, self._keeper, self._policy = journal, asker, keeper, policy
        self._around = asker.around

    async def follow(self, task_id: str, *, timeout_s: float | None = None, note: Note = silent) -> TaskRecord:
        """Look at a task until it is over, and keep what it made.

        Raises
        ------
        TaskFailed
            The service says that it failed.
        WaitTimeout
            ``timeout_s`` seconds are over; the task goes on.
        """
        row = ledger.of_task(self._journal, task_id)
        if row is None:
            raise NotFound(f"no task {task_id} here", task_id=task_id)
        try:
            record = await self._until_over(task_id, row, timeout_s=timeout_s, note=note)
            note("downloading")
            await self._keeper.keep_task(record, operations()[row.operation])
        except TaskFailed:
            raise
        except BaseException:  # whatever stopped the watching: the task goes on and can be resumed
            tasks.interrupt(self._journal, task_id, now=self._around.clock())
            raise
        tasks.finish(self._journal, task_id, now=self._around.clock())
        return record

    def left_alone(self, request_id: str) -> None:
        """Write down that nobody watches the task of a request: its asker went while it was being sent."""
        row = ledger.get(self._journal, request_id)
        if row.task_id is not None and row.status == "PENDING":
            tasks.interrupt(self._journal, row.task_id, now=self._around.clock())

    async def _until_over(self, task_id: str, row: RequestRow, *, timeout_s: float | None, note: Note) -> TaskRecord:
        operation, patience = operations()[row.operation], Patience()
        seen = tasks.record_of(self._journal, task_id)
        if seen is not None and seen.state is TaskState.SUCCESS and _over(seen, patience, operation):
            return seen
        plan = plan_from(tasks.latencies_s(self._journal, row.operation), emulated=bool(row.emulated))
        flow = poll_flow(plan, timeout_s=timeout_s, rng=self._around.rng)
        started, first_kept = self._around.clock(), False
        pause = next(flow, None)
        while pause is not None:
            await self._around.sleep(pause)
            before = self._around.clock()
            record = await self.look(task_id, operation, unseen_since=row.answered_at or started)
            note(record.status or record.state)
            decision, patience = verdict(record, patience, makes=operation.makes)
            if decision is Verdict.DONE:
                return record
            if decision is Verdict.FAILED:
                raise self._failed(record, row)
            if record.state is TaskState.FIRST and not first_kept:
                first_kept = True
                await self._keeper.keep_task(_ready(record), operation)
            try:
                pause = flow.send(self._around.clock() - before)
            except StopIteration:
                pause = None
        raise timed_out(task_id, self._around.clock() - started)

    def _failed(self, record: TaskRecord, row: RequestRow) -> TaskFailed:
        code = record.error_code or 0
        credits = 0.0 if code in REFUNDED else None  # other failures are mostly given back, but nobody promises it
        kind = self._asker.account.host.error_class(code, record.error_message or "").__name__ if code else ""
        error = TaskFailed(
            f"task {record.task_id} ({row.operation}) ended as {record.status}: "
            f"{record.error_message or 'no reason given'}"
            + (f" [{kind}, code {code}]" if kind else "")
            + ("; the credits were given back" if code in REFUNDED else ""),
            status=record.status,
            code=code,
            service_message=record.error_message or "",
            service=row.service,
            operation=row.operation,
            task_id=record.task_id,
            request_id=row.request_id,
            credits=credits,
        )
        tasks.fail(self._journal, record.task_id, error, now=self._around.clock(), credits=credits)
        return error

    async def look(self, task_id: str, operation: Operation, *, unseen_since: float) -> TaskRecord:
        """What the service says about a task now; kept where it changed."""
        endpoint = self._endpoint(operation)
        http = record_request(endpoint, task_id, self._asker.account)
        asked_at = self._around.clock()
        answer, reply = await self._asker.ask(http, operation=operation.name, task_id=task_id, record=endpoint)
        now = self._around.clock()
        if is_absent(answer):
            if now - unseen_since > self._policy.unseen_budget_s:
                service = self._asker.account.service
                message = f"{service} does not know task {task_id} after {now - unseen_since:.0f} s"
                raise NotFound(message, task_id=task_id, operation=operation.name, service=service)
            return TaskRecord(task_id=task_id, state=TaskState.PENDING, status="PENDING")
        record = endpoint.parse(answer.data, task_id=task_id)
        if record != tasks.record_of(self._journal, task_id):
            self._keep_look(http, reply, answer, operation, task_id, asked_at)
            tasks.keep_record(self._journal, record, now=now)
        return record

    async def known(self, task_id: str, row: RequestRow) -> TaskRecord | None:
        """A task as the record endpoint of a request's operation knows it; None where it does not."""
        operation = operations()[row.operation]
        endpoint = self._endpoint(operation)
        http = record_request(endpoint, task_id, self._asker.account)
        answer, _ = await self._asker.ask(http, operation=operation.name, task_id=task_id, record=endpoint)
        return None if is_absent(answer) else endpoint.parse(answer.data, task_id=task_id)

    def value_of(self, task_id: str, operation: Operation) -> Any:
        """The value a finished task holds where the operation answers at once elsewhere; from the kept answer."""
        answer = read_json(exchanges.last_answer(self._journal, task_id) or b"")
        record = self._endpoint(operation).parse(envelope(answer).data, task_id=task_id)
        product = next(iter(record.products), None)
        wrapped = product is not None and not isinstance(product.value, str)  # a value that is no product of its own
        return product.value if product is not None and wrapped else product

    def _endpoint(self, operation: Operation) -> RecordEndpoint:
        if market.on_market(operation, self._asker.account.host):
            return market.record_endpoint(operation)
        assert operation.record is not None
        return operation.record

    def _keep_look(
        self, http: HttpRequest, reply: HttpReply, answer: Answer, operation: Operation, task_id: str, asked_at: float
    ) -> None:
        if exchanges.last_answer(self._journal, task_id) == reply.body:
            return
        with self._journal.write() as writing:
            exchanges.keep(
                writing, http, reply, purpose="poll", asked_at=asked_at, latency_s=self._around.clock() - asked_at,
                operation=operation.name, task_id=task_id, code=answer.code,
            )  # fmt: skip


def _ready(record: TaskRecord) -> TaskRecord:
    """A record of what can be fetched already, to be heard while the rest is being made."""
    return replace(record, clips=tuple(clip for clip in record.clips if clip.audio_url), products=())


def _over(record: TaskRecord, patience: Patience, operation: Operation) -> bool:
    return verdict(record, patience, makes=operation.makes)[0] is Verdict.DONE


def timed_out(task_id: str, waited_s: float) -> WaitTimeout:
    """The error of a wait that was given up."""
    return WaitTimeout(
        f"task {task_id} is not finished after {waited_s:.0f} s; it goes on at the service – "
        "session.resume() looks again and costs nothing",
        task_id=task_id,
        waited_s=waited_s,
    )
