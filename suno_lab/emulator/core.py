"""The emulator as an object: settings, state and song maker held together, with the in-process shell."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from suno_lab.api.music import GENERATE
from suno_lab.api.music import RECORD as MUSIC_RECORD
from suno_lab.emulator.call import Service
from suno_lab.emulator.callbacks import deliver_due
from suno_lab.emulator.composing import Composer
from suno_lab.emulator.faults import Dice
from suno_lab.emulator.handling import Broken, handle
from suno_lab.emulator.limiter import ReadLimiter
from suno_lab.emulator.media import MediaCache
from suno_lab.emulator.recordings import BlobStore
from suno_lab.emulator.settings import EmulatorSettings
from suno_lab.emulator.songs import EngineSongs, SongMaker
from suno_lab.emulator.state import State
from suno_lab.errors import OutcomeUnknown
from suno_lab.models import HttpReply, HttpRequest, TaskState
from suno_lab.settings import Secret

log = logging.getLogger(__name__)


class Emulator:
    """The service, on this machine.

    Safe to call from several threads, and several processes may open the same folder at the same time.

    Parameters
    ----------
    data : Path
        Where tasks, ledger and files are kept. Whoever opens it later goes on answering for the same tasks.
    settings : EmulatorSettings
        How it behaves.
    api_key : Secret or str or None
        The key calls must carry; without one every call is let in.
    clock : callable
        Unix seconds. States are a function of it.
    songs : SongMaker or None
        Who makes the songs; by default the embedded engine.
    """

    def __init__(
        self,
        data: Path,
        settings: EmulatorSettings | None = None,
        *,
        api_key: Secret | str | None = None,
        clock: Callable[[], float] = time.time,
        songs: SongMaker | None = None,
    ) -> None:
        self.settings = settings or EmulatorSettings()
        self.clock = clock
        state = State(data, credits=self.settings.credits)
        songs = songs or EngineSongs()
        blobs = BlobStore(data / "recordings")
        self.service = Service(
            settings=self.settings,
            state=state,
            songs=songs,
            media=MediaCache(data / "media"),
            composer=Composer(state=state, songs=songs, blobs=blobs, settings=self.settings),
            blobs=blobs,
            reads=ReadLimiter(),
            key=Secret(api_key) if isinstance(api_key, str) else api_key,
        )
        #: where links of callbacks point to; "" means where the task was created
        self.origin = ""
        self._calling_back = threading.Lock()
        self._closed = False
        self._dice = Dice(self.settings.seed, start=state.lines_n)

    def answer(self, request: HttpRequest) -> HttpReply | Broken:
        """One answer, faults of the wire included as values."""
        return handle(request, service=self.service, now=self.clock(), dice=self._dice)

    def handle(self, request: HttpRequest) -> HttpReply:
        """One answer, for :class:`~suno_lab.transport.InProcessTransport`.

        Raises
        ------
        OutcomeUnknown
            When a fault of the wire struck, as a real connection would.
        """
        answer = self.answer(request)
        self._call_back_soon()
        if isinstance(answer, Broken):
            what = f"{request.method} {request.origin}{request.path}"
            raise OutcomeUnknown(f"{what} broke off after it was sent ({answer.fault}); it may have been received")
        return answer

    def is_quick(self, request: HttpRequest) -> bool:
        """Whether the answer takes no composing and no rendering, so that a loop may give it itself."""
        path = request.path
        if request.method == "POST":
            return path == GENERATE.path
        if path != MUSIC_RECORD.path:
            return path == self.settings.host.credit_path or path == "/_emulator/health"
        task_id = request.query.get("taskId", "")
        task = self.service.state.task(task_id)
        pending = task is None or task.state_at(self.clock()) is TaskState.PENDING
        return pending or self.service.composer.knows(task_id)

    def deliver_due_callbacks(self, now: float) -> int:
        """Send the callbacks that are due at ``now`` (Unix seconds); how many were tried."""
        return deliver_due(self.service, now=now, origin=self.origin)

    def _call_back_soon(self) -> None:
        """In this process nobody watches the clock: after an answer a short-lived thread sends what is due."""
        if not self.service.state.due_callbacks(now=self.clock()) or not self._calling_back.acquire(blocking=False):
            return

        def send() -> None:
            try:
                while not self._closed and self.deliver_due_callbacks(self.clock()):
                    pass
            except sqlite3.Error as problem:
                log.warning("callbacks could not be sent: %s", problem)
            finally:
                self._calling_back.release()

        threading.Thread(target=send, name="suno_lab-callbacks", daemon=True).start()

    def close(self) -> None:
        """Stop the worker and let go of the files; a later one may go on from the same folder."""
        self._closed = True
        with self._calling_back:
            pass  # a callback that is being sent may end
        self.service.media.close()
        self.service.state.close()

    def __enter__(self) -> Emulator:
        return self

    def __exit__(self, *about: object) -> None:
        self.close()
