"""Running the HTTP shell: in the foreground until a signal, or in a thread for tests and notebooks."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import uvicorn

from suno_lab.emulator.asgi import HttpShell
from suno_lab.emulator.core import Emulator
from suno_lab.emulator.media import write_atomically

log = logging.getLogger(__name__)

#: how often due callbacks are looked for
CALLBACK_EVERY_S = 0.2


def serve(
    emulator: Emulator,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    ready_file: Path | None = None,
    on_ready: Callable[[dict[str, object]], None] = lambda about: None,
) -> None:
    """Answer over HTTP until SIGTERM or SIGINT; open answers are finished first.

    Parameters
    ----------
    host, port : str, int
        Where to listen; port 0 takes a free one.
    ready_file : Path or None
        Written when calls are answered: ``{"url": …, "port": …, "pid": …}``; removed at the end.
    on_ready : callable
        Called with the same values.
    """
    with _listening(host, port) as listener:
        emulator.origin = str(_about(listener)["url"])
        if ready_file:
            write_atomically(ready_file, json.dumps(_about(listener)).encode())
        on_ready(_about(listener))
        try:
            with _calling_back(emulator), closing(HttpShell(emulator, names=(host,))) as shell:
                _server(shell).run(sockets=[listener])
        finally:
            if ready_file:
                ready_file.unlink(missing_ok=True)


@contextmanager
def running(emulator: Emulator, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Answer over HTTP in a thread while the context is open.

    Yields
    ------
    str
        The base address, e.g. ``http://127.0.0.1:49152``.
    """
    with _listening(host, port) as listener:
        emulator.origin = str(_about(listener)["url"])
        with _calling_back(emulator), closing(HttpShell(emulator, names=(host,))) as shell:
            server = _server(shell)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="suno_lab-emulator")
            thread.start()
            try:
                yield str(_about(listener)["url"])
            finally:
                server.should_exit = True
                thread.join()


class _Server(uvicorn.Server):
    """Ends on a signal and leaves it at that; the library would raise the signal once more afterwards."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _server(shell: HttpShell) -> _Server:
    config = uvicorn.Config(
        shell,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        http="h11",
        loop="asyncio",
        timeout_graceful_shutdown=5,
        server_header=False,
        date_header=False,
    )
    return _Server(config)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A bound socket. It listens before the server runs, so that early calls wait instead of being refused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # the protocol is named, because the event loop sends without delay only where it is
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
        yield listener


@contextmanager
def _calling_back(emulator: Emulator) -> Iterator[None]:
    """A thread that sends callbacks when they are due."""
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(CALLBACK_EVERY_S):
            try:
                emulator.deliver_due_callbacks(emulator.clock())
            except sqlite3.Error as problem:  # a full disk, say: the next look may find it better
                log.warning("callbacks could not be looked for: %s", problem)

    thread = threading.Thread(target=look, name="suno_lab-callbacks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _about(listener: socket.socket) -> dict[str, object]:
    host, port = listener.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    return {"url": f"http://{name}:{port}", "port": port, "pid": os.getpid()}
