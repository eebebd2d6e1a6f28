"""Giving local sources an address: uploaded when the request that needs them is sent, and once while that lasts."""

from __future__ import annotations

import dataclasses

from suno_lab.api import Request, operations
from suno_lab.api.files import UploadFile
from suno_lab.client.asking import Asker
from suno_lab.client.calls import form_request
from suno_lab.client.sources import MARK, kept_file
from suno_lab.errors import DownloadError, InvalidRequest
from suno_lab.store import SessionFolder

#: an upload is used again for so long (the service keeps it for a day)
REUSE_S = 12 * 3600.0


class Uploader:
    """Uploads kept files to the service's upload address (free)."""

    def __init__(self, folder: SessionFolder, asker: Asker) -> None:
        self._folder, self._asker = folder, asker

    async def prepared(self, request: Request) -> Request:
        """The request with an address in place of every mark of a local file."""
        changes: dict[str, object] = {}
        for name, value in request.items():
            if isinstance(value, str) and value.startswith(MARK):
                changes[name] = await self.address(value)
            elif isinstance(value, tuple) and any(isinstance(item, str) and item.startswith(MARK) for item in value):
                changes[name] = tuple([await self._address_or(item) for item in value])
        return dataclasses.replace(request, **changes) if changes else request

    async def _address_or(self, value: object) -> object:
        return await self.address(value) if isinstance(value, str) and value.startswith(MARK) else value

    async def address(self, mark: str) -> str:
        """An address the service can fetch for a kept file.

        Raises
        ------
        InvalidRequest
            The kept file is gone.
        DownloadError
            The service took it but gave no address.
        """
        now, fact = self._asker.around.clock(), f"upload {mark}"
        known = self._folder.fact(fact)
        if known and now - known["at"] < REUSE_S:
            return str(known["url"])
        path = kept_file(self._folder.path, mark)
        if not path.is_file():
            raise InvalidRequest(f"the kept file of {mark} is gone; give the source again", field="source")
        operation = operations()["upload"]
        http = form_request(operation, UploadFile(path=str(path)), self._asker.account)
        answer, _ = await self._asker.ask(http, operation="upload")
        read = operation.read
        product = read(answer.data) if read else None
        if product is None or not product.url:
            raise DownloadError(f"{self._asker.account.service} took {path.name} but gave no address for it")
        self._folder.keep_fact(fact, {"url": product.url, "at": now})
        return str(product.url)
