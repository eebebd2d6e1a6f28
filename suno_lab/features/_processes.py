"""Many files on the cores of one machine. A worker that dies takes one row with it, not the table."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from suno_lab.features._measuring import Measured, Work
from suno_lab.features._worker import read_measured, written

COMMAND = (sys.executable, "-P", "-m", "suno_lab.features._worker")

#: as many workers as cores: more threads within each would only be in each other's way
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def measured_by_processes(works: Sequence[Work], *, jobs: int) -> Iterator[Measured]:
    """Measure files in ``jobs`` processes; answers in order. Leaving early ends the processes."""
    crew = _Crew()
    with ThreadPoolExecutor(max_workers=min(jobs, len(works))) as threads:
        try:
            yield from threads.map(crew.measure, works)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            crew.dismiss()


class _Crew:
    """Worker processes, one for each thread that asks."""

    def __init__(self) -> None:
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._workers: list[subprocess.Popen[str]] = []
        self._dismissed = False

    def measure(self, work: Work) -> Measured:
        """Have this thread's worker measure a file."""
        worker = self._worker()
        if worker is None:
            return Measured(error="CancelledError: the table was given up")
        answer = _answer(worker, work)
        if answer.endswith("\n"):
            return read_measured(answer)
        return Measured(error=f"WorkerDied: the process that measured it {_end(worker.wait())}")

    def dismiss(self) -> None:
        """End all workers; none is started after that."""
        with self._lock:
            self._dismissed = True
        for worker in self._workers:
            _end_of(worker)

    def _worker(self) -> subprocess.Popen[str] | None:
        """This thread's worker; a new one where there is none, or none any more."""
        worker: subprocess.Popen[str] | None = getattr(self._mine, "worker", None)
        if worker is not None and worker.poll() is None:
            return worker
        with self._lock:
            if self._dismissed:
                return None
            self._mine.worker = _started()
            self._workers.append(self._mine.worker)
        return self._mine.worker


def _started() -> subprocess.Popen[str]:
    here = {"PYTHONPATH": os.pathsep.join(folder for folder in sys.path if folder)}
    pipe = subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 – this package's own module
        COMMAND, stdin=pipe, stdout=pipe, text=True, encoding="ascii", env={**ONE_THREAD, **os.environ, **here}
    )


def _answer(worker: subprocess.Popen[str], work: Work) -> str:
    """The worker's line; empty where it died."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        worker.stdin.write(written(work))
        worker.stdin.flush()
        return worker.stdout.readline()
    except (OSError, ValueError):  # its end of the pipe is gone, or ours was closed
        return ""


def _end_of(worker: subprocess.Popen[str]) -> None:
    worker.kill()
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # what was left to write went nowhere
                continue


def _end(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
