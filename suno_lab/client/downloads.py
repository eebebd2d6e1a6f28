"""Files: streamed into a part file, resumed, checked by their first bytes, moved in place under their content."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin

from suno_lab.audio.inspection import Inspection
from suno_lab.client.addresses import Resolver, check_address, system_resolver
from suno_lab.client.pacing import backoff_s
from suno_lab.errors import DownloadError, LinkExpired, StorageFull, TransportError
from suno_lab.models import HttpRequest
from suno_lab.store.blobs import Blob, BlobStore, sniff
from suno_lab.transport import OpenReply, Transport

#: larger files are refused while they arrive
MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_REDIRECTS = 3
TRIES = 6
#: so many first bytes decide what a file is
HEAD_BYTES = 16
#: answers that mean: this link is over
GONE = (401, 403, 404, 410)

#: kind of file → what its media type must begin with
TYPES = {"mp3": "audio/", "wav": "audio/", "stem": "audio/", "image": "image/", "cover": "image/", "video": "video/"}


#: what these hold is decoded before it is kept
AUDIO_KINDS = ("mp3", "wav", "stem")
#: path → what it holds
Inspect = Callable[[Path], Inspection]


class _Broken(Exception):
    """The stream broke off or the server stumbled: worth another try, from where it stopped."""


@dataclass
class _Part:
    """A file that grows."""

    path: Path
    size: int = 0
    etag: str | None = None
    total: int | None = None
    head: bytes = b""

    def restart(self) -> None:
        self.path.unlink(missing_ok=True)
        self.size, self.etag, self.total, self.head = 0, None, None, b""


@dataclass(frozen=True, kw_only=True)
class Downloader:
    """Fetches files into a blob store; no key of ours is ever sent along.

    Parameters
    ----------
    allowed_origins : frozenset of str
        Addresses that may be on this machine: the configured service's own.
    owner : str
        Goes into the names of part files, so that processes do not share one.
    inspect : callable, optional
        Decodes an audio file before it gets its final name; it blocks, and is called on a thread of its own.
    """

    transport: Transport
    blobs: BlobStore
    allowed_origins: frozenset[str]
    owner: str
    resolve: Resolver = system_resolver
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    rng: random.Random = field(default_factory=random.Random)
    max_bytes: int = MAX_FILE_BYTES
    inspect: Inspect | None = None

    async def fetch(self, url: str, *, kind: str) -> Blob:
        """One file, complete and checked.

        Raises
        ------
        LinkExpired
            The link is over.
        DownloadError
            Refused address, wrong type, too large, broken after all tries, or audio that does not decode.
        StorageFull
            The disk is full.
        """
        name = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:24]
        part = _Part(path=self.blobs.temporary(f"{self.owner}-{name}-{self.rng.getrandbits(32):08x}"))
        try:
            await self._complete(url, part, kind)
            held = await self._inspected(part, kind)
            blob = await asyncio.to_thread(self.blobs.place, part.path)
            return blob if held is None else replace(blob, **asdict(held))
        except OSError as problem:
            if problem.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(f"the disk is full: {url[:120]} could not be stored") from None
            raise DownloadError(f"{url[:120]} could not be stored: {problem}") from None
        except ValueError as problem:
            raise DownloadError(f"{url[:120]}: {problem}") from None
        finally:
            part.path.unlink(missing_ok=True)

    async def _inspected(self, part: _Part, kind: str) -> Inspection | None:
        if self.inspect is None or kind not in AUDIO_KINDS:
            return None
        found = sniff(part.head)
        if found is not None and found[0] == "audio/mp4" and find_spec("av") is None:
            return None  # nothing here could decode it
        return await asyncio.to_thread(self.inspect, part.path)

    async def _complete(self, url: str, part: _Part, kind: str) -> None:
        reason = ""
        for attempt in range(TRIES):
            if attempt:
                await self.sleep(backoff_s(attempt - 1, rng=self.rng, first_s=0.2, most_s=5.0))
            try:
                await self._once(url, part, kind, attempt)
                return
            except (_Broken, TransportError) as problem:
                reason = str(problem)
        raise DownloadError(f"{url[:120]} broke off {TRIES} times, last: {reason}")

    async def _once(self, url: str, part: _Part, kind: str, attempt: int) -> None:
        for _ in range(MAX_REDIRECTS + 1):
            addresses = await asyncio.to_thread(
                check_address, url, allowed_origins=self.allowed_origins, resolve=self.resolve
            )
            address = addresses[attempt % len(addresses)] if addresses else None
            headers = {"accept": "*/*", "accept-encoding": "identity"}
            if part.size and part.etag is None:
                part.restart()  # nothing would show that the rest belongs to the same file
            if part.size and part.etag:
                headers |= {"range": f"bytes={part.size}-", "if-range": part.etag}
            asked = HttpRequest(method="GET", url=url, headers=headers, address=address)
            async with self.transport.stream(asked) as reply:
                if 300 <= reply.status < 400 and "location" in reply.headers:
                    url = urljoin(url, reply.headers["location"])
                    continue
                await self._receive(url, reply, part, kind)
                return
        raise DownloadError(f"{url[:120]}: more than {MAX_REDIRECTS} redirects")

    async def _receive(self, url: str, reply: OpenReply, part: _Part, kind: str) -> None:
        self._check_status(url, reply, part)
        with open(part.path, "ab" if part.size else "wb", opener=_private) as out:
            async for chunk in reply.chunks:
                if len(part.head) < HEAD_BYTES:
                    part.head += chunk[:HEAD_BYTES]
                    if len(part.head) >= HEAD_BYTES:
                        _check_type(url, part.head, kind)
                out.write(chunk)
                part.size += len(chunk)
                if part.size > self.max_bytes:
                    raise DownloadError(f"{url[:120]} is larger than {self.max_bytes} bytes; it is not kept")
            out.flush()
            await asyncio.to_thread(os.fsync, out.fileno())
        if part.size == 0:
            raise _Broken("an empty file")
        if part.total is not None and part.size < part.total:
            raise _Broken(f"{part.size} of {part.total} bytes")

    def _check_status(self, url: str, reply: OpenReply, part: _Part) -> None:
        if reply.status in GONE:
            raise LinkExpired(f"the link is over (HTTP {reply.status}): {url[:120]}")
        if reply.status == 206 and part.size:
            if _range_start(reply) != part.size or reply.headers.get("etag", part.etag) != part.etag:
                part.restart()
                raise _Broken("the server sent a part of something else than was asked for")
            return
        if reply.status == 416 or (reply.status == 200 and part.size):
            part.restart()
            if reply.status == 416:
                raise _Broken("the server does not have the rest of the file")
        if reply.status >= 500 or reply.status in (408, 425, 429):
            raise _Broken(f"HTTP {reply.status}")
        if reply.status not in (200, 206):
            raise DownloadError(f"{url[:120]}: HTTP {reply.status}")
        etag = reply.headers.get("etag")
        part.etag = etag if etag and not etag.startswith("W/") else None
        length = reply.headers.get("content-length", "")
        part.total = int(length) if length.isdigit() and "content-encoding" not in reply.headers else None
        if part.total is not None and part.total > self.max_bytes:
            raise DownloadError(
                f"{url[:120]} says it has {part.total} bytes, more than {self.max_bytes}; it is not kept"
            )


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _range_start(reply: OpenReply) -> int:
    text = reply.headers.get("content-range", "").removeprefix("bytes").strip().split("-")[0]
    return int(text) if text.isdigit() else -1


def _check_type(url: str, head: bytes, kind: str) -> None:
    wanted = TYPES.get(kind)
    found = sniff(head)
    if found is None or (wanted is not None and not found[0].startswith(wanted)):
        what = found[0] if found else f"something that begins with {head[:12]!r}"
        raise DownloadError(f"{url[:120]} is {what}, expected {(wanted or 'a media').rstrip('/')} file; it is not kept")
