"""Work that no cell has to wait for: done by a few threads, what is seen before what is heard."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from enum import IntEnum
from itertools import count
from queue import PriorityQueue

#: so much is done at the same moment
WORKERS_N = max(1, min(4, os.cpu_count() or 1))
#: sounds wait until nothing was added for so long, looking every so often
QUIET_S, LOOK_AGAIN_S = 0.3, 0.05


class Order(IntEnum):
    """What goes first."""

    SEEN = 0
    HEARD = 1


class Aside:
    """Does what it is handed in threads of its own, by :class:`Order` and then first come, first served."""

    def __init__(self, *, workers_n: int = WORKERS_N) -> None:
        self._waiting: PriorityQueue[tuple[int, int, Callable[[], None], threading.Event]] = PriorityQueue()
        self._numbers = count()
        self._last_put_s = time.monotonic()
        for _ in range(workers_n):
            threading.Thread(target=self._work, name="suno_lab-widgets", daemon=True).start()

    def put(self, work: Callable[[], None], *, order: Order) -> threading.Event:
        """Have something done; the event is set when it is. ``work`` itself deals with what may go wrong."""
        done = threading.Event()
        self._last_put_s = time.monotonic()
        self._waiting.put((order, next(self._numbers), work, done))
        return done

    def _work(self) -> None:
        while True:
            order, number, work, done = self._waiting.get()
            if order == Order.HEARD and time.monotonic() < self._last_put_s + QUIET_S:
                # more is being made: a sound sent now would stand before it on the way to the browser
                self._waiting.put((order, number, work, done))
                time.sleep(LOOK_AGAIN_S)
                continue
            try:
                work()
            finally:
                done.set()
            del work, done  # a waiting thread keeps nothing alive


#: by process: threads do not survive a fork
_shared: dict[int, Aside] = {}
_shared_lock = threading.Lock()


def shared_aside() -> Aside:
    """The threads of this process, started when first needed."""
    with _shared_lock:
        pid = os.getpid()
        if pid not in _shared:
            _shared[pid] = Aside()
        return _shared[pid]
