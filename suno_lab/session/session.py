"""The session: one folder, one service, and everything asked and answered between them."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Coroutine, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.api import Operation, Request, operation_of
from suno_lab.client.client import Client, Note, Policy, Surroundings
from suno_lab.client.keeping import KEEPABLE
from suno_lab.client.loop import io_loop
from suno_lab.errors import InvalidRequest, NotFound, OutcomeUnknown, ReadOnlySession
from suno_lab.session.asking import Options, add_methods, split
from suno_lab.session.clip import Clip
from suno_lab.session.job import Job
from suno_lab.session.measuring import Measuring
from suno_lab.session.progress import Progress, Throttle, choose_display
from suno_lab.session.repeats import Repeats, current_run
from suno_lab.session.service import EMULATOR, Choice, Wish, account_of, choose
from suno_lab.session.sources import request_from
from suno_lab.session.task import Task
from suno_lab.settings import Secret, Settings
from suno_lab.store import Journal, SessionFolder, tasks
from suno_lab.store import requests as ledger
from suno_lab.store.frames import Frames
from suno_lab.store.hashes import request_hash
from suno_lab.store.requests import Draft, RequestRow, RequestState
from suno_lab.transport import HttpTransport, InProcessTransport, Transport

if TYPE_CHECKING:
    from suno_lab.emulator import Emulator, EmulatorSettings, SongMaker


class ContractWarning(UserWarning):
    """A request that some page of the service allows and another does not; it is sent all the same."""


@add_methods
class SunoSession(Measuring):
    """A folder of songs: asked for, kept, measured, compared.

    Parameters
    ----------
    path : path-like
        The session's folder. Made when absent, continued when present.
    service : str, optional
        ``"kie"``, ``"kie-market"``, ``"sunoapi"``, ``"emulator"``, or a base address. By default what the folder
        belongs to, else ``SUNO_LAB_SERVICE`` / ``SUNO_LAB_BASE_URL``, else the service whose key is set, else the
        emulator. A folder keeps its service for good.
    base_url, host_profile : str, optional
        A base address, and whose vocabulary it speaks (``kie``, ``market``, ``sunoapi``).
    api_key : str or Secret, optional
        Better kept in the environment: ``KIE_API_KEY``, ``SUNO_API_KEY``, or ``SUNO_LAB_API_KEY`` for a base address.
    callback_url : str, optional
        Public address of a callback receiver (``suno_lab.client.receiver``).
    max_credits : float, optional
        Ceiling for everything this folder's requests cost together.
    keep : tuple of str
        What is downloaded of each clip: ``"mp3"``, ``"image"``.
    emulator : EmulatorSettings, optional
        How the embedded emulator behaves; kept with the folder.
    progress : "auto" or False
        Whether waiting is shown.

    Raises
    ------
    WrongService
        The folder belongs to another service.
    """

    def __init__(
        self,
        path: str | Path,
        service: str | None = None,
        *,
        host_profile: str | None = None,
        base_url: str | None = None,
        api_key: Secret | str | None = None,
        callback_url: str | None = None,
        max_credits: float | None = None,
        keep: Iterable[str] = ("mp3",),
        emulator: EmulatorSettings | None = None,
        progress: Progress = "auto",
        transport: Transport | None = None,
        songs: SongMaker | None = None,
        settings: Settings | None = None,
        clock: Callable[[], float] = time.time,
        surroundings: Surroundings | None = None,
    ) -> None:
        api_key = Secret(api_key) if isinstance(api_key, str) else api_key
        self._around = surroundings or Surroundings(clock=clock)
        self._policy = Policy(max_credits=max_credits, keep=_keepable(keep))
        self._progress, self._callback_url = progress, callback_url
        wish = Wish(service=service, base_url=base_url, host_profile=host_profile, api_key=api_key)
        self._store = SessionFolder(path)
        try:
            self._choice = choose(wish, settings or Settings.from_environment(), self._store.binding())
            self._store.bind(self._choice.binding)
        except BaseException:
            self._store.close()
            raise
        self._emulator_settings, self._songs, self._given_transport = emulator, songs, transport
        self._emulator: Emulator | None = None
        self._client: Client | None = None
        self._frames, self._repeats = Frames(self.journal), Repeats()
        self._jobs: dict[str, Job[Any]] = {}
        if self._choice.said:
            choose_display(progress).say(f"suno_lab: {self._choice.said}")
        if self._choice.locked:
            choose_display(progress).say(f"suno_lab: {self._choice.locked}")
        self._recover_after_crash()

    # ── what it is ───────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def folder(self) -> Path:
        """The session's folder."""
        return self._store.path

    @property
    def journal(self) -> Journal:
        """The journal, for the parts of this package that read it."""
        return self._store.journal

    @property
    def service(self) -> str:
        """The service the folder belongs to."""
        binding = self._choice.binding
        return binding.base_url if binding.service == "base_url" else binding.service

    @property
    def emulated(self) -> bool:
        """Whether anything in this folder was made by the emulator."""
        return self._choice.binding.service == EMULATOR or bool(
            self.journal.value("select 1 from tasks where emulated limit 1")
        )

    @property
    def read_only(self) -> bool:
        """Whether nothing can be asked, because the key of its service is not here."""
        return bool(self._choice.locked)

    def __repr__(self) -> str:
        clips_n = self.journal.value("select count(*) from clips")
        tail = ", read-only" if self.read_only else ""
        return f"<SunoSession {str(self.folder)!r} on {self.service}: {clips_n} clips{tail}>"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a session is not pickled: open its folder again with SunoSession(path)")

    # ── the line to the service ──────────────────────────────────────────────────────────────────────────────────────
    def _line(self) -> Client:
        """The client, made on first use (and again after a fork).

        Raises
        ------
        ReadOnlySession
            The key is not here.
        """
        if self._choice.locked:
            raise ReadOnlySession(self._choice.locked)
        if self._client is None:
            self._client = _make_client(self)
        return self._client

    def _recover_after_crash(self) -> None:
        """A request whose process died between sending and answer may have been accepted."""
        for row in ledger.in_states(self.journal, RequestState.SENT):
            if not self._store.is_alive(row.owner):
                error = OutcomeUnknown("the process that sent it ended before the answer came")
                now = self._around.clock()
                ledger.mark(self.journal, row.request_id, RequestState.UNKNOWN, now=now, error=error, durable=True)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────
    def submit(self, request: Request, **options: Any) -> Job[Any]:
        """Ask, and return a job at once.

        Parameters
        ----------
        request : Request
            A request value of ``suno_lab.api``.
        **options
            ``fresh``, ``timeout_s``, ``validate``; ``n`` is for the blocking and awaitable forms.
        """
        return self._job(operation_of(request), request, Options(**options), replicate=0)

    def run(self, request: Request, **options: Any) -> Any:
        """Ask, and wait."""
        return self._wait(self._jobs_for(operation_of(request), request, Options(**options)))

    async def arun(self, request: Request, **options: Any) -> Any:
        """Ask, and await."""
        return await _await_all(self._jobs_for(operation_of(request), request, Options(**options)))

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
            return io_loop().run(self._line().balance())
        return self._wait(self._jobs_for(operation, request_from(self, operation, fields), options))

    async def _aask(self, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        import asyncio

        fields, options = split(operation, arguments)
        if operation.method == "GET":
            return await asyncio.wrap_future(io_loop().submit(self._line().balance()))
        return await _await_all(self._jobs_for(operation, request_from(self, operation, fields), options))

    def _submit(self, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        fields, options = split(operation, arguments)
        if operation.method == "GET":
            line = self._line()
            return Job("", lambda note: line.balance())
        jobs = self._jobs_for(operation, request_from(self, operation, fields), options)
        return jobs[0] if options.n == 1 else jobs

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
        price = operation.credits(request, host=line.account.host.vocabulary)
        self._check(operation, request, options, price)
        if guard and price != 0 and not options.fresh:
            self._repeats.check(request_hash(request), current_run(), operation=operation.name)
        if options.fresh:
            taken = [row.replicate_n for row in ledger.standing(self.journal, request)]
            replicate = max(taken, default=-1) + 1
        draft = Draft(request=request, service=self.service, credits_estimated=price, replicate_n=replicate)
        row = ledger.record(self.journal, draft, now=self._around.clock())
        if row.state is RequestState.NEW:
            ledger.check_budget(self.journal, cost=price, max_credits=self._policy.max_credits)
        running = self._jobs.get(row.request_id)
        if running is not None and not running.done():
            return running
        job: Job[Any] = Job(
            row.request_id,
            lambda note: self._carry_out(line, row.request_id, options.timeout_s, note),
            task_id=lambda: ledger.get(self.journal, row.request_id).task_id,
        )
        self._jobs[row.request_id] = job
        return job

    def _check(self, operation: Operation, request: Request, options: Options, price: float | None) -> None:
        """Hold the request against the contract; a refusal is kept as a row."""
        try:
            findings = operation.check_request(request, host=self._line().account.host.vocabulary)
            for finding in findings:
                if finding.severity == "refuse" and options.validate:
                    raise finding.error()
        except InvalidRequest as problem:
            draft = Draft(request=request, service=self.service, credits_estimated=price)
            ledger.record(self.journal, draft, now=self._around.clock(), error=problem)
            raise
        for finding in findings:
            warnings.warn(ContractWarning(finding.message), stacklevel=_outside())

    async def _carry_out(
        self, line: Client, request_id: str, timeout_s: float | None, note: Callable[[str], None]
    ) -> Any:
        row = await line.perform(request_id, timeout_s=timeout_s, note=note)
        return self._result(row)

    def _result(self, row: RequestRow) -> Any:
        """What a finished request gives its asker: a task, or the value of a call that answers at once."""
        if row.task_id is not None:
            return self.task(row.task_id)
        operation = operation_of(row.value())
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

    def _watch_all(self, jobs: list[Job[Any]]) -> list[Any]:
        display = choose_display(self._progress)
        throttle = Throttle(display)
        failures: list[BaseException] = []
        results: list[Any] = []
        for position, job in enumerate(jobs, 1):
            count = f"{position} of {len(jobs)} · " if len(jobs) > 1 else ""
            try:
                results.append(job.watch(_shower(throttle, count)))
            except KeyboardInterrupt:
                for other in jobs:
                    other.cancel()
                display.close("stopped watching; session.resume() goes on")
                raise
            except Exception as problem:  # noqa: BLE001 - gathered here, the first is raised below
                failures.append(problem)
        if jobs:
            display.close(f"{len(results)} of {len(jobs)} done · {max(job.elapsed_s for job in jobs):.0f} s")
        if failures:
            raise failures[0]
        return results

    def _follow(self, task_id: str, *, timeout_s: float | None = None) -> None:
        """Look at one task until it is over."""
        row = ledger.of_task(self.journal, task_id)
        if row is None:
            raise NotFound(f"no task {task_id} in this session", task_id=task_id)
        line = self._line()
        self._watch_all([Job(row.request_id, _following(line, task_id, timeout_s), task_id=lambda: task_id)])

    def resume(self, *, timeout_s: float | None = None) -> list[Task]:
        """Look at every task whose end was not seen, and get what is missing. Sends nothing that costs.

        Returns
        -------
        list of Task
            The tasks looked at.
        """
        line = self._line()
        found = tasks.open_tasks(self.journal)
        jobs: list[Job[Any]] = [Job(task_id, _following(line, task_id, timeout_s)) for task_id in found]
        try:
            self._watch_all(jobs)
        finally:
            self._recover_after_crash()
        return [self.task(task_id) for task_id in found]

    # ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────
    def task(self, task_id: str) -> Task:
        """A task of this session.

        Raises
        ------
        NotFound
            There is none of that id here.
        """
        if not self.journal.value("select 1 from tasks where task_id = ?", (task_id,)):
            raise NotFound(f"no task {task_id!r} in this session; session.tasks lists them", task_id=task_id)
        return Task(self, task_id)

    def clip(self, clip_id: str) -> Clip:
        """A clip of this session.

        Raises
        ------
        NotFound
            There is none of that id here.
        """
        if not self.journal.value("select 1 from clips where clip_id = ?", (clip_id,)):
            raise NotFound(f"no clip {clip_id!r} in this session; session.clips lists them")
        return Clip(self, clip_id)

    def __getitem__(self, some_id: str) -> Clip | Task:
        """A clip or a task by its id."""
        if self.journal.value("select 1 from clips where clip_id = ?", (some_id,)):
            return Clip(self, some_id)
        return self.task(some_id)

    def _ipython_key_completions_(self) -> list[str]:
        found = self.journal.rows("select clip_id from clips union all select task_id from tasks")
        return [row[0] for row in found]

    def _truth(self, clip_id: str) -> Any:
        return io_loop().run(self._line().truth(clip_id))

    @property
    def open_tasks(self) -> list[Task]:
        """Tasks whose end was not seen."""
        return [self.task(task_id) for task_id in tasks.open_tasks(self.journal)]

    # ── the end ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def close(self) -> None:
        """Let go of connections and files. What was kept stays; the folder can be opened again."""
        for job in list(self._jobs.values()):
            job.cancel()
        if self._client is not None:
            io_loop().run(self._client.close(), timeout_s=60)
            self._client = None
        if self._emulator is not None:
            self._emulator.close()
            self._emulator = None
        self._store.close()

    def __enter__(self) -> SunoSession:
        return self

    def __exit__(self, *about: object) -> None:
        self.close()


def _shower(throttle: Throttle, count: str) -> Callable[[str, float], None]:
    return lambda stage, elapsed_s: throttle.show(f"{count}{stage} · {elapsed_s:.0f} s")


def _following(line: Client, task_id: str, timeout_s: float | None) -> Callable[[Note], Coroutine[Any, Any, Any]]:
    return lambda note: line.follow(task_id, timeout_s=timeout_s, note=note)


async def _await_all(jobs: list[Job[Any]]) -> Any:
    import asyncio

    try:
        results = await asyncio.gather(*jobs)
    except asyncio.CancelledError:
        for job in jobs:
            job.cancel()
        raise
    return results[0] if len(jobs) == 1 else list(results)


def _keepable(keep: Iterable[str]) -> tuple[str, ...]:
    wanted = (keep,) if isinstance(keep, str) else tuple(keep)
    for name in wanted:
        if name not in KEEPABLE:
            raise InvalidRequest(f"keep= knows {', '.join(KEEPABLE)}, got {name!r}", field="keep", given=name)
    return wanted


def _outside() -> int:
    """How many frames up the user's own code is, for warnings."""
    import sys

    frame, level = sys._getframe(1), 1
    while frame is not None and frame.f_globals.get("__name__", "").startswith("suno_lab."):
        frame, level = frame.f_back, level + 1  # type: ignore[assignment]
    return level


def _make_client(session: SunoSession) -> Client:
    from suno_lab.session.emulating import embedded

    choice: Choice = session._choice
    account = account_of(choice, callback_url=session._callback_url)
    transport, limiter = session._given_transport, None
    if transport is None and choice.binding.service == EMULATOR:
        session._emulator, limiter = embedded(
            session._store, session._emulator_settings, songs=session._songs, clock=session._around.clock
        )
        transport = InProcessTransport(session._emulator.handle)
    transport = transport or HttpTransport()
    return Client(
        session._store, account, transport, policy=session._policy, surroundings=session._around, limiter=limiter
    )
