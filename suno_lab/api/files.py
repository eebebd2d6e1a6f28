"""Files: sent to the service, and links made fit for download."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from suno_lab.api.contract import (
    N0,
    ON_KIE,
    ON_SUNOAPI,
    Body,
    Finding,
    Json,
    K,
    Operation,
    Price,
    Request,
    text_or_none,
    wire,
)
from suno_lab.api.fields import text_of
from suno_lab.api.prices import KIE_LIST
from suno_lab.api.reading import either, number_or_none, object_of
from suno_lab.models import Product

#: where uploads go when nobody says otherwise
FOLDER = "suno-lab"
_FREE = (Price(credits=0, source=f"{K}; {N0}", hosts=ON_KIE | ON_SUNOAPI),)


def read_upload(data: Json) -> Product:
    """The answer of an upload → the file: its address, its name, and as ``value`` its size in bytes."""
    found = object_of(data)
    return Product(
        kind="upload",
        name=either(found, "fileName") or either(found, "originalName") or "",
        url=either(found, "downloadUrl") or either(found, "fileUrl"),
        value=number_or_none(found.get("fileSize")),
        item_id=either(found, "fileId") or either(found, "filePath"),
    )


def plain_folder(body: Body, host: str) -> Iterator[Finding]:
    """``uploadPath`` neither starts nor ends with a slash."""
    folder = text_of(body, "uploadPath") or ""
    if folder != folder.strip("/"):
        message = f"`uploadPath` {folder!r} must neither start nor end with a slash"
        yield Finding(severity="refuse", field="uploadPath", message=message, given=folder, source=f"{K}; {N0}")


@dataclass(frozen=True, kw_only=True)
class _Upload(Request):
    folder: str = wire("uploadPath", default=FOLDER, required=True, doc="folder at the service")
    name: str | None = wire(
        "fileName", default=None, doc="name at the service; an equal one is overwritten, none means a random one"
    )


@dataclass(frozen=True, kw_only=True)
class UploadFile(_Upload):
    """Send a file of this machine; the service keeps it for a day."""

    operation: ClassVar[str] = "upload"

    path: str = wire("file", "file", required=True, doc="the file, sent as multipart/form-data")


@dataclass(frozen=True, kw_only=True)
class UploadBase64(_Upload):
    """Send a small file as text; the service keeps it for a day."""

    operation: ClassVar[str] = "upload_base64"

    content: str = wire("base64Data", required=True, doc="the file in base64, plain or as a data: address")


@dataclass(frozen=True, kw_only=True)
class UploadFromUrl(_Upload):
    """Have the service fetch a file: within 30 s, better below 100 MB; it keeps it for a day."""

    operation: ClassVar[str] = "upload_from_url"

    source_url: str = wire("fileUrl", "uri", required=True, doc="public address of the file")


def _upload(request: type[_Upload], *, title: str, path: str, **about: Any) -> Operation:
    return Operation(
        request=request,
        title=title,
        source=f"{K}; {N0}",
        path=path,
        read=read_upload,
        prices=_FREE,
        makes="upload",
        callback_field="",
        upload=True,
        rules=(plain_folder,),
        **about,
    )


UPLOAD = _upload(UploadFile, title="Upload a file", path="/api/file-stream-upload", encoding="multipart")
UPLOAD_BASE64 = _upload(UploadBase64, title="Upload a file as text", path="/api/file-base64-upload")
UPLOAD_FROM_URL = _upload(UploadFromUrl, title="Upload from an address", path="/api/file-url-upload")


# ── download links ───────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class DownloadUrl(Request):
    """Ask for a link to a file of the service that works for twenty minutes."""

    operation: ClassVar[str] = "download_url"

    url: str = wire("url", "uri", required=True, doc="address of a file that the service made")


DOWNLOAD_URL = Operation(
    request=DownloadUrl,
    title="Download link",
    source=K,
    path="/api/v1/common/download-url",
    read=text_or_none,
    prices=(Price(credits=0, source=KIE_LIST),),
    makes="url",
    callback_field="",
    hosts=ON_KIE,
)

OPERATIONS: tuple[Operation, ...] = (UPLOAD, UPLOAD_BASE64, UPLOAD_FROM_URL, DOWNLOAD_URL)


# ── multipart/form-data ──────────────────────────────────────────────────────────────────────────────────────────────
def multipart_body(
    texts: Mapping[str, str], *, file_field: str, file_name: str, content: bytes, content_type: str, boundary: str
) -> tuple[str, bytes]:
    """A form with texts and one file.

    Parameters
    ----------
    boundary : str
        A text that occurs nowhere in the form, e.g. 32 random hex digits.

    Returns
    -------
    tuple of str and bytes
        The header ``content-type`` and the body.
    """

    def quoted(name: str) -> str:
        return '"' + name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A") + '"'

    parts = [
        f"--{boundary}\r\nContent-Disposition: form-data; name={quoted(name)}\r\n\r\n{text}\r\n".encode()
        for name, text in texts.items()
    ]
    head = (
        f"--{boundary}\r\nContent-Disposition: form-data; name={quoted(file_field)}; filename={quoted(file_name)}\r\n"
        f"Content-Type: {content_type}\r\n\r\n"
    )
    parts += [head.encode(), content, f"\r\n--{boundary}--\r\n".encode()]
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)


@dataclass(frozen=True, kw_only=True)
class FormPart:
    """One part of a form: a text, or a file with its name."""

    content: bytes
    file_name: str | None = None
    content_type: str = "text/plain"

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8", errors="replace")


def read_multipart(content_type: str, body: bytes) -> dict[str, FormPart]:
    """The parts of a form by name; of repeated ones the last counts, what cannot be read is left out."""
    boundary = re.search(r'boundary="?([^";,\s]{1,200})', content_type)
    if boundary is None:
        return {}
    found: dict[str, FormPart] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode("utf-8", errors="replace"))[1:]:
        head, found_break, content = part.partition(b"\r\n\r\n")
        head_text = head.decode("utf-8", errors="replace")
        name = re.search(r'[;\s]name="([^"]*)"', head_text)
        if part.startswith(b"--") or not found_break or name is None:
            continue
        file_name = re.search(r'[;\s]filename="([^"]*)"', head_text)
        kind = re.search(r"^content-type:\s*(\S+)", head_text, re.IGNORECASE | re.MULTILINE)
        found[name[1]] = FormPart(
            content=content, file_name=file_name[1] if file_name else None,
            content_type=kind[1] if kind else "text/plain",
        )  # fmt: skip
    return found
