"""Which files a finished task leaves, and getting them: in parallel, bounded, each with its own outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from suno_lab.api import Operation
from suno_lab.client.account import Account
from suno_lab.client.calls import Answer, Outcome, json_post, judge
from suno_lab.client.downloads import Downloader
from suno_lab.client.inspecting import shared_inspector
from suno_lab.errors import DownloadError, LinkExpired, StorageFull, TransportError
from suno_lab.models import HttpReply, HttpRequest, TaskRecord
from suno_lab.store import SessionFolder, exchanges, files
from suno_lab.store.blobs import BlobStore
from suno_lab.store.files import FileKey
from suno_lab.transport import Transport

if TYPE_CHECKING:
    from suno_lab.client.policy import Surroundings

#: files under way at the same moment
PARALLEL = 6
#: products that are files, always kept: they were asked for
FILE_PRODUCTS = ("wav", "video", "cover", "stem")


class Keeper:
    """Downloads what tasks made."""

    def __init__(
        self,
        folder: SessionFolder,
        account: Account,
        transport: Transport,
        *,
        keep: tuple[str, ...],
        around: Surroundings,
        downloader: Downloader | None = None,
    ) -> None:
        self._journal, self._account, self._transport = folder.journal, account, transport
        self._keep, self._around = keep, around
        self.blobs = BlobStore(folder.path)
        self._downloader = downloader or Downloader(
            transport=transport,
            blobs=self.blobs,
            allowed_origins=account.origins,
            owner=folder.present(),  # whose part files nobody takes away while it is alive
            sleep=around.sleep,
            rng=around.rng,
            inspect=lambda path: shared_inspector().inspect(path),
        )
        self._places: asyncio.Semaphore | None = None

    async def keep_task(self, record: TaskRecord, operation: Operation) -> None:
        """Get every file of a task that is wanted and not here; one that cannot be had is a row that says why."""
        wanted = [
            (key, urls) for key, urls in self._wanted(record) if urls and files.path_of(self._journal, key) is None
        ]
        missing = [key for key, urls in self._wanted(record) if not urls]
        for key in missing:
            files.missed(self._journal, key, status="FAILED", error="the service gave no address for it", url=None)
        await asyncio.gather(*(self._one(key, urls) for key, urls in wanted))

    def _wanted(self, record: TaskRecord) -> Iterator[tuple[FileKey, list[str]]]:
        for clip in record.clips:
            if "mp3" in self._keep:
                key = FileKey(task_id=record.task_id, clip_id=clip.clip_id, kind="mp3")
                yield key, [url for url in (clip.audio_url, clip.source_audio_url) if url]
            if "image" in self._keep and clip.image_url:
                yield FileKey(task_id=record.task_id, clip_id=clip.clip_id, kind="image"), [clip.image_url]
        for product in record.products:
            if product.kind == "audio" and product.clip_id and product.url:
                owner = self._journal.value("select task_id from clips where clip_id = ?", (product.clip_id,))
                if owner is not None:  # a new link for a clip whose own was over
                    yield FileKey(task_id=owner, clip_id=product.clip_id, kind="mp3"), [product.url]
        for position, product in enumerate(record.products):
            if product.kind in FILE_PRODUCTS and product.url:
                name = product.name or str(position)
                about = {"clip_id": product.clip_id or "", "kind": product.kind, "name": name}
                yield FileKey(task_id=record.task_id, **about), [product.url]

    async def _one(self, key: FileKey, urls: list[str]) -> None:
        self._places = self._places or asyncio.Semaphore(PARALLEL)
        async with self._places:
            status, reason = "FAILED", ""
            for url in urls:
                try:
                    await self._fetch(key, url)
                    return
                except StorageFull:
                    raise
                except LinkExpired as problem:
                    status, reason = "EXPIRED", str(problem)
                except DownloadError as problem:
                    reason = reason or str(problem)
            files.missed(self._journal, key, status=status, error=reason, url=urls[0])

    async def _fetch(self, key: FileKey, url: str) -> None:
        try:
            blob = await self._downloader.fetch(url, kind=key.kind)
        except LinkExpired as problem:
            fresh = await self._fresh_link(url, key.task_id)
            if fresh is None:
                raise LinkExpired(str(problem)) from None
            blob = await self._downloader.fetch(fresh, kind=key.kind)
        expected_s = self._journal.value("select duration_s from clips where clip_id = ?", (key.clip_id,))
        files.stored(self._journal, key, blob, url=url, now=self._around.clock(), expected_s=expected_s)

    async def _fresh_link(self, url: str, task_id: str) -> str | None:
        """A new link for an expired one, where the service has a (free) call for that; the exchange is kept."""
        if self._account.host.vocabulary != "kie":
            return None
        http = json_post(f"{self._account.base_url}/api/v1/common/download-url", {"url": url}, self._account)
        asked_at = self._around.clock()
        try:
            reply = await self._transport.send(http)
        except TransportError as problem:
            self._keep_exchange(http, None, None, task_id, asked_at, error=str(problem))
            return None
        answer = judge(reply, self._account.host, operation="download_url")
        self._keep_exchange(http, reply, answer, task_id, asked_at)
        return answer.data if answer.outcome is Outcome.ACCEPTED and isinstance(answer.data, str) else None

    def _keep_exchange(
        self,
        http: HttpRequest,
        reply: HttpReply | None,
        answer: Answer | None,
        task_id: str,
        asked_at: float,
        *,
        error: str | None = None,
    ) -> None:
        with self._journal.write() as writing:
            exchanges.keep(
                writing, http, reply, purpose="download-url", asked_at=asked_at, operation="download_url",
                latency_s=self._around.clock() - asked_at, task_id=task_id, code=answer.code if answer else None,
                error=error,
            )  # fmt: skip
