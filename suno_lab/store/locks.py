"""Locks that other processes see, and that a killed process lets go of."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType

try:
    import fcntl
except ImportError:  # not a POSIX system: the database's own locks have to do
    fcntl = None  # type: ignore[assignment]


class FileLock:
    """An exclusive lock on a file; re-entrant within a thread, waits for other threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = threading.RLock()
        self._depth = 0
        self._file: int | None = None  # a plain descriptor: the system closes it when the process ends

    def __enter__(self) -> FileLock:
        self._threads.acquire()
        try:
            if self._depth == 0 and fcntl is not None:
                if self._file is None:
                    self._file = open_private(self.path)
                fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise
        self._depth += 1
        return self

    def close(self) -> None:
        """Let go of the file; entering again opens it anew."""
        with self._threads:
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth == 0 and fcntl is not None and self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._threads.release()


class Presence:
    """A sign that a process is alive: a file it keeps locked. ``kill -9`` lets go of it."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.name = name
        self._path = folder / f"{name}.alive"
        self._file: int
        if fcntl is None:
            self._file = open_private(self._path)
            return
        coming = folder / f"{name}.coming"  # locked before anybody can see it, and take it for a dead one's
        self._file = open_private(coming)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        coming.replace(self._path)

    def end(self) -> None:
        """Take the sign away."""
        os.close(self._file)
        self._path.unlink(missing_ok=True)

    @staticmethod
    def is_alive(folder: Path, name: str) -> bool:
        """Whether the process that gave itself this name still lives."""
        path = folder / f"{name}.alive"
        if not path.exists():
            return False
        if fcntl is None:
            return True
        with path.open("r") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return True
        return False


def open_private(path: Path) -> int:
    """Open for locking, as a descriptor; made with mode 0600 when absent."""
    return os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
