"""Processes of a benchmark: started with this Python, killed without mercy, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def python(
    arguments: Sequence[str | Path], *, stdout: int | None = subprocess.DEVNULL, stderr: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """``python *arguments`` in a process of its own; it does not outlive the context."""
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)], cwd=ROOT, env=environment(), stdout=stdout, stderr=stderr
    )
    try:
        yield process
    finally:
        kill9(process)
        if process.stdout is not None:
            process.stdout.close()


def kill9(process: subprocess.Popen[bytes]) -> None:
    """End a process as a power cut would, and wait for it."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()


def environment() -> dict[str, str]:
    """This process's environment without keys and services of the user's."""
    private = ("KIE_", "SUNO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(private)}
