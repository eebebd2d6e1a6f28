"""Hostile addresses of files: not one connection is opened, whatever they are spelled like."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from suno_lab.client.downloads import Downloader
from suno_lab.errors import DownloadError
from suno_lab.store.blobs import BlobStore
from suno_lab.transport import HttpTransport

OWN = frozenset({"http://127.0.0.1:9"})
#: what a hostile name server says
NAMES = {
    "metadata.test": "169.254.169.254",
    "home.test": "192.168.1.1",
    "mixed.test": "10.0.0.1",
    "six.test": "fd00::1",
}
HOSTILE = [
    "http://example.org/a.mp3",
    "https://127.0.0.1/a.mp3",
    "https://127.1/a.mp3",
    "https://127.0.0.1:9/a.mp3",
    "http://127.0.0.1:10/a.mp3",
    "http://127.0.0.1:9@169.254.169.254/a.mp3",
    "https://2130706433/a.mp3",
    "https://0x7f000001/a.mp3",
    "https://0x7f.0.0.1/a.mp3",
    "https://0177.0.0.1/a.mp3",
    "https://017700000001/a.mp3",
    "https://0/a.mp3",
    "https://0.0.0.0/a.mp3",
    "https://10.0.0.1/a.mp3",
    "https://172.31.255.255/a.mp3",
    "https://192.168.0.1/a.mp3",
    "https://100.64.0.1/a.mp3",
    "https://169.254.169.254/latest/meta-data/",
    "https://224.0.0.1/a.mp3",
    "https://255.255.255.255/a.mp3",
    "https://[::1]/a.mp3",
    "https://[::]/a.mp3",
    "https://[::ffff:127.0.0.1]/a.mp3",
    "https://[::ffff:a9fe:a9fe]/a.mp3",
    "https://[64:ff9b::7f00:1]/a.mp3",
    "https://[2002:7f00:1::]/a.mp3",
    "https://[fe80::1%25lo]/a.mp3",
    "https://[fd00::1]/a.mp3",
    "https://localhost/a.mp3",
    "https://localhost./a.mp3",
    "https://LOCALHOST/a.mp3",
    "https://ⓛocalhost/a.mp3",
    "https://127。0。0。1/a.mp3",
    "https://metadata.test/a.mp3",
    "https://home.test/a.mp3",
    "https://mixed.test/a.mp3",
    "https://six.test/a.mp3",
    "https://user:secret@example.org/a.mp3",
    "https://example.org\\@127.0.0.1/a.mp3",
    "https://exam\tple.org/a.mp3",
    "file:///etc/passwd",
    "ftp://127.0.0.1/a.mp3",
    "gopher://127.0.0.1:6379/_x",
    "data:audio/mpeg;base64,SUQz",
    "//127.0.0.1/a.mp3",
    "https:///a.mp3",
    "https://[::1/a.mp3",
    "https://example.org:0x50/a.mp3",
    "https://example.org:99999/a.mp3",
    "",
]


@pytest.fixture(scope="module")
def transport() -> Iterator[HttpTransport]:
    made = HttpTransport()
    yield made
    asyncio.run(made.close())


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address somebody tried to connect to; nobody gets through."""
    seen: list[Any] = []

    def refuse(self: socket.socket, address: Any) -> None:
        seen.append(address)
        raise ConnectionRefusedError(address)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    return seen


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A name server of the test's: names it knows, numbers as the system reads them, anything else is public."""
    known: dict[str, Any] = dict(NAMES)
    system = socket.getaddrinfo

    def answer(host: Any, port: Any, *about: Any, **more: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else str(host)
        found = known.get(name)
        found = found() if callable(found) else found
        if found is None and name.endswith((".test", ".org")):
            found = "93.184.216.34"
        if found is None:
            return system(host, port, *about, **more)
        family = socket.AF_INET6 if ":" in found else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (found, port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


def fetch(transport: HttpTransport, url: str, root: Path) -> None:
    downloader = Downloader(
        transport=transport, blobs=BlobStore(root), allowed_origins=OWN, owner="me", sleep=no_wait,
        rng=random.Random(1),
    )  # fmt: skip
    asyncio.run(downloader.fetch(url, kind="mp3"))


async def no_wait(seconds: float) -> None:
    return None


@pytest.mark.parametrize("url", HOSTILE)
@pytest.mark.usefixtures("names")
def test_not_one_connection(transport: HttpTransport, url: str, opened: list[Any], tmp_path: Path) -> None:
    with pytest.raises(DownloadError):
        fetch(transport, url, tmp_path)
    assert opened == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_name_that_changes_its_address_after_the_check(
    transport: HttpTransport, opened: list[Any], names: dict[str, Any], tmp_path: Path
) -> None:
    """A resolver that says a public address when asked first, and this machine from then on."""
    answers = iter(["93.184.216.34", *["127.0.0.1"] * 100])
    names["rebinding.test"] = lambda: next(answers)
    with pytest.raises(DownloadError):
        fetch(transport, "https://rebinding.test/a.mp3", tmp_path)
    assert [address[0] for address in opened] == ["93.184.216.34"]
