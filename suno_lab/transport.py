"""How bytes travel: the one module that imports an HTTP library.

A transport carries one :class:`~suno_lab.models.HttpRequest` and either brings back an
:class:`~suno_lab.models.HttpReply` or raises one of two errors. Which of the two decides whether a paid call may be
sent again: :class:`~suno_lab.errors.NotSent` means the request certainly never left, everything else is
:class:`~suno_lab.errors.OutcomeUnknown`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from suno_lab.errors import NotSent, OutcomeUnknown
from suno_lab.models import HttpReply, HttpRequest

#: an ordinary name; the CDN in front of the service turns away library defaults
USER_AGENT = "Mozilla/5.0 (compatible; suno-lab)"
#: larger JSON answers are refused while they arrive
MAX_BODY_BYTES = 10 * 1024 * 1024
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """Seconds until a step of one exchange is given up."""

    connect_s: float = 5.0
    read_s: float = 30.0
    pool_s: float = 10.0


@dataclass(frozen=True, kw_only=True)
class OpenReply:
    """An answer whose body is still arriving."""

    status: int
    headers: dict[str, str]
    url: str
    chunks: AsyncIterator[bytes]


class Transport(Protocol):
    """What the client needs of the outside world."""

    async def send(self, request: HttpRequest) -> HttpReply:
        """Carry one request and its complete answer; the body is capped at ``MAX_BODY_BYTES``."""

    def stream(self, request: HttpRequest) -> AbstractAsyncContextManager[OpenReply]:
        """Carry one request; the body arrives in chunks while the context is open. Redirects are not followed."""

    async def close(self) -> None:
        """Let go of connections."""


class HttpTransport:
    """Over the network, with httpx. Lives on one event loop.

    Parameters
    ----------
    timeouts : Timeouts
        No call is made without one.
    max_connections : int
        Upper bound for the connection pool.
    """

    def __init__(self, *, timeouts: Timeouts | None = None, max_connections: int = 40) -> None:
        import httpx

        limit = timeouts or Timeouts()
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(limit.read_s, connect=limit.connect_s, pool=limit.pool_s),
            limits=httpx.Limits(max_connections=max_connections),
            headers={"user-agent": USER_AGENT},
            follow_redirects=False,
            trust_env=True,
        )

    async def send(self, request: HttpRequest) -> HttpReply:
        async with self.stream(request) as reply:
            body = bytearray()
            async for chunk in reply.chunks:
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise OutcomeUnknown(
                        f"{request.method} {request.path}: the answer passed {MAX_BODY_BYTES} bytes and was cut off"
                    )
        return HttpReply(status=reply.status, headers=reply.headers, body=bytes(body))

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncIterator[OpenReply]:
        import httpx

        failure: Exception | None = None
        try:
            url, pinned = httpx.URL(request.url), {}
            if request.address is not None:  # connect there, speak to the host all the same
                pinned = {"host": url.netloc.decode("ascii")}
                url = url.copy_with(host=request.address)
            async with self._client.stream(
                request.method,
                url,
                headers={**request.headers, **pinned},
                content=request.body or None,
                extensions={"sni_hostname": httpx.URL(request.url).host} if pinned else {},
            ) as reply:
                headers = {name.lower(): value for name, value in reply.headers.items()}
                yield OpenReply(
                    status=reply.status_code,
                    headers=headers,
                    url=request.url,
                    chunks=reply.aiter_bytes(),  # as they arrive: what came before a break is not lost
                )
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            failure = _translated(problem, request)
        # Raised out here, so that no traceback frame of the HTTP library (which holds the headers) hangs on to it.
        if failure is not None:
            raise failure

    async def close(self) -> None:
        await self._client.aclose()


def _translated(problem: Exception, request: HttpRequest) -> Exception:
    """The library's exception in our two words, without its context."""
    import httpx

    never_left = (
        httpx.ConnectError,
        httpx.ConnectTimeout,
        httpx.PoolTimeout,
        httpx.ProxyError,
        httpx.UnsupportedProtocol,
        httpx.LocalProtocolError,
        httpx.InvalidURL,
    )
    what = f"{request.method} {request.origin}{request.path}"
    reason = f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
    if isinstance(problem, never_left):
        return NotSent(f"{what} never reached the service ({reason}); is the address right and the network up?")
    return OutcomeUnknown(f"{what} broke off after it was sent ({reason}); the service may have received it")


class InProcessTransport:
    """No network at all: every request is answered by a function in this process.

    Parameters
    ----------
    handle : callable
        ``HttpRequest → HttpReply``; called in a worker thread, so it may compute and read files.
    """

    def __init__(self, handle: Callable[[HttpRequest], HttpReply]) -> None:
        self._handle = handle

    async def send(self, request: HttpRequest) -> HttpReply:
        return await asyncio.to_thread(self._handle, request)

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncIterator[OpenReply]:
        reply = await self.send(request)
        yield OpenReply(
            status=reply.status, headers=dict(reply.headers), url=request.url, chunks=_in_chunks(reply.body)
        )

    async def close(self) -> None:
        return None


async def _in_chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), CHUNK_BYTES):
        yield body[start : start + CHUNK_BYTES]
