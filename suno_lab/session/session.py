"""The session: one folder, one service, and everything asked and answered between them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.api.hosts import PROFILES, Host
from suno_lab.client.client import Client
from suno_lab.client.loop import io_loop
from suno_lab.client.policy import Policy, Surroundings
from suno_lab.errors import InvalidRequest, NotFound, OutcomeUnknown, ReadOnlySession
from suno_lab.session.alongside import keepable
from suno_lab.session.clip import Clip
from suno_lab.session.job import Job
from suno_lab.session.keeping import Keeping
from suno_lab.session.keys import ASK
from suno_lab.session.measuring import Measuring
from suno_lab.session.operations import Operations
from suno_lab.session.paying import Paying
from suno_lab.session.progress import Progress, choose_display
from suno_lab.session.repeats import Repeats
from suno_lab.session.requesting import Requesting
from suno_lab.session.service import EMULATOR, Choice, Wish, account_of, choose_with_key
from suno_lab.session.showing import Showing
from suno_lab.session.task import Task
from suno_lab.settings import Secret, Settings
from suno_lab.store import Journal, SessionFolder, tasks
from suno_lab.store import requests as ledger
from suno_lab.store.frames import Frames
from suno_lab.store.requests import RequestState
from suno_lab.transport import HttpTransport, InProcessTransport, Transport

if TYPE_CHECKING:
    from suno_lab.emulator import Emulator, EmulatorSettings, SongMaker


class SunoSession(Operations, Requesting, Measuring, Paying, Keeping, Showing):
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
        Better kept in the environment, the system's keyring or ``.env``: ``KIE_API_KEY``, ``SUNO_API_KEY``, or
        ``SUNO_LAB_API_KEY`` for a base address. ``"ask"`` asks for it.
    callback_url : str, optional
        Public address of a callback receiver (``suno_lab.client.receiver``).
    max_credits : float, optional
        Ceiling for everything this folder's requests cost together.
    keep : tuple of str
        What is kept of each clip: ``"mp3"``, ``"image"``; and what calls of their own make, most of them paid
        (:meth:`price` counts them, ``max_credits`` stops them): ``"wav"``, ``"timed_lyrics"``, ``"stems"``,
        ``"cover"``.
    settle_s, callback_wait_s : float
        Seconds a charge may take to show in the balance, and a callback to come in, after an answer was lost: so long
        nothing is concluded.
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
        settle_s: float = Policy.settle_s,
        callback_wait_s: float = Policy.callback_wait_s,
        emulator: EmulatorSettings | None = None,
        progress: Progress = "auto",
        transport: Transport | None = None,
        songs: SongMaker | None = None,
        settings: Settings | None = None,
        clock: Callable[[], float] = time.time,
        surroundings: Surroundings | None = None,
    ) -> None:
        if isinstance(api_key, str) and api_key != ASK:
            api_key = Secret(api_key)  # from here on no frame holds it in clear
        self._around = surroundings or Surroundings(clock=clock)
        self._policy = Policy(
            max_credits=max_credits, keep=keepable(keep), settle_s=settle_s, callback_wait_s=callback_wait_s
        )
        self._progress, self._callback_url = progress, callback_url
        if host_profile is None and emulator is not None:
            host_profile = emulator.host_profile
        wish = Wish(service=service, base_url=base_url, host_profile=host_profile)
        self._store = SessionFolder(path)
        try:
            self._choice = choose_with_key(wish, api_key, settings, self._store.binding())
            _refuse_idle_settings(emulator, self._choice)
            self._store.bind(self._choice.binding)
        except BaseException:
            self._store.close()
            raise
        self._emulator_settings, self._songs, self._given_transport = emulator, songs, transport
        self._emulator: Emulator | None = None
        self._client: Client | None = None
        self._pid = os.getpid()
        self._frames, self._repeats = Frames(self.journal), Repeats()
        self._jobs: dict[str, Job[Any]] = {}
        if self._choice.said:
            choose_display(progress).say(f"suno_lab: {self._choice.said}")
        if self._choice.locked:
            choose_display(progress).say(f"suno_lab: {self._choice.locked}")
        self._recover_after_crash()
        self._store.sweep()

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
    def host(self) -> Host:
        """Whose vocabulary, limits and prices the service has."""
        return PROFILES[self._choice.binding.profile]

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
        here = Path.cwd()
        shown = self.folder.relative_to(here) if self.folder.is_relative_to(here) else self.folder
        return f"<SunoSession {str(shown)!r} on {self.service}: {clips_n} clips{tail}>"

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
        if self._client is not None and self._pid != os.getpid():
            self._client = self._emulator = None  # the parent's: connections do not survive a fork
            self._jobs = {}
        if self._client is None:
            self._pid = os.getpid()
            self._client = _make_client(self)
        return self._client

    def _say_price(self, price: float | None, balance: float | None) -> None:
        """Before the first call that costs: what it costs and what is there, unless a ceiling was set."""
        if self._policy.max_credits is not None or self.emulated:
            return
        cost = "has no published price" if price is None else f"costs {price:g} credits"
        left = "" if balance is None else f"; the account holds {balance:g}"
        choose_display(self._progress).say(f"suno_lab: this call {cost}{left} (max_credits= sets a ceiling)")

    def _recover_after_crash(self) -> None:
        """A request whose process died between sending and answer may have been accepted."""
        for row in ledger.in_states(self.journal, RequestState.SENT):
            if not self._store.is_alive(row.owner):
                error = OutcomeUnknown("the process that sent it ended before the answer came")
                now = self._around.clock()
                ledger.mark(self.journal, row.request_id, RequestState.UNKNOWN, now=now, error=error, durable=True)

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
        if self.journal.value("select 1 from tasks where task_id = ?", (some_id,)):
            return Task(self, some_id)
        raise NotFound(f"no clip or task {some_id!r} in this session; session.clips and session.tasks list them")

    @property
    def clip_ids(self) -> list[str]:
        """The ids of all clips, in the order they were asked for."""
        sql = "select clip_id from clips c join requests r on r.task_id = c.task_id order by r.run_order, c.sibling"
        return [str(row[0]) for row in self.journal.rows(sql)]

    def _ipython_key_completions_(self) -> list[str]:
        return [*self.clip_ids, *(str(row[0]) for row in self.journal.rows("select task_id from tasks"))]

    def _truth(self, clip_id: str) -> Any:
        return io_loop().run(self._line().asker.truth(clip_id))

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


def _refuse_idle_settings(emulator: EmulatorSettings | None, choice: Choice) -> None:
    if emulator is not None and choice.binding.service != EMULATOR:
        message = f"emulator= is for the embedded emulator; this session speaks to {choice.binding.base_url}"
        raise InvalidRequest(message, field="emulator")


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
        session._store,
        account,
        transport,
        policy=session._policy,
        surroundings=session._around,
        limiter=limiter,
        first_paid=session._say_price,
    )
