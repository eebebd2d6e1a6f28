"""Having files decoded in a process apart, so that a bad one costs that process and not the kernel."""

from __future__ import annotations

import atexit
import base64
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import suno_lab
from suno_lab.audio.inspection import Inspection
from suno_lab.errors import DownloadError

#: after so long an answer is not waited for any more
PATIENCE_S = 90.0
COMMAND = (sys.executable, "-P", "-m", "suno_lab.audio.inspection")
#: what a decoder has no use for
WITHHELD = ("KIE_API_KEY", "SUNO_API_KEY", "SUNO_LAB_API_KEY", "SUNO_LAB_WEBHOOK_KEY")


class Inspector:
    """One decoding process, started when first needed and again whenever it died.

    Parameters
    ----------
    command : sequence of str
        What to start; it reads a JSON string a line and answers with a JSON object a line.
    patience_s : float
        A file that takes longer ends the process.
    """

    def __init__(self, command: Sequence[str] = COMMAND, *, patience_s: float = PATIENCE_S) -> None:
        self._command, self._patience_s = tuple(command), patience_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def inspect(self, path: Path) -> Inspection:
        """What a file holds. Blocks; files wait for each other.

        Raises
        ------
        DownloadError
            It does not decode, takes too long, or the decoder died of it.
        """
        with self._lock:
            found = self._ask(path)
        if "error" in found:
            raise DownloadError(f"the file does not decode: {found['error']}; it is not kept")
        return Inspection(**found | {"outline": base64.b64decode(found["outline"])})

    def _ask(self, path: Path) -> dict[str, Any]:
        process = self._alive()
        assert process.stdin is not None
        assert process.stdout is not None
        patience = threading.Timer(self._patience_s, process.kill)
        patience.daemon = True
        patience.start()
        try:
            process.stdin.write(json.dumps(os.fspath(path.resolve())).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = b""
        finally:
            patience.cancel()
        if line.endswith(b"\n"):
            return dict(json.loads(line))
        self._end()
        return {"error": f"the decoder ended on it (exit code {process.returncode})"}

    def _alive(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=environment(), start_new_session=True,
            )  # fmt: skip
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue  # what was on its way to a dead process

    def close(self) -> None:
        """End the process; the next file starts another."""
        with self._lock:
            self._end()


def environment() -> dict[str, str]:
    """The surroundings of the decoder: this package can be found there, keys cannot."""
    kept = {name: value for name, value in os.environ.items() if name not in WITHHELD}
    home = str(Path(suno_lab.__file__).parent.parent)
    path = os.pathsep.join(filter(None, (home, kept.get("PYTHONPATH"))))
    return kept | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


#: by process: a forked child starts its own, and leaves its parent's alone
_shared: dict[int, Inspector] = {}
_shared_lock = threading.Lock()


def shared_inspector() -> Inspector:
    """The one decoding process of this process."""
    with _shared_lock:
        pid = os.getpid()
        if pid not in _shared:
            _shared[pid] = Inspector()
            atexit.register(_shared[pid].close)
        return _shared[pid]
