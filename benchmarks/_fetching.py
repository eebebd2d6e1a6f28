"""Fetches the files of a misbehaving server, as a process that may be killed: ``python -m benchmarks._fetching …``.

What became of each file is one line of ``results.jsonl``; a new process goes on with what has no line.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import random
import secrets
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks._fileserver import MANNERS
from suno_lab.client.account import origin
from suno_lab.client.downloads import Downloader
from suno_lab.errors import SunoLabError
from suno_lab.store.blobs import BlobStore
from suno_lab.transport import HttpTransport, Timeouts

PARALLEL, READ_S, MAX_BYTES = 6, 0.7, 5_000_000


def files(n: int) -> list[tuple[int, str]]:
    """Number and manner of each file."""
    return [(k, MANNERS[k % len(MANNERS)]) for k in range(n)]


def results(folder: Path) -> dict[int, dict[str, Any]]:
    """What is known of each file; a torn last line is not."""
    path = folder / "results.jsonl"
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return {row["number"]: row for line in lines if line.endswith("\n") for row in [json.loads(line)]}


def keep(folder: Path, row: dict[str, Any]) -> None:
    """Add a line, in one write."""
    descriptor = os.open(folder / "results.jsonl", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    os.write(descriptor, json.dumps(row).encode() + b"\n")
    os.close(descriptor)


async def fetch_all(folder: Path, url: str, n: int) -> None:
    """With the session's downloader."""
    transport, places, known = (
        HttpTransport(timeouts=Timeouts(read_s=READ_S)),
        asyncio.Semaphore(PARALLEL),
        results(folder),
    )
    downloader = Downloader(
        transport=transport, blobs=BlobStore(folder), allowed_origins=frozenset({origin(url)}),
        owner=secrets.token_hex(4), rng=random.Random(), max_bytes=MAX_BYTES,
    )  # fmt: skip

    async def one(number: int, manner: str) -> None:
        async with places:
            try:
                blob = await downloader.fetch(f"{url}/{number}/{manner}", kind="mp3")
                keep(folder, {"number": number, "path": blob.path})
            except SunoLabError as problem:
                keep(folder, {"number": number, "error": type(problem).__name__})

    await asyncio.gather(*(one(number, manner) for number, manner in files(n) if number not in known))
    await transport.close()


def fetch_plainly(folder: Path, url: str, n: int) -> None:
    """The habit: straight into the file it is to be, up to three times from the beginning."""
    known = results(folder)
    for number, manner in files(n):
        for _ in range(3 if number not in known else 0):
            try:
                with urllib.request.urlopen(f"{url}/{number}/{manner}", timeout=READ_S) as reply, open(
                    folder / f"{number}.mp3", "wb"
                ) as out:  # fmt: skip
                    while chunk := reply.read(20_000):
                        out.write(chunk)
                keep(folder, {"number": number, "path": f"{number}.mp3"})
                break
            except (OSError, http.client.HTTPException):
                continue


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", required=True)
    parser.add_argument("--n", type=int, required=True)
    parser.add_argument("--plainly", action="store_true")
    options = parser.parse_args(argv)
    if options.plainly:
        fetch_plainly(options.folder, options.url, options.n)
    else:
        asyncio.run(fetch_all(options.folder, options.url, options.n))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
