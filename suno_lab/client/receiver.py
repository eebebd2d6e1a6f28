"""The callback receiver: a small process of its own, so that what the service says is kept while no session runs.

``python -m suno_lab.client.receiver FOLDER --port 8765`` keeps callbacks for the session in ``FOLDER``; a session that
is opened with ``callback_url=`` (the public address of that port) reads them when an answer was lost. A callback is a
hint: it can name a task, nothing else of it is believed. Set ``SUNO_LAB_WEBHOOK_KEY`` to refuse unsigned ones.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from suno_lab.api.callbacks import read_callback, signed_by
from suno_lab.client.calls import read_json
from suno_lab.errors import StoreError
from suno_lab.settings import Secret
from suno_lab.store import Journal, SessionFolder, inbox
from suno_lab.store.locks import Presence

log = logging.getLogger(__name__)

KEY_VARIABLE = "SUNO_LAB_WEBHOOK_KEY"
#: where a receiver shows that it listens
SIGNS = ".receivers"
#: one request is told about a handful of times; more is a flood
MOST_PER_REQUEST = 32
#: so many callbacks are heard at the same moment; others wait in the socket's line
AT_ONCE = 16
#: a caller who is slower than this is cut off
PATIENCE_S = 10.0
#: for so long a caller whose body is refused is listened to, and not heard
LINGER_S = 2.0
_INTENT = re.compile(r"[0-9a-f]{32}")
_TASK_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)


def take(
    journal: Journal,
    *,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    now: float,
    hmac_key: Secret | None = None,
) -> int:
    """Judge one callback and keep it where it may be true.

    Parameters
    ----------
    path : str
        Its last part is the id of the request it is about.
    headers : mapping
        Names in any case.
    now : float
        Unix seconds.
    hmac_key : Secret or None
        With a key, callbacks without a fresh signature of it are refused.

    Returns
    -------
    int
        HTTP status: 200 kept (or kept before), 400 not a callback, 401 not signed, 404 about no request of this
        folder, 413 too large, 429 too many about one request.
    """
    intent = urlsplit(path).path.rsplit("/", 1)[-1]
    if not _INTENT.fullmatch(intent) or not journal.value("select 1 from requests where request_id = ?", (intent,)):
        return 404
    if len(body) > inbox.MAX_BODY_BYTES:
        return 413
    hint = read_callback(read_json(body))
    if hint is None or not _TASK_ID.fullmatch(hint.task_id):
        return 400
    if hmac_key and not signed_by(headers, task_id=hint.task_id, now_s=now, hmac_key=hmac_key.reveal()):
        return 401
    if int(journal.value("select count(*) from callbacks where intent = ?", (intent,))) >= MOST_PER_REQUEST:
        return 429
    signed = True if hmac_key else None
    inbox.keep(journal, intent=intent, task_id=hint.task_id, stage=hint.stage, signed=signed, body=body, now=now)
    return 200


# ── over HTTP ────────────────────────────────────────────────────────────────────────────────────────────────────────
class _Server(ThreadingHTTPServer):
    """Answers in threads, a bounded number of them."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], answer: Callable[[str, Mapping[str, str], bytes], int]) -> None:
        self.answer = answer
        self._places = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._places.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("a caller went away", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE_S
    server_version, sys_version = "suno-lab", ""

    def do_POST(self) -> None:
        status = self._judged()
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()
        if status in (411, 413):
            self._hear_out()

    def _hear_out(self) -> None:
        """Read on for a moment: closed on unread bytes, a connection is reset, and the answer may be lost with it."""
        end_s = time.monotonic() + LINGER_S
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while (left_s := end_s - time.monotonic()) > 0:
                self.connection.settimeout(left_s)
                if not self.connection.recv(65_536):
                    break

    def _judged(self) -> int:
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdecimal()):
            return 411
        if int(length[:20]) > inbox.MAX_BODY_BYTES:
            return 413
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return 400
        return self.server.answer(self.path, dict(self.headers.items()), body)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)


def serve(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    hmac_key: Secret | None = None,
    clock: Callable[[], float] = time.time,
    on_ready: Callable[[str], None] = lambda url: None,
) -> None:
    """Receive callbacks for a session's folder until SIGTERM or SIGINT.

    Parameters
    ----------
    host, port : str, int
        Where to listen; port 0 takes a free one.
    on_ready : callable
        Told the address once it listens.
    """
    store = SessionFolder(folder)

    def answer(path: str, headers: Mapping[str, str], body: bytes) -> int:
        try:
            return take(store.journal, path=path, headers=headers, body=body, now=clock(), hmac_key=hmac_key)
        except StoreError:  # the service asks again after a 503
            log.exception("a callback could not be kept")
            return 503

    with _Server((host, port), answer) as server:
        stop = lambda *_: threading.Thread(target=server.shutdown).start()  # noqa: E731 - shutdown waits for the loop
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, stop)
        port = server.server_address[1]
        sign = Presence(store.path / SIGNS, f"{host.replace(':', '_')} {port}")
        try:
            on_ready(f"http://{host}:{port}")
            server.serve_forever(poll_interval=0.2)
        finally:
            sign.end()
    store.close()


def receivers_of(folder: Path) -> list[str]:
    """Addresses of the receivers that listen for a session's folder right now, on this machine."""
    signs = folder / SIGNS
    names = sorted(path.name.removesuffix(".alive") for path in signs.glob("*.alive"))
    return [f"http://{name.replace(' ', ':')}" for name in names if Presence.is_alive(signs, name)]


@dataclass(frozen=True)
class Receiver:
    """A receiver in a process of its own; a context that ends it.

    Attributes
    ----------
    address : str
        Its address on this machine, for ``callback_url=``.
    """

    process: subprocess.Popen[bytes]
    address: str

    def stop(self) -> None:
        """End the process; what it kept stays."""
        self.process.terminate()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> Receiver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def spawn(folder: str | Path, *, port: int = 0, hmac_key: Secret | None = None) -> Receiver:
    """Start a receiver for a session's folder in a process of its own.

    Raises
    ------
    StoreError
        It did not start.
    """
    command = [sys.executable, "-m", "suno_lab.client.receiver", str(folder), "--port", str(port)]
    around = dict(os.environ)
    around.pop(KEY_VARIABLE, None)
    if hmac_key:
        around[KEY_VARIABLE] = hmac_key.reveal()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=around, start_new_session=True)  # noqa: S603
    assert process.stdout is not None
    ready = process.stdout.readline()
    if not ready:
        process.stdout.close()
        raise StoreError(f"the callback receiver for {folder} did not start (exit code {process.wait()})")
    return Receiver(process=process, address=str(json.loads(ready)["url"]))


def main(argv: Sequence[str]) -> int:
    """The command line of the process."""
    parser = argparse.ArgumentParser(prog="python -m suno_lab.client.receiver", description=__doc__)
    parser.add_argument("folder", type=Path, help="the session's folder")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    options = parser.parse_args(argv)
    key = os.environ.pop(KEY_VARIABLE, "")
    serve(
        options.folder, host=options.host, port=options.port, hmac_key=Secret(key) if key else None, on_ready=_announce
    )
    return 0


def _announce(url: str) -> None:
    with suppress(BrokenPipeError):
        sys.stdout.write(json.dumps({"url": url, "pid": os.getpid()}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
