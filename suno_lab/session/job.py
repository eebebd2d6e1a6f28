"""A handle on something under way: wait for it, await it, or stop watching."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

from suno_lab.client.loop import SLICE_S, io_loop, refuse_own_thread, wait_in_slices
from suno_lab.errors import SunoLabError, WaitTimeout

T = TypeVar("T")
#: so long an interrupted wait lets the watcher write down that it was interrupted
FAREWELL_S = 2.0


class Job(Generic[T]):
    """One request under way.

    Cancelling stops watching; it does not stop the task at the service, and it never cuts a call in two.

    Attributes
    ----------
    request_id : str
        The request.
    stage : str
        What is going on, in the service's words once there is a task.
    """

    def __init__(
        self,
        request_id: str,
        start: Callable[[Callable[[str], None]], Coroutine[Any, Any, T]],
        *,
        task_id: Callable[[], str | None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.request_id, self.stage = request_id, "waiting"
        self._task_id, self._clock = task_id, clock
        self._started_at, self._ended_at = clock(), float("nan")
        self._over = threading.Event()
        self._future: concurrent.futures.Future[T] = io_loop().submit(self._run(start(self._note)))
        self._future.add_done_callback(self._ended)

    async def _run(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return await work
        finally:
            self._over.set()

    def _note(self, stage: str) -> None:
        self.stage = stage

    def _ended(self, future: object) -> None:
        self._ended_at = self._clock()

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def task_id(self) -> str | None:
        """The service's id of the task, once it was accepted."""
        return self._task_id()

    @property
    def state(self) -> str:
        """``running``, ``done``, ``failed`` or ``cancelled``."""
        if not self._future.done():
            return "running"
        if self._future.cancelled():
            return "cancelled"
        return "failed" if self._future.exception() is not None else "done"

    @property
    def elapsed_s(self) -> float:
        """Seconds since it was submitted, until it ended."""
        return (self._ended_at if self._future.done() else self._clock()) - self._started_at

    def done(self) -> bool:
        """Whether it has ended, one way or another."""
        return self._future.done()

    # ── waiting ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def result(self, timeout: float | None = None) -> T:
        """Wait for the result.

        Raises
        ------
        WaitTimeout
            Not finished within ``timeout`` seconds; the job goes on.
        SunoLabError
            What the job failed with.
        """
        refuse_own_thread()
        try:
            return wait_in_slices(self._future, timeout_s=timeout)
        except concurrent.futures.CancelledError:
            raise cancelled_error(self.request_id) from None
        except WaitTimeout as problem:
            raise WaitTimeout(str(problem), task_id=self.task_id or "", waited_s=problem.waited_s) from None

    def watch(self, show: Callable[[str, float], None]) -> T:
        """Wait for the result and report stage and seconds while waiting; an interrupt stops the watching only."""
        refuse_own_thread()
        try:
            while not self._future.done():
                show(self.stage, self.elapsed_s)
                concurrent.futures.wait([self._future], timeout=SLICE_S)
            return self.result()
        except KeyboardInterrupt:
            self.cancel()
            self.farewell()
            raise

    def __await__(self) -> Generator[Any, None, T]:
        return self._awaited().__await__()

    async def _awaited(self) -> T:
        """In slices: a kernel acts on an interrupt only when its loop wakes up for something else."""
        ours = asyncio.wrap_future(self._future)
        try:
            while not ours.done():
                await asyncio.wait([ours], timeout=SLICE_S)
            return ours.result()
        except asyncio.CancelledError:
            self.cancel()
            await asyncio.shield(asyncio.to_thread(self.farewell))
            raise

    def cancel(self) -> bool:
        """Stop watching. The task goes on at the service; ``session.resume()`` looks at it again."""
        return self._future.cancel()

    def farewell(self) -> None:
        """After :meth:`cancel`: wait (not long) until it is written down that the watching was interrupted."""
        self._over.wait(FAREWELL_S)

    def add_done_callback(self, call: Callable[[Job[T]], Any]) -> None:
        """Have ``call(job)`` called when it has ended (from the loop thread, or at once)."""
        self._future.add_done_callback(lambda _: call(self))

    def __repr__(self) -> str:
        return f"<Job {self.state}: {self.stage}, {self.elapsed_s:.0f} s, request {self.request_id}>"


def cancelled_error(request_id: str) -> SunoLabError:
    """The error of a job that is not watched any more."""
    return SunoLabError(
        f"request {request_id} is not watched any more; a task the service accepted goes on there – "
        "session.resume() looks at it again and costs nothing"
    )
