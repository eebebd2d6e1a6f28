"""Files, made once and kept: on need in the request, or ahead of it by one worker thread."""

from __future__ import annotations

import logging
import os
import queue
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from suno_lab.emulator.tasks import digest

log = logging.getLogger(__name__)

#: so many files may wait to be made ahead of a request; more are left to the request itself
AHEAD_N = 8
REMEMBERED_N = 10_000


class MediaCache:
    """Bytes by the key of what they are made from.

    Two processes may make the same file at once: both write aside and rename, the contents are equal.

    Parameters
    ----------
    folder : Path
        Made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        self._ahead: queue.Queue[Callable[[], object] | None] = queue.Queue(maxsize=AHEAD_N)
        self._worker: threading.Thread | None = None
        self._asked: set[str] = set()

    def path(self, key: str, ext: str) -> Path:
        """Where the file of that key is, or will be."""
        return self._folder / key[:2] / f"{key}.{ext}"

    def fetch(self, key: str, ext: str, make: Callable[[], bytes]) -> bytes:
        """The bytes of that key, made by ``make`` where they are not there yet."""
        path = self.path(key, ext)
        with suppress(FileNotFoundError):
            return path.read_bytes()
        with self._lock:
            one_at_a_time = self._locks.setdefault(key, threading.Lock())
        with one_at_a_time:
            with suppress(FileNotFoundError):
                return path.read_bytes()
            body = make()
            write_atomically(path, body)
        with self._lock:
            self._locks.pop(key, None)
        return body

    def offer(self, key: str, ext: str, make: Callable[[], bytes]) -> None:
        """Make the file of that key by the way, where it is not there yet; nobody is kept waiting for it."""
        path = self.path(key, ext)
        if not path.exists():
            write_atomically(path, make())

    def ahead(self, key: str, work: Callable[[], object]) -> None:
        """Have ``work`` done soon by the worker thread, once per key; forgotten when the queue is full."""
        with self._lock:
            if key in self._asked:
                return
            if len(self._asked) >= REMEMBERED_N:
                self._asked.clear()
            self._asked.add(key)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, name="suno_lab-render", daemon=True)
                self._worker.start()
        with suppress(queue.Full):
            self._ahead.put_nowait(work)

    def _work(self) -> None:
        while (work := self._ahead.get()) is not None:
            try:
                work()
            except Exception as problem:  # noqa: BLE001 - the border of a worker; the request will say it again
                log.warning("a file could not be made ahead: %s: %s", type(problem).__name__, problem)

    def close(self) -> None:
        """Stop the worker after what it is doing now."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is None:
            return
        with suppress(queue.Empty):
            while True:
                self._ahead.get_nowait()
        self._ahead.put(None)
        worker.join()


def media_key(*parts: object) -> str:
    """The key of a file: a hash of what it is made from."""
    return digest("media", *parts).hex()


def write_atomically(path: Path, body: bytes) -> None:
    """Write aside, then rename: a reader sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        os.replace(aside, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(aside)
        raise
