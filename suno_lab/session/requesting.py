"""Asking and waiting: one meaning, three ways."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from suno_lab.api import Operation, Request, operation_of, operations
from suno_lab.api.contract import Finding
from suno_lab.api.recovery import Recover
from suno_lab.client.client import Client
from suno_lab.client.loop import io_loop
from suno_lab.client.policy import Note, Policy, Surroundings
from suno_lab.errors import BudgetExceeded, InvalidRequest, NotFound, StorageFull, SunoLabError, TaskFailed
from suno_lab.session.alongside import follow_ups, what_is_lost
from suno_lab.session.asking import Options, split
from suno_lab.session.calling import outside
from suno_lab.session.job import Job
from suno_lab.session.progress import Display, Progress, Throttle, choose_display, line_of
from suno_lab.session.repeats import Repeats, current_run
from suno_lab.session.sources import request_from
from suno_lab.session.task import Task
from suno_lab.store import Journal, files, tasks
from suno_lab.store import requests as ledger
from suno_lab.store.hashes import request_hash
from suno_lab.store.requests import Draft, RequestRow, RequestState

if TYPE_CHECKING:
    import pandas as pd

    from suno_lab.api.hosts import Host
    from suno_lab.session.session import SunoSession


#: calls whose answers go stale: an equal one is asked again
ALWAYS_ANEW = frozenset({"upload", "upload_base64", "upload_from_url", "download_url", "check_voice", "recover"})


class ContractWarning(UserWarning):
    """A request that some page of the service allows and another does not; it is sent all the same."""


class Requesting:
    """How a session asks; :func:`suno_lab.session.asking.add_methods` adds the methods named after operations."""

    _around: Surroundings
    _policy: Policy
    _progress: Progress
    _repeats: Repeats
    _jobs: dict[str, Job[Any]]
    _loss_said = False

    if TYPE_CHECKING:

        @property
        def journal(self) -> Journal: ...

        @property
        def host(self) -> Host: ...

        @property
        def service(self) -> str: ...

        def _line(self) -> Client: ...

        def task(self, task_id: str) -> Task: ...

        def dry_run(self, requests: Request | Iterable[Request], *, validate: bool = True) -> pd.DataFrame: ...

        def _recover_after_crash(self) -> None: ...

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def submit(self, request: Request, **options: Any) -> Job[Any]:
        """Ask, and return a job at once.

        Parameters
        ----------
        request : Request
            A request value of ``suno_lab.api``.
        **options
            ``fresh``, ``timeout_s``, ``validate``; ``n`` and ``dry_run`` are for the blocking and awaitable forms.
        """
        return self._job(operation_of(request), request, Options(**options), replicate=0)

    def run(self, request: Request, **options: Any) -> Any:
        """Ask, and wait."""
        return self._run(operation_of(request), request, Options(**options))

    async def arun(self, request: Request, **options: Any) -> Any:
        """Ask, and await."""
        return await self._arun(operation_of(request), request, Options(**options))

    def gather(self, requests: Iterable[Request], **options: Any) -> list[Any]:
        """Ask all of them at the same time and wait for all; results in the same order.

        Equal requests count as replicates of each other. All are carried to their end before the first error is raised;
        each failed one is a row of ``session.df``.
        """
        counted: dict[str, int] = {}
        jobs: list[Job[Any]] = []
        for request in requests:
            key = request_hash(request)
            jobs.append(self._job(operation_of(request), request, Options(**options), counted.get(key, 0), guard=False))
            counted[key] = counted.get(key, 0) + 1
        return self._watch_all(jobs)

    def _ask(self, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        fields, options = split(operation, arguments)
        if operation.method == "GET":
            return io_loop().run(self._line().asker.balance())
        return self._run(operation, request_from(_session(self), operation, fields), options)

    async def _aask(self, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        fields, options = split(operation, arguments)
        if operation.method == "GET":
            return await asyncio.wrap_future(io_loop().submit(self._line().asker.balance()))
        return await self._arun(operation, request_from(_session(self), operation, fields), options)

    def _submit(self, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        fields, options = split(operation, arguments)
        if operation.method == "GET":
            line = self._line()
            return Job("", lambda note: line.asker.balance())
        request = request_from(_session(self), operation, fields)
        if options.dry_run:
            return self.dry_run([request] * options.n, validate=options.validate)
        jobs = self._jobs_for(operation, request, options)
        return jobs[0] if options.n == 1 else jobs

    def _run(self, operation: Operation, request: Request, options: Options) -> Any:
        if options.dry_run:
            return self.dry_run([request] * options.n, validate=options.validate)
        return self._wait(self._jobs_for(operation, request, options))

    async def _arun(self, operation: Operation, request: Request, options: Options) -> Any:
        if options.dry_run:
            return self.dry_run([request] * options.n, validate=options.validate)
        return await _await_all(self._jobs_for(operation, request, options))

    def _jobs_for(self, operation: Operation, request: Request, options: Options) -> list[Job[Any]]:
        if options.n < 1:
            raise InvalidRequest(f"n must be at least 1, got {options.n}", field="n", given=options.n)
        return [
            self._job(operation, request, options, replicate, guard=replicate == 0) for replicate in range(options.n)
        ]

    def _job(
        self, operation: Operation, request: Request, options: Options, replicate: int = 0, *, guard: bool = True
    ) -> Job[Any]:
        line = self._line()
        row = self._recorded(operation, request, options, replicate, guard=guard)
        return self._job_of(line, row, options.timeout_s)

    def _job_of(self, line: Client, row: RequestRow, timeout_s: float | None) -> Job[Any]:
        """The job that carries a recorded request out; the running one where there is one."""
        running = self._jobs.get(row.request_id)
        if running is not None and not running.done():
            return running
        job: Job[Any] = Job(
            row.request_id,
            lambda note: self._carry_out(line, row.request_id, timeout_s, note),
            task_id=lambda: ledger.get(self.journal, row.request_id).task_id,
        )
        self._jobs[row.request_id] = job
        return job

    def _recorded(
        self, operation: Operation, request: Request, options: Options, replicate: int, *, guard: bool
    ) -> RequestRow:
        """The row of a request: a new one, or the one an equal request stands for."""
        self._check(operation, request, options)
        price = operation.credits(request, host=self.host.vocabulary)
        fresh = options.fresh or operation.name in ALWAYS_ANEW
        if guard and price != 0 and not fresh:
            self._repeats.check(request_hash(request), current_run(), operation=operation.name)
        if fresh:
            taken = [row.replicate_n for row in ledger.standing(self.journal, request)]
            replicate = max(taken, default=-1) + 1
        draft = Draft(request=request, service=self.service, credits_estimated=price, replicate_n=replicate)
        row = ledger.record(self.journal, draft, now=self._around.clock())
        if row.state is RequestState.NEW:
            self._hold_to_budget(row)
        return row

    def _hold_to_budget(self, row: RequestRow) -> None:
        try:
            ledger.check_budget(self.journal, cost=row.credits_estimated, max_credits=self._policy.max_credits)
        except BudgetExceeded as problem:
            now, state = self._around.clock(), RequestState.REFUSED
            ledger.mark(self.journal, row.request_id, state, now=now, error=problem, credits=0.0, finished_at=now)
            raise

    def _check(self, operation: Operation, request: Request, options: Options) -> None:
        """Hold the request against the contract; a refusal is kept as a row."""
        try:
            findings = self._findings(operation, request)
            for finding in findings:
                if finding.severity == "refuse" and options.validate:
                    raise finding.error()
        except InvalidRequest as problem:
            draft = Draft(request=request, service=self.service, credits_estimated=None)
            ledger.record(self.journal, draft, now=self._around.clock(), error=problem)
            raise
        for finding in findings:
            warnings.warn(ContractWarning(finding.message), stacklevel=outside())

    def _findings(self, operation: Operation, request: Request) -> list[Finding]:
        length_s = self._source_duration_s(request)
        return operation.check_request(request, host=self.host.vocabulary, source_duration_s=length_s)

    def _source_duration_s(self, request: Request) -> float | None:
        """Length of the clip a request starts from, as far as it is known."""
        sql = "select duration_s from clips where clip_id = ?"
        return self.journal.value(sql, (getattr(request, "clip_id", None),))

    async def _carry_out(
        self, line: Client, request_id: str, timeout_s: float | None, note: Callable[[str], None]
    ) -> Any:
        started = self._around.clock()
        row = await line.perform(request_id, timeout_s=timeout_s, note=note)
        if row.task_id is not None:
            left_s = None if timeout_s is None else max(timeout_s - (self._around.clock() - started), 0.0)
            await self._complete(line, row, left_s, note)
        return self._result(row)

    async def _complete(self, line: Client, row: RequestRow, timeout_s: float | None, note: Note) -> None:
        """Fetch what is to be kept of a finished task beside its clips, and clips whose links are over.

        Each is a request of its own, in the journal and under the ceiling; one that fails is a row that says why.
        """
        assert row.task_id is not None
        if operations()[row.operation].makes != "clips":
            return
        wanted: list[Request] = [Recover(task_id=row.task_id)] if files.expired_n(self.journal, row.task_id) else []
        instrumental = bool(getattr(row.value(), "instrumental", False))
        clips = tasks.clips_of(self.journal, row.task_id)
        wanted += follow_ups(self._policy.keep, row.task_id, clips, instrumental=instrumental)
        if wanted:
            note("keeping")
            await asyncio.gather(*(self._beside(line, request, timeout_s) for request in wanted))

    async def _beside(self, line: Client, request: Request, timeout_s: float | None) -> None:
        try:
            row = self._recorded(operation_of(request), request, Options(), 0, guard=False)
            self._result(await line.perform(row.request_id, timeout_s=timeout_s))
        except StorageFull:
            raise
        except SunoLabError:
            return  # its row says why

    async def _follow_up(self, line: Client, task_id: str, timeout_s: float | None, note: Note) -> None:
        """Look at a task until it is over, and complete it."""
        started = self._around.clock()
        await line.follower.follow(task_id, timeout_s=timeout_s, note=note)
        left_s = None if timeout_s is None else max(timeout_s - (self._around.clock() - started), 0.0)
        await self._complete(line, self._row_of(task_id), left_s, note)

    def _result(self, row: RequestRow) -> Any:
        """What a finished request gives its asker: a task, or the value of a call that answers at once."""
        operation = operation_of(row.value())
        if row.task_id is not None and operation.asynchronous:
            if operation.makes == "stem" and (clip_id := getattr(row.value(), "clip_id", None)):
                with self.journal.write() as writing:
                    tasks.forget_voice(writing, clip_id)
            return self.task(row.task_id)
        if row.task_id is not None:
            made = self._line().follower.value_of(row.task_id, operation)
        else:
            value = ledger.answer(self.journal, row.request_id)
            made = operation.read(value) if operation.read is not None else value
        self._keep_value(operation, row, made)
        return made

    def _keep_value(self, operation: Operation, row: RequestRow, made: Any) -> None:
        clip_id = getattr(row.value(), "clip_id", None)
        if operation.makes == "timed_lyrics" and clip_id:
            now = self._around.clock()
            tasks.keep_timed_lyrics(self.journal, clip_id, made, request_id=row.request_id, now=now)

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def _wait(self, jobs: list[Job[Any]]) -> Any:
        results = self._watch_all(jobs)
        return results[0] if len(results) == 1 else results

    def _watch_all(self, jobs: list[Job[Any]], *, failed_tasks_raise: bool = True) -> list[Any]:
        """Wait for all, then raise the first error; an interrupt stops the watching of all."""
        display = choose_display(self._progress)
        throttle = Throttle(display)
        failures: list[SunoLabError] = []
        results: list[Any] = []
        for position, job in enumerate(jobs, 1):
            count = f"{position} of {len(jobs)} · " if len(jobs) > 1 else ""
            try:
                results.append(job.watch(self._shower(job, throttle, count)))
            except KeyboardInterrupt:
                for other in jobs:
                    other.cancel()
                for other in jobs:
                    other.farewell()
                display.close("stopped watching; session.resume() goes on")
                raise
            except SunoLabError as problem:
                if failed_tasks_raise or not isinstance(problem, TaskFailed):
                    failures.append(problem)
        if jobs:
            done, spent = f"{len(results)} of {len(jobs)} done", ledger.spent_credits(self.journal)
            display.close(line_of(done, max(job.elapsed_s for job in jobs), spent_credits=spent))
        self._say_what_is_lost(results, display)
        if failures:
            raise failures[0]
        return results

    def _shower(self, job: Job[Any], throttle: Throttle, count: str) -> Callable[[str, float], None]:
        """Shows how one job gets on, beside what such jobs took in this session."""
        typical_s = tasks.typical_s(self.journal, ledger.get(self.journal, job.request_id).operation)

        def show(stage: str, elapsed_s: float) -> None:
            if throttle.due:
                spent = ledger.spent_credits(self.journal)
                throttle.show(count + line_of(stage, elapsed_s, typical_s=typical_s, spent_credits=spent))

        return show

    def _say_what_is_lost(self, results: Iterable[Any], display: Display) -> None:
        """Once a session, after the first clips of a real service: what is not kept of them."""
        real = (made for made in results if isinstance(made, Task) and made.clips and not made.emulated)
        if self._loss_said or next(real, None) is None:
            return
        self._loss_said = True
        if said := what_is_lost(self._policy.keep, self.host):
            display.say(f"suno_lab: {said}")

    def _row_of(self, task_id: str) -> RequestRow:
        row = ledger.of_task(self.journal, task_id)
        if row is None:
            raise NotFound(f"no task {task_id} in this session", task_id=task_id)
        return row

    def _following(
        self, line: Client, task_id: str, timeout_s: float | None
    ) -> Callable[[Note], Coroutine[Any, Any, None]]:
        return lambda note: self._follow_up(line, task_id, timeout_s, note)

    def _follow(self, task_id: str, *, timeout_s: float | None = None) -> None:
        """Look at one task until it is over."""
        row, line = self._row_of(task_id), self._line()
        start = self._following(line, task_id, timeout_s)
        self._watch_all([Job(row.request_id, start, task_id=lambda: task_id)])

    def resume(self, *, timeout_s: float | None = None, send: bool = False) -> list[Task]:
        """Look at every task whose end was not seen, and get files that are missing. Free, unless ``send``.

        A task that failed meanwhile is no error here: ``session.requests`` says what became of it.

        Parameters
        ----------
        timeout_s : float, optional
            Stop waiting after so many seconds.
        send : bool
            Also send what was asked for and never left, because it was interrupted while it waited in line.

        Returns
        -------
        list of Task
            The tasks looked at.
        """
        line = self._line()
        self._recover_after_crash()
        found = tasks.unfinished(self.journal)
        asked = {row.task_id: row.request_id for row in map(self._row_of, found)}
        jobs: list[Job[Any]] = [Job(asked[task_id], self._following(line, task_id, timeout_s)) for task_id in found]
        new = ledger.in_states(self.journal, RequestState.NEW)
        unsent = new if send else []
        left_n = sum(row.request_id not in self._jobs for row in new)
        if left_n and not send:
            said = f"suno_lab: requests that never left: {left_n}; session.resume(send=True) sends them"
            choose_display(self._progress).say(said)
        jobs += [self._job_of(line, row, timeout_s) for row in unsent]
        self._watch_all(jobs, failed_tasks_raise=False)
        sent = [ledger.get(self.journal, row.request_id).task_id for row in unsent]
        return [self.task(task_id) for task_id in (*found, *sent) if task_id is not None]


async def _await_all(jobs: list[Job[Any]]) -> Any:
    try:
        results = await asyncio.gather(*jobs)
    except asyncio.CancelledError:
        for job in jobs:
            job.cancel()
        raise
    return results[0] if len(jobs) == 1 else list(results)


def _session(asking: Requesting) -> SunoSession:
    from suno_lab.session.session import SunoSession

    assert isinstance(asking, SunoSession)
    return asking
