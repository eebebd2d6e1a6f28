"""Files: whole and right, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
import random
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from suno_lab.client.downloads import TRIES, Downloader, LinkExpired
from suno_lab.errors import DownloadError, OutcomeUnknown, StorageFull
from suno_lab.models import HttpRequest
from suno_lab.store.blobs import BlobStore
from suno_lab.transport import OpenReply

SONG = b"ID3" + random.Random(1).randbytes(300_000)
URL = "https://files.test/a.mp3"


class FileServer:
    """One file, served in a way the test chooses."""

    def __init__(self, content: bytes = SONG, *, cut_after: int | None = None, ranges: bool = True) -> None:
        self.content, self.cut_after, self.ranges = content, cut_after, ranges
        self.etag = '"one"'
        self.sent_bytes, self.asked = 0, list[HttpRequest]()
        self.status: int | None = None
        self.location: str | None = None

    @asynccontextmanager
    async def stream(self, request: HttpRequest):
        self.asked.append(request)
        start = self._start(request)
        headers = {"etag": self.etag, "content-length": str(len(self.content) - start)}
        status = self.status or (206 if start else 200)
        if start:
            headers["content-range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        if self.location is not None:
            status, headers = 302, {"location": self.location}
        yield OpenReply(status=status, headers=headers, url=request.url, chunks=self._chunks(start))

    def _start(self, request: HttpRequest) -> int:
        wanted = request.headers.get("range")
        if not self.ranges or wanted is None or request.headers.get("if-range", self.etag) != self.etag:
            return 0
        return int(wanted.removeprefix("bytes=").rstrip("-"))

    async def _chunks(self, start: int):
        sent = 0
        for at in range(start, len(self.content), 10_000):
            chunk = self.content[at : at + 10_000]
            if self.cut_after is not None and sent + len(chunk) > self.cut_after:
                raise OutcomeUnknown("cut")
            sent += len(chunk)
            self.sent_bytes += len(chunk)
            yield chunk

    async def send(self, request):
        raise NotImplementedError

    async def close(self) -> None:
        return None


async def no_wait(seconds: float) -> None:
    await asyncio.sleep(0)


def fetch(server: FileServer, root: Path, *, url: str = URL, kind: str = "mp3", **about):
    about.setdefault("resolve", lambda host, port: ["93.184.216.34"])
    downloader = Downloader(
        transport=server, blobs=BlobStore(root), allowed_origins=frozenset(), owner="me", sleep=no_wait,
        rng=random.Random(2), **about,
    )  # fmt: skip
    return asyncio.run(downloader.fetch(url, kind=kind))


def left_over(root: Path) -> list[Path]:
    return [file for file in root.rglob("*") if file.is_file()]


def test_a_file_is_named_by_its_content(tmp_path: Path) -> None:
    blob = fetch(FileServer(), tmp_path)
    digest = hashlib.sha256(SONG).hexdigest()
    assert blob.path == f"audio/{digest[:2]}/{digest}.mp3"
    assert (tmp_path / blob.path).read_bytes() == SONG
    assert (tmp_path / blob.path).stat().st_mode & 0o777 == 0o600
    assert left_over(tmp_path) == [tmp_path / blob.path]


def test_a_cut_file_is_continued_where_it_stopped(tmp_path: Path) -> None:
    server = FileServer(cut_after=80_000)
    blob = fetch(server, tmp_path)
    assert (tmp_path / blob.path).read_bytes() == SONG
    assert server.sent_bytes == len(SONG)


def test_without_ranges_it_begins_again(tmp_path: Path) -> None:
    server = FileServer(cut_after=80_000, ranges=False)
    with pytest.raises(DownloadError, match=f"broke off {TRIES} times"):
        fetch(server, tmp_path)
    assert left_over(tmp_path) == []


def test_a_file_that_changed_meanwhile_is_not_mixed(tmp_path: Path) -> None:
    server = FileServer(cut_after=80_000)
    other = b"ID3" + random.Random(3).randbytes(50_000)

    async def change(seconds: float) -> None:
        server.content, server.etag, server.cut_after = other, '"two"', None

    downloader = Downloader(
        transport=server, blobs=BlobStore(tmp_path), allowed_origins=frozenset(), owner="me", sleep=change,
        resolve=lambda host, port: ["93.184.216.34"],
    )  # fmt: skip
    blob = asyncio.run(downloader.fetch(URL, kind="mp3"))
    assert (tmp_path / blob.path).read_bytes() == other


def test_a_rest_that_says_it_is_another_file_is_not_mixed_in(tmp_path: Path) -> None:
    """The server ignores If-Range and sends the rest of a file that changed meanwhile."""
    changed = b"ID3" + random.Random(9).randbytes(300_000)

    class Careless(FileServer):
        def _start(self, request: HttpRequest) -> int:
            wanted = request.headers.get("range")
            if wanted is not None and self.content is SONG:
                self.content, self.etag, self.cut_after = changed, '"two"', None
            return int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0

    server = Careless(cut_after=100_000)
    blob = fetch(server, tmp_path)
    assert (tmp_path / blob.path).read_bytes() == changed


def test_without_a_validator_it_begins_again(tmp_path: Path) -> None:
    server = FileServer(cut_after=100_000)
    server.etag = 'W/"weak"'

    with pytest.raises(DownloadError, match="broke off"):
        fetch(server, tmp_path)
    assert not any("range" in request.headers for request in server.asked)


@pytest.mark.parametrize("content", [b"<!doctype html><p>gone", b"\x89PNG\r\n\x1a\n" + bytes(100), b"MZ" + bytes(60)])
def test_a_file_of_another_kind_is_not_kept(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DownloadError, match="expected audio"):
        fetch(FileServer(content), tmp_path)
    assert left_over(tmp_path) == []


def test_an_empty_file_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="empty"):
        fetch(FileServer(b""), tmp_path)
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_an_expired_link_says_so_at_once(tmp_path: Path, status: int) -> None:
    server = FileServer()
    server.status = status
    with pytest.raises(LinkExpired):
        fetch(server, tmp_path)
    assert len(server.asked) == 1


def test_a_redirect_is_checked_again(tmp_path: Path) -> None:
    server = FileServer()
    server.location = "https://metadata.test/latest"
    addresses = {"files.test": ["93.184.216.34"], "metadata.test": ["169.254.169.254"]}
    with pytest.raises(DownloadError, match="not a public address"):
        fetch(server, tmp_path, resolve=lambda host, port: addresses[host])
    assert len(server.asked) == 1


def test_redirects_end(tmp_path: Path) -> None:
    server = FileServer()
    server.location = URL
    with pytest.raises(DownloadError, match="redirects"):
        fetch(server, tmp_path)


def test_a_file_that_is_too_large_is_cut_off(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="more than 1000"):
        fetch(FileServer(), tmp_path, max_bytes=1000)
    assert left_over(tmp_path) == []


def test_a_full_disk_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("suno_lab.client.downloads.os.fsync", full)
    with pytest.raises(StorageFull):
        fetch(FileServer(), tmp_path)
    assert left_over(tmp_path) == []


def test_no_key_is_sent_along(tmp_path: Path) -> None:
    server = FileServer(cut_after=80_000)
    fetch(server, tmp_path)
    assert {name for request in server.asked for name in request.headers} <= {
        "accept", "accept-encoding", "range", "if-range",
    }  # fmt: skip
