"""Every way in which the wire can break, on real sockets: what the request ends as, and that it was sent once."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from suno_lab import SunoSession
from suno_lab.errors import NotSent, OutcomeUnknown

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
ACCEPTED = json.dumps({"code": 200, "msg": "success", "data": {"taskId": "a" * 32}}).encode()
PIANO = {"model": "V5", "instrumental": True}


class Wire:
    """A service that answers free questions well and creations in one chosen way."""

    def __init__(self, fault: str) -> None:
        self.fault, self.posts_n, self.over = fault, 0, threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self.over.is_set():
            connection, _ = self._listener.accept()
            with connection:
                if not self.over.is_set():
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError):  # whoever asked has gone
            self._speak(connection)

    def _speak(self, connection: socket.socket) -> None:
        first = connection.recv(4) if self.fault == "reset_unread" else b""
        if first == b"POST":
            self.posts_n += 1
            reset(connection)
            return
        request = first + read_request(connection)
        if not request.startswith(b"POST"):
            send(connection, json.dumps({"code": 200, "msg": "success", "data": 1000.0}).encode())
            return
        self.posts_n += 1
        FAULTS[self.fault](connection, self.over)

    def close(self) -> None:
        self.over.set()
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join()
        self._listener.close()


def read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return data
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def send(connection: socket.socket, body: bytes, head: bytes = HEAD, *, length: int | None = None) -> None:
    said = len(body) if length is None else length
    connection.sendall(head + b"content-length: %d\r\nconnection: close\r\n\r\n" % said + body)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


FAULTS: dict[str, Any] = {
    "reset_unread": lambda connection, over: reset(connection),
    "reset_after_request": lambda connection, over: reset(connection),
    "closed_after_request": lambda connection, over: None,
    "half_status_line": lambda connection, over: connection.sendall(b"HTTP/1.1 2"),
    "half_headers": lambda connection, over: connection.sendall(HEAD),
    "truncated_body": lambda connection, over: send(connection, ACCEPTED[:30], length=len(ACCEPTED)),
    "garbage": lambda connection, over: connection.sendall(b"\x00\xff\x16\x03" * 50),
    "hangs": lambda connection, over: over.wait(0.6),
    "page": lambda connection, over: send(connection, b"<html>bad gateway</html>"),
    "too_deep": lambda connection, over: send(connection, b"[" * 200_000),
    "not_a_number": lambda connection, over: send(connection, b'{"code": NaN, "data": Infinity}'),
    "no_task": lambda connection, over: send(connection, b'{"code": 200, "msg": "success", "data": {}}'),
    "null": lambda connection, over: send(connection, b"null"),
    "endless": lambda connection, over: send(connection, b" " * (11 * 1024 * 1024)),
    "status_500": lambda connection, over: send(connection, b"no", b"HTTP/1.1 500 X\r\n"),
    "status_502": lambda connection, over: send(connection, b"no", b"HTTP/1.1 502 X\r\n"),
    "code_500": lambda connection, over: send(connection, b'{"code": 500, "msg": "Internal Error"}'),
    "code_501": lambda connection, over: send(connection, b'{"code": 501, "msg": "failed"}'),
    "code_999": lambda connection, over: send(connection, b'{"code": 999, "msg": "?"}'),
    "redirected": lambda connection, over: send(connection, b"", b"HTTP/1.1 307 X\r\nlocation: /api/v1/generate\r\n"),
}


@pytest.fixture
def open_wire() -> Iterator[Any]:
    made: list[Wire] = []

    def open_(fault: str) -> Wire:
        made.append(Wire(fault))
        return made[-1]

    yield open_
    for wire in made:
        wire.close()


def blocking(session: SunoSession) -> None:
    session.generate("a tune", **PIANO)


def awaited(session: SunoSession) -> None:
    asyncio.run(session.agenerate("a tune", **PIANO))


CASES = [(fault, blocking) for fault in sorted(FAULTS)] + [(fault, awaited) for fault in ("hangs", "page", "garbage")]


@pytest.mark.parametrize(("fault", "ask"), CASES)
def test_a_broken_creation_is_unknown_and_was_sent_once(
    fault: str, ask: Any, open_wire: Any, open_session: Any
) -> None:
    wire = open_wire(fault)
    session = open_session(wire.url)
    with pytest.raises(OutcomeUnknown, match="12 credits are at risk"):
        ask(session)
    assert wire.posts_n == 1
    assert session.unresolved()["credits_at_risk"].tolist() == [12.0]
    with pytest.raises(OutcomeUnknown):
        session.submit_generate("a tune", **PIANO).result()
    assert wire.posts_n == 1


@pytest.mark.parametrize("ask", [blocking, awaited])
def test_a_refused_connection_is_certainly_not_sent(open_session: Any, ask: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    session = open_session(url)
    with pytest.raises(NotSent):
        ask(session)
    assert session.unresolved().empty
    assert session.requests["state"].tolist() == ["REFUSED"]
    assert session.requests["credits"].tolist() == [0.0]
