"""The callback receiver: a small process of its own, so that a dead kernel loses no callback.

It writes what arrives into the session's journal and answers at once. It believes nothing: a callback is a hint, the
record endpoint decides. Run it beside a session, behind whatever makes it reachable from the service::

    python -m suno_lab.client.receiver studies/first --port 8765

and open the session with ``callback_url="https://the-public-name/cb"``. With the service's webhook key in
``SUNO_LAB_WEBHOOK_KEY`` wrongly signed callbacks are kept but do not count.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType

from suno_lab.api.callbacks import read_callback, signed_by
from suno_lab.client.calls import read_json
from suno_lab.errors import StoreError
from suno_lab.store import Journal, inbox

KEY_VARIABLE = "SUNO_LAB_WEBHOOK_KEY"
#: the last part of the path is the id of a request
_INTENT = re.compile(r"/([0-9a-f]{32})/?$")
#: seconds a connection may dawdle
DAWDLE_S = 10.0


def receive(
    journal: Journal, *, path: str, headers: Mapping[str, str], body: bytes, now: float, hmac_key: str | None
) -> int:
    """Keep one callback; the HTTP status to answer with.

    404 for a path without an intent, 413 for a body that is too large, 401 for a wrong signature (kept all the same,
    marked), 200 otherwise, also for one that came before.
    """
    intent = _INTENT.search(path.split("?")[0])
    if intent is None:
        return 404
    if len(body) > inbox.MAX_BODY_BYTES:
        return 413
    hint = read_callback(read_json(body))
    task_id = hint.task_id if hint else None
    signed = None
    if hmac_key is not None:
        signed = signed_by(headers, task_id=task_id or "", now_s=now, hmac_key=hmac_key)
    stage = hint.stage if hint else None
    inbox.keep(journal, intent=intent[1], task_id=task_id, stage=stage, signed=signed, body=body, now=now)
    return 401 if signed is False else 200


def _handler(journal: Journal, *, hmac_key: str | None, clock: Callable[[], float]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = DAWDLE_S
        server_version, sys_version = "suno-lab", ""

        def do_POST(self) -> None:
            length = self.headers.get("content-length", "")
            if not length.isdigit() or int(length) > inbox.MAX_BODY_BYTES:
                self._answer(413 if length.isdigit() else 411)
                return
            body = self.rfile.read(int(length))
            headers = dict(self.headers.items())
            try:
                status = receive(journal, path=self.path, headers=headers, body=body, now=clock(), hmac_key=hmac_key)
            except StoreError:
                status = 503  # the service tries again
            self._answer(status)

        def _answer(self, status: int) -> None:
            body = json.dumps({"code": status}).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.send_header("connection", "close")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: paths hold the ids of requests."""

    return Handler


def make_server(
    journal: Journal, *, host: str = "127.0.0.1", port: int = 0, hmac_key: str | None = None,
    clock: Callable[[], float] = time.time,
) -> ThreadingHTTPServer:  # fmt: skip
    """The receiver as a server that was not started yet."""
    server = ThreadingHTTPServer((host, port), _handler(journal, hmac_key=hmac_key, clock=clock))
    server.daemon_threads = True
    return server


@dataclass
class Receiver:
    """A receiver in a process of its own. Use it as a context, or call :meth:`stop`."""

    process: subprocess.Popen[str]
    address: str

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> Receiver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def spawn(folder: str | Path, *, port: int = 0) -> Receiver:
    """Start a receiver for a session folder on this machine; ``address`` goes into ``callback_url=``.

    Raises
    ------
    StoreError
        It did not start.
    """
    command = [sys.executable, "-m", "suno_lab.client.receiver", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith("http"):
        process.wait(10)
        process.stdout.close()
        raise StoreError(f"the callback receiver for {folder} did not start")
    return Receiver(process=process, address=line.strip())


def main(argv: list[str] | None = None) -> int:
    """Print the address, then receive until ended."""
    parser = argparse.ArgumentParser(prog="python -m suno_lab.client.receiver", description=__doc__)
    parser.add_argument("folder", help="the session's folder")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (this machine only by default)")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    args = parser.parse_args(argv)
    journal = Journal(Path(args.folder).expanduser().resolve() / "session.db")
    server = make_server(journal, host=args.host, port=args.port, hmac_key=os.environ.get(KEY_VARIABLE) or None)
    sys.stdout.write(f"http://{args.host}:{server.server_address[1]}/cb\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
        journal.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
