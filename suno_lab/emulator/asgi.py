"""The HTTP shell: bytes in, bytes out, and the faults that only a wire can have."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from suno_lab.emulator.core import Emulator
from suno_lab.emulator.handling import Broken
from suno_lab.emulator.replies import as_json
from suno_lab.models import HttpReply, HttpRequest

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: larger bodies are refused while they arrive; uploads may be larger
BODY_BYTES, UPLOAD_BYTES = 2 * 1024 * 1024, 140 * 1024 * 1024
CALLERS_N, MAKERS_N = 8, 8
_MADE = ("/files/", "/stream/")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class TooLarge(Exception):
    """The body passes the limit."""


class Gone(Exception):
    """The caller left before the body was complete."""


class HttpShell:
    """An ASGI application around one emulator.

    Parameters
    ----------
    emulator : Emulator
        Answers.
    names : iterable of str
        Host names besides this machine's own that calls may name; others are turned away (DNS rebinding).
    """

    def __init__(self, emulator: Emulator, *, names: Iterable[str] = ()) -> None:
        self._emulator = emulator
        # files may take long to make; other calls do not stand behind them
        self._callers = ThreadPoolExecutor(CALLERS_N, thread_name_prefix="suno_lab-call")
        self._makers = ThreadPoolExecutor(MAKERS_N, thread_name_prefix="suno_lab-file")
        self._names = LOCAL_NAMES | {name.lower() for name in names}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            body = await _read(receive, most=_most_bytes(scope["path"]))
        except Gone:
            return
        except TooLarge:
            await _send(send, as_json({"code": 413, "msg": "The body is too large", "data": None}, status=413))
            return
        place = _place(headers.get("host", ""))
        if not self._welcome(place, headers, scope):
            await _send(send, as_json({"error": "this address answers to this machine only"}, status=403))
            return
        request = HttpRequest(method=scope["method"], url=_url(scope, place), headers=headers, body=body)
        if self._emulator.is_quick(request):
            answer = self._emulator.answer(request)
        else:
            workers = self._makers if request.path.startswith(_MADE) else self._callers
            answer = await asyncio.get_running_loop().run_in_executor(workers, self._emulator.answer, request)
        if isinstance(answer, Broken):
            await self._break(answer, receive, send)
        else:
            await _send(send, answer)

    def close(self) -> None:
        """Let the workers end."""
        self._callers.shutdown()
        self._makers.shutdown()

    def _welcome(self, place: str, headers: Mapping[str, str], scope: Scope) -> bool:
        """Whether host and origin are this machine: pages of other sites have no business here."""
        origin = headers.get("origin")
        from_here = not origin or _name(origin) in self._names or scope["method"] != "POST"
        return _name("//" + place) in self._names and from_here

    async def _break(self, broken: Broken, receive: Receive, send: Send) -> None:
        reply = broken.reply
        if broken.fault == "slow_answer" and reply is not None:
            await asyncio.sleep(self._emulator.settings.slow_answer_s)
            await _send(send, reply)
        elif broken.fault == "truncated_body" and reply is not None:
            await _send(send, reply, cut=True)
            _transport_of(receive).close()
        else:
            _transport_of(receive).abort()


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _place(host_header: str) -> str:
    """Host and port as far as they are a host and a port, else ""."""
    found = re.fullmatch(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?", host_header.strip())
    return found[0] if found else ""


def _most_bytes(path: str) -> int:
    return UPLOAD_BYTES if path.endswith("-upload") else BODY_BYTES


def _url(scope: Scope, place: str) -> str:
    path = "/" + (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").lstrip("/")
    query = scope["query_string"].decode("latin-1")
    return f"{scope['scheme']}://{place}{path}" + (f"?{query}" if query else "")


async def _read(receive: Receive, *, most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise TooLarge
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, reply: HttpReply, *, cut: bool = False) -> None:
    headers = {"content-length": str(len(reply.body)), **reply.headers}
    raw = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    body = reply.body[: len(reply.body) // 2] if cut else reply.body
    await send({"type": "http.response.body", "body": body, "more_body": cut})


def _transport_of(receive: Receive) -> asyncio.Transport:
    """The connection under an answer: the server hands ``receive`` out bound to the object that holds it."""
    return receive.__self__.transport  # type: ignore[attr-defined]
