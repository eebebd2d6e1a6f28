"""Work that no cell has to wait for: done by a few threads, what is seen before what is heard."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from enum import IntEnum
from itertools import count
from queue import PriorityQueue

#: so much is done at the same moment
WORKERS_N = max(1, min(4, os.cpu_count() or 1))


class Order(IntEnum):
    """What goes first."""

    SEEN = 0
    HEARD = 1


class Aside:
    """Does what it is handed in threads of its own, by :class:`Order` and then first come, first served."""

    def __init__(self, *, workers_n: int = WORKERS_N) -> None:
        self._waiting: PriorityQueue[tuple[int, int, Callable[[], None], threading.Event]] = PriorityQueue()
        self._numbers = count()
        for _ in range(workers_n):
            threading.Thread(target=self._work, name="suno_lab-widgets", daemon=True).start()

    def put(self, work: Callable[[], None], *, order: Order) -> threading.Event:
        """Have something done; the event is set when it is. ``work`` itself deals with what may go wrong."""
        done = threading.Event()
        self._waiting.put((order, next(self._numbers), work, done))
        return done

    def _work(self) -> None:
        while True:
            *_, work, done = self._waiting.get()
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
