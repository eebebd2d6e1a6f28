"""One background event loop for everything that waits.

A notebook has a running loop of its own, a script has none; patching the former breaks kernels. So the asynchronous
half of the package lives on one daemon thread, and everybody else hands it coroutines.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from suno_lab.errors import SunoLabError, WaitTimeout

T = TypeVar("T")
THREAD_NAME = "suno_lab-io"
#: a waiting thread looks up this often, so that an interrupt is answered at once
SLICE_S = 0.1


class LoopThread:
    """A plain asyncio loop on a daemon thread. Use :func:`io_loop` to get the one of this process."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, name=THREAD_NAME, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    @property
    def usable(self) -> bool:
        """Whether it belongs to this process and still runs."""
        return self.pid == os.getpid() and self.thread.is_alive()

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Hand a coroutine over; its future."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def run(self, coroutine: Coroutine[Any, Any, T], *, timeout_s: float | None = None) -> T:
        """Hand a coroutine over and wait for it, in slices.

        Raises
        ------
        SunoLabError
            Called from the loop's own thread, where waiting would never end.
        """
        try:
            refuse_own_thread()
        except SunoLabError:
            coroutine.close()
            raise
        future = self.submit(coroutine)
        try:
            return wait_in_slices(future, timeout_s=timeout_s)
        except BaseException:
            future.cancel()
            raise


_current: LoopThread | None = None
_making = threading.Lock()


def io_loop() -> LoopThread:
    """The loop thread of this process; made on first use, and again after a fork."""
    global _current
    if _current is None or not _current.usable:
        with _making:
            if _current is None or not _current.usable:
                _current = LoopThread()
    return _current


def _forget_after_fork() -> None:
    global _current, _making
    _current, _making = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)


def refuse_own_thread() -> None:
    """Raise where a blocking call would wait for itself."""
    if threading.current_thread().name == THREAD_NAME:
        raise SunoLabError(
            "a blocking call from inside suno_lab's own loop thread would never return; "
            "await the asynchronous twin of the method there (agenerate, aresult, …)"
        )


def wait_in_slices(future: concurrent.futures.Future[T], *, timeout_s: float | None = None) -> T:
    """Wait for a future so that an interrupt is answered promptly on every platform.

    Raises
    ------
    WaitTimeout
        Not finished within ``timeout_s`` seconds; the work goes on.
    """
    end = None if timeout_s is None else time.monotonic() + timeout_s
    while True:
        left = SLICE_S if end is None else min(SLICE_S, end - time.monotonic())
        concurrent.futures.wait([future], timeout=max(left, 0.0))
        if future.done():  # a cancelled one is done before anybody is told
            return future.result()
        if end is not None and time.monotonic() >= end:
            raise WaitTimeout(
                f"not finished after {timeout_s:g} s; it goes on in the background", waited_s=timeout_s or 0
            )
