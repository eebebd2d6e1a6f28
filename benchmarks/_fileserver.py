"""A file server that misbehaves, as a process of its own: ``python -m benchmarks._fileserver``.

``/<number>/<manner>`` is file ``number``, served in that manner. The contents follow from the number, so that whoever
fetched one can tell whether it is whole.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SIZE_BYTES, CHUNK_BYTES, PAUSE_S = 200_000, 20_000, 0.004
#: files that have to arrive whole
WHOLE = ("plain", "cut", "stall", "no_range", "changed", "careless", "stumble", "chunked_cut")
#: files that must not be kept
REFUSED = ("expired", "gone", "page", "short", "empty", "huge", "picture")
MANNERS = (*WHOLE, *REFUSED)


def content_of(number: int, version: int = 1) -> bytes:
    """The bytes of a file."""
    return b"ID3" + random.Random(f"{number}/{version}").randbytes(SIZE_BYTES + number)


@dataclass
class Asked:
    """One question: which file, how, from where, and for which version."""

    number: int
    manner: str
    start: int
    if_range: str


class FileServer:
    """Answers, and counts what it sent."""

    def __init__(self) -> None:
        self.times: Counter[int] = Counter()
        self.sent: Counter[str] = Counter()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one answer."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split()[1]
            if path == "/sent":
                await self._reply(writer, "200 OK", json.dumps(self.sent).encode())
            else:
                await self._serve(_asked(path, head), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the caller was killed: that is the point
        finally:
            writer.close()

    async def _serve(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.times[asked.number] += 1
        first = self.times[asked.number] == 1
        manner = asked.manner
        if manner in ("expired", "gone"):
            await self._reply(writer, "403 Forbidden" if manner == "expired" else "404 Not Found", b"no")
        elif manner == "page":
            await self._reply(writer, "200 OK", b"<!doctype html><title>sorry</title>" * 500)
        elif manner == "picture":
            await self._reply(writer, "200 OK", b"\x89PNG\r\n\x1a\n" + bytes(5000))
        elif manner == "empty":
            await self._reply(writer, "200 OK", b"")
        elif manner == "huge":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\nconnection: close\r\n\r\nID3")
        elif manner == "stumble" and first:
            await self._reply(writer, "503 Service Unavailable", b"later")
        elif manner == "chunked_cut" and first:
            await self._chunked_and_cut(asked, writer)
        else:
            await self._file(asked, writer, first=first)

    async def _file(self, asked: Asked, writer: asyncio.StreamWriter, *, first: bool) -> None:
        manner, version = asked.manner, 1 if first or asked.manner not in ("changed", "careless") else 2
        content, etag = content_of(asked.number, version), f'"{asked.number}-{version}"'
        ranged = manner not in ("no_range", "short") and (manner == "careless" or asked.if_range in ("", etag))
        start = asked.start if ranged else 0
        head = [f"content-length: {len(content) - start}", f"etag: {etag}", "connection: close"]
        if start:
            head.append(f"content-range: bytes {start}-{len(content) - 1}/{len(content)}")
        status = "HTTP/1.1 206 Partial Content" if start else "HTTP/1.1 200 OK"
        writer.write(("\r\n".join([status, *head]) + "\r\n\r\n").encode())
        last = start + int((len(content) - start) * 0.6) if self._breaks(manner, first) else len(content)
        for at in range(start, last, CHUNK_BYTES):
            chunk = content[at : min(at + CHUNK_BYTES, last)]
            writer.write(chunk)
            await writer.drain()
            self.sent[manner] += len(chunk)
            await asyncio.sleep(PAUSE_S)
        if last < len(content):
            await asyncio.sleep(5.0 if manner == "stall" else 0.0)
            if manner == "cut":
                writer.transport.abort()

    def _breaks(self, manner: str, first: bool) -> bool:
        return manner == "short" or (first and manner in ("cut", "stall", "no_range", "changed", "careless"))

    async def _chunked_and_cut(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        half = content_of(asked.number)[: SIZE_BYTES // 2]
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n")
        writer.write(f"{len(half):x}\r\n".encode() + half + b"\r\n")
        await writer.drain()

    async def _reply(self, writer: asyncio.StreamWriter, status: str, body: bytes) -> None:
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n".encode() + body)
        await writer.drain()


def _asked(path: str, head: str) -> Asked:
    fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    number, manner = path.strip("/").split("/")
    start = int(fields.get("range", "bytes=0-").removeprefix("bytes=").split("-")[0])
    return Asked(number=int(number), manner=manner, start=start, if_range=fields.get("if-range", ""))


async def _run() -> None:
    server = await asyncio.start_server(FileServer().answer, "127.0.0.1", 0, backlog=256)
    sys.stdout.write(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


def main(argv: Sequence[str]) -> int:
    asyncio.run(_run())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
