"""Files that users bring, in three ways, and links fit for download."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
from typing import Any
from urllib.parse import quote, unquote

from suno_lab.api import Body, operations
from suno_lab.api.files import read_multipart
from suno_lab.emulator.accepting import check
from suno_lab.emulator.addresses import fetch, may_follow, parts_of
from suno_lab.emulator.call import Answer, Call, Immediate
from suno_lab.emulator.families.cover_art import iso_time
from suno_lab.emulator.files import DAY_S, gone, link_token, ranged
from suno_lab.emulator.replies import No, Refusal, as_json
from suno_lab.emulator.tasks import digest
from suno_lab.models import HttpReply

#: how long a link for download works
LINK_S = 20 * 60.0
_FIRST_BYTES: tuple[tuple[bytes, str], ...] = (
    (b"ID3", "mp3"), (b"\xff\xfb", "mp3"), (b"\xff\xf3", "mp3"), (b"RIFF", "wav"), (b"fLaC", "flac"),
    (b"OggS", "ogg"), (b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"),
)  # fmt: skip


# ── taking files ─────────────────────────────────────────────────────────────────────────────────────────────────────
def upload(call: Call, body: Body) -> Answer:
    """``multipart/form-data`` with ``file``, ``uploadPath`` and perhaps ``fileName``."""
    parts = read_multipart(call.request.headers.get("content-type", ""), call.request.body)
    fields: Body = {name: part.text for name, part in parts.items() if name != "file"}
    file = parts.get("file")
    if file is not None:
        fields["file"] = file.file_name or "file"
    check(call, operations()["upload"], fields)
    assert file is not None, "the contract asks for it"
    own_name = file.file_name if call.host.vocabulary == "sunoapi" else None
    return keep(call, file.content, folder=fields["uploadPath"], name=fields.get("fileName") or own_name)


def upload_base64(call: Call, body: Body) -> Answer:
    """JSON with the file in base64, plain or as a ``data:`` address."""
    text = re.sub(r"^data:[^,]{0,200},", "", str(body["base64Data"]))
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(No.INVALID, "Base64 decoding failed: Invalid Base64 format", code=400) from None
    return keep(call, content, folder=body["uploadPath"], name=body.get("fileName"))


def upload_from_url(call: Call, body: Body) -> Answer:
    """JSON with the address of the file, which must lie on this machine."""
    url = str(body["fileUrl"])
    allowed = call.service.settings.allow_hosts
    if not may_follow(url, allowed):
        raise Refusal(No.CANNOT_FETCH, "Failed to download the file: the emulator goes to this machine only")
    return keep(call, fetch(url, allowed=allowed), folder=body["uploadPath"], name=body.get("fileName"))


def keep(call: Call, content: bytes, *, folder: str, name: str | None) -> Answer:
    """Keep a file under its path; an equal path is overwritten."""
    if not content:
        raise Refusal(No.INVALID, "The file is empty", code=400)
    blob = call.service.blobs.keep(content)
    ext = extension(content)
    name = plain_name(name) if name else f"{digest('upload', blob, folder).hex()[:24]}.{ext}"
    path = f"{plain_name(folder)}/{name}"
    mime = mimetypes.guess_type(name)[0] or mimetypes.guess_type(f"x.{ext}")[0] or "application/octet-stream"
    call.state.keep("upload", path, {"blob": blob, "mime": mime, "at": call.now})
    data = {
        "fileName": name,
        "filePath": path,
        "downloadUrl": call.link(f"/uploads/{quote(path)}"),
        "fileSize": len(content),
        "mimeType": mime,
        "uploadedAt": iso_time(call.now),
    }
    return Answer(reply=as_json({"success": True, "code": 200, "msg": "File uploaded successfully", "data": data}))


def extension(content: bytes) -> str:
    """What the first bytes say a file is; ``bin`` for anything unknown."""
    return next((ext for magic, ext in _FIRST_BYTES if content.startswith(magic)), "bin")


def plain_name(name: str) -> str:
    """A name or path without anything that means more than itself."""
    parts = [re.sub(r"[^\w.\- ]", "_", part)[:100] for part in str(name).split("/")]
    return "/".join(part for part in parts if part.strip(". ")) or "file"


# ── giving them back ─────────────────────────────────────────────────────────────────────────────────────────────────
def upload_bytes(call: Call, path: str) -> bytes | None:
    """The bytes under an upload's path; None when there is none, or when its days are over."""
    kept = call.state.kept("upload", path)
    if not kept or call.now >= float(kept["at"]) + call.host.retention_days["upload"] * DAY_S:
        return None
    return call.service.blobs.read(str(kept["blob"]))


def serve_upload(call: Call) -> HttpReply:
    """``GET /uploads/<path>``."""
    path = unquote(call.request.path).removeprefix("/uploads/")
    body = upload_bytes(call, path)
    if body is None:
        return gone()
    kept: Any = call.state.kept("upload", path)
    return ranged(call, body, mime=str(kept["mime"]), etag=f'"{kept["blob"][:32]}"')


# ── links fit for download ───────────────────────────────────────────────────────────────────────────────────────────
def download_url(call: Call, body: Body) -> Answer:
    """A link that works for twenty minutes, to a file this emulator made."""
    parts = parts_of(str(body["url"]))
    if f"{parts.scheme}://{parts.netloc}" != call.request.origin or not parts.path.startswith("/files/"):
        raise Refusal(No.INVALID, "The url is not a file of this service")
    until = int(call.now + LINK_S)
    return Answer(data=call.link(f"{parts.path}?until={until}&token={link_token(call, parts.path, until)}"))


IMMEDIATE = (
    Immediate(operation="upload", answer=upload, reads_json=False),
    Immediate(operation="upload_base64", answer=upload_base64),
    Immediate(operation="upload_from_url", answer=upload_from_url),
    Immediate(operation="download_url", answer=download_url),
)
