"""Files: links, their lifetime, and how they are served (ranges, ETag, HEAD)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping

from suno_lab.emulator.call import Call, Service
from suno_lab.emulator.media import media_key
from suno_lab.emulator.replies import as_bytes, envelope
from suno_lab.emulator.tasks import Piece, Task
from suno_lab.models import HttpReply, TaskState

MIMES: Mapping[str, str] = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "jpeg": "image/jpeg",
    "mp4": "video/mp4",
}
DAY_S = 86_400.0
_NAME = re.compile(r"/files/([0-9a-f-]{36})(?:_[A-Za-z0-9_-]+)?\.([a-z0-9]{2,4})")


def clip_link(call: Call, task: Task, piece: Piece) -> str:
    """Where the audio of a clip is."""
    return call.link(f"/files/{piece.piece_id}.mp3")


def serve_file(call: Call) -> HttpReply:
    """``GET /files/<id>[_<name>].<ext>``: the file, made now if it is not there yet."""
    found = _NAME.fullmatch(call.request.path)
    piece = call.state.piece(found[1]) if found else None
    task = call.state.task(piece.task_id) if piece else None
    if not found or piece is None or task is None or not available(call, task, piece):
        return gone()
    ext = found[2]
    if not _made_as(task, piece, ext):
        return gone()
    if _spoiled(call, task, "empty_file") and ext != "jpeg":
        return as_bytes(b"", MIMES[ext])
    body = produce_piece(call.service, task, piece, ext=ext)
    return ranged(call, body, mime=MIMES[ext], etag=f'"{piece_key(call.service, piece, ext)[:32]}"')


def serve_stream(call: Call) -> HttpReply:
    """``GET /stream/<base64 id>``: the clip's audio under its streaming address."""
    handle = call.request.path.removeprefix("/stream/")
    try:
        clip_id = base64.b64decode(handle + "=" * (-len(handle) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return gone()
    piece = call.state.piece(clip_id)
    task = call.state.task(piece.task_id) if piece and piece.kind == "clip" else None
    if piece is None or task is None or not available(call, task, piece):
        return gone()
    body = produce_piece(call.service, task, piece, ext="mp3")
    return ranged(call, body, mime=MIMES["mp3"], etag=f'"{piece_key(call.service, piece, "mp3")[:32]}"')


def available(call: Call, task: Task, piece: Piece) -> bool:
    """Whether the file of a piece is there at this moment: made already, and its days not over."""
    state = task.state_at(call.now)
    if not link_holds(call):
        return False
    ready = state is TaskState.SUCCESS or (state is TaskState.FIRST and piece.place == 0)
    kept_s = call.host.retention_days["audio"] * DAY_S
    fresh = call.now < task.ends_at + kept_s
    return ready and fresh and not _spoiled(call, task, "expired_link")


def _spoiled(call: Call, task: Task, fault: str) -> bool:
    """Whether a fault lies on the plain links of a music task; links made for download are spared."""
    return fault in task.faults and task.family == "music" and "token" not in call.query


def link_holds(call: Call) -> bool:
    """Whether an address made by ``download-url`` is ours and not over; plain addresses always hold."""
    until = call.query.get("until")
    if until is None:
        return "token" not in call.query
    if not (until.isdecimal() and len(until) < 15) or call.now >= int(until):
        return False
    given = call.query.get("token", "").encode("utf-8", "replace")
    return hmac.compare_digest(given, link_token(call, call.request.path, int(until)).encode())


def link_token(call: Call, path: str, until: int) -> str:
    """What only this emulator can write under a link that works until then (Unix seconds)."""
    call.state.keep("control", "link key", secrets.token_hex(16), replace=False)
    key = str(call.state.kept("control", "link key")).encode()
    return hmac.new(key, f"{path}|{until}".encode(), hashlib.sha256).hexdigest()[:32]


def _made_as(task: Task, piece: Piece, ext: str) -> bool:
    """Whether a piece is served under that extension."""
    from suno_lab.emulator.families import families

    return (piece.kind, ext) in families()[task.family].produce


def piece_key(service: Service, piece: Piece, ext: str) -> str:
    """Under which key the file of a piece is cached."""
    return media_key(service.songs.version, piece.piece_id, ext)


def produce_piece(service: Service, task: Task, piece: Piece, *, ext: str) -> bytes:
    """The bytes of a piece, made where they are not there yet."""
    from suno_lab.emulator.families import families

    make = families()[task.family].produce[piece.kind, ext]
    return service.media.fetch(piece_key(service, piece, ext), ext, lambda: make(service, task, piece))


# ── HTTP's own rules ─────────────────────────────────────────────────────────────────────────────────────────────────
def ranged(call: Call, body: bytes, *, mime: str, etag: str) -> HttpReply:
    """The whole of ``body``, the part that was asked for (206), 304 or 416. HEAD gets the headers alone."""
    headers = call.request.headers
    about = {"etag": etag, "accept_ranges": "bytes", "cache_control": "private, max-age=3600"}
    if headers.get("if-none-match") == etag:
        return as_bytes(b"", mime, status=304, **about)
    asked = headers.get("range", "")
    if asked and headers.get("if-range", etag) == etag:
        span = byte_span(asked, len(body))
        if span is None:
            return as_bytes(b"", mime, status=416, content_range=f"bytes */{len(body)}", **about)
        if span != (0, len(body)):
            first, end = span
            about["content_range"] = f"bytes {first}-{end - 1}/{len(body)}"
            return _for_method(call, body[first:end], mime, status=206, about=about)
    return _for_method(call, body, mime, status=200, about=about)


def _for_method(call: Call, body: bytes, mime: str, *, status: int, about: Mapping[str, str]) -> HttpReply:
    sent = b"" if call.request.method == "HEAD" else body
    return as_bytes(sent, mime, status=status, content_length=str(len(body)), **about)


def byte_span(asked: str, size: int) -> tuple[int, int] | None:
    """One byte range (``first``, ``end``) of a ``Range`` header; None where it cannot be satisfied.

    What is not one well-formed range of bytes is ignored, as HTTP allows: the whole is meant then.
    """
    found = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", asked.strip())
    if not found or found[0].endswith("=-"):
        return 0, size
    first, last = found[1], found[2]
    if not first:
        return (max(size - int(last), 0), size) if int(last) and size else None
    if int(first) >= size or (last and int(last) < int(first)):
        return None
    return int(first), min(int(last) + 1, size) if last else size


def gone() -> HttpReply:
    """No such file, or no longer."""
    return envelope(404, "The file does not exist or has expired", None, status=404)
