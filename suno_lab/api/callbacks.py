"""Callbacks: what arrives, what is sent, and the signature.

A callback is a hint. Its signature covers the task and the time, not the content: one captured pair of headers lets
anybody post any address. So whoever receives one asks the record endpoint, and downloads nothing a callback names.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from suno_lab.api.contract import Body, Json, Operation
from suno_lab.api.market import STATES, snake_keys
from suno_lab.api.reading import either, envelope, number_or_none, object_of, objects
from suno_lab.models import TaskState

Stage = Literal["text", "first", "complete", "error"]

#: the service gives up on a receiver after so long, and after so many failed repetitions (kie)
ANSWER_WITHIN_S = 15.0
REPETITIONS = 3


# ── what arrives ─────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class CallbackHint:
    """What a callback claims.

    Attributes
    ----------
    stage : str
        ``text``, ``first``, ``complete`` or ``error``.
    """

    task_id: str
    stage: str
    code: int = 0
    message: str = ""


def read_callback(payload: Json) -> CallbackHint | None:
    """A callback's body in any of its shapes → what it claims; None where it names no task."""
    top = object_of(payload)
    code, message, inner = envelope(payload)
    data = object_of(inner)
    task_id = either(data, "task_id") or either(data, "taskId") or either(top, "task_id") or either(top, "taskId")
    if task_id is None:
        return None
    return CallbackHint(task_id=task_id, stage=_stage(data, code), code=code, message=message)


def _stage(data: Mapping[str, Any], code: int) -> str:
    if code not in (0, 200):  # a failed lyrics task calls itself "complete"
        return "error"
    named = data.get("callbackType", data.get("callback_type"))
    if named in ("text", "first", "complete", "error"):
        return str(named)
    state = data.get("state")
    if isinstance(state, str) and STATES.get(state) is TaskState.FAILED:
        return "error"
    return "complete" if code == 200 else "error"  # without a code and a name nobody knows


# ── the signature (kie) ──────────────────────────────────────────────────────────────────────────────────────────────
TIMESTAMP_HEADER, SIGNATURE_HEADER = "X-Webhook-Timestamp", "X-Webhook-Signature"
#: the service names no tolerance; five minutes is common elsewhere
TOLERANCE_S = 300.0


def signature(task_id: str, *, timestamp_s: int, hmac_key: str) -> str:
    """Base64 of HMAC-SHA256 over ``task_id.timestamp``."""
    digest = hmac.new(hmac_key.encode(), f"{task_id}.{timestamp_s}".encode("utf-8", "replace"), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def signature_headers(task_id: str, *, now_s: float, hmac_key: str) -> dict[str, str]:
    """The two headers of a signed callback; ``now_s`` in Unix seconds."""
    timestamp_s = int(now_s)
    signed = signature(task_id, timestamp_s=timestamp_s, hmac_key=hmac_key)
    return {TIMESTAMP_HEADER: str(timestamp_s), SIGNATURE_HEADER: signed}


def signed_by(
    headers: Mapping[str, str], *, task_id: str, now_s: float, hmac_key: str, tolerance_s: float = TOLERANCE_S
) -> bool:
    """Whether the headers (names in any case) carry a signature for this task, not older or newer than ``tolerance_s``.

    Compared in constant time.
    """
    found = {name.lower(): value for name, value in headers.items()}
    stamp, given = found.get(TIMESTAMP_HEADER.lower(), ""), found.get(SIGNATURE_HEADER.lower(), "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        return False
    expected = signature(task_id, timestamp_s=int(stamp), hmac_key=hmac_key)
    fresh = abs(now_s - int(stamp)) <= tolerance_s
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", errors="replace")) and fresh


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class _Event:
    """One thing to report: the record it comes from, and in whose words."""

    task_id: str
    data: Mapping[str, Any]  #: the ``data`` of the task's record
    host: str
    stage: Stage
    operation: str
    message: str

    @property
    def ok(self) -> bool:
        return self.stage != "error"

    @property
    def response(self) -> Mapping[str, Any]:
        return object_of(self.data.get("response")) if self.ok else {}


def _music(event: _Event) -> Body:
    if not event.ok and event.operation == "replace_section":
        return {"callbackType": "error", "task_id": event.task_id, "error": event.message}
    tracks: Json = [snake_keys(track) for track in objects(event.response.get("sunoData"))]
    if event.stage == "first":
        tracks = [track for track in tracks if track.get("audio_url")][:1]
    elif event.stage == "text":
        tracks = []
    elif not event.ok and event.operation not in ("extend", "cover", "upload_extend"):
        tracks = None
    return {"callbackType": event.stage, "task_id": event.task_id, "data": tracks}


def _lyrics(event: _Event) -> Body:
    id_name, error_name = ("taskId", "errorMessage") if event.host == "sunoapi" else ("task_id", "error_message")
    variants = [
        {
            "text": found.get("text", ""),
            "title": found.get("title", ""),
            "status": found.get("status", "complete"),
            error_name: found.get("errorMessage") or "",
        }
        for found in objects(event.response.get("data"))
    ]
    return {"callbackType": "complete", id_name: event.task_id, "data": variants if event.ok else None}


def _stems(event: _Event) -> Body:
    name = "vocal_removal_info" if event.host == "sunoapi" else "vocal_separation_info"
    links = {
        key: value
        for key, value in snake_keys(event.response).items()
        if value is not None and (key.endswith("_url") or key == "origin_data")
    }
    listed = links.get("origin_data")
    pairs = isinstance(listed, list) and any("extract" in found for found in objects(listed))
    if pairs:  # one named stem: both hosts use this name
        return {"task_id": event.task_id, "vocal_removal_info": {"origin_data": listed}}
    links.pop("origin_data", None)
    return {"task_id": event.task_id, name: {"origin_url": "", **links} if event.ok else None}


def _midi(event: _Event) -> Body:
    found = object_of(event.data.get("midiData")) if event.ok else {}
    return {"taskId": event.task_id, **found}


def _phrase(event: _Event) -> Body:
    return {
        "taskId": event.task_id,
        "validateInfo": event.data.get("validateInfo") if event.ok else None,
        "status": "wait_validating" if event.ok else "processing_validate_fail",
        "errorCode": 0 if event.ok else 500,
        "errorMessage": "" if event.ok else event.message,
    }


def _voice(event: _Event) -> Body:
    return {
        "taskId": event.task_id,
        "voiceId": event.data.get("voiceId") if event.ok else "",
        "status": "success" if event.ok else "fail",
        "errorCode": 0 if event.ok else 500,
        "errorMessage": "" if event.ok else event.message,
    }


def _wav(event: _Event) -> Body:
    return {"task_id": event.task_id, "audioWavUrl": event.response.get("audioWavUrl")}


def _video(event: _Event) -> Body:
    return {"task_id": event.task_id, "video_url": event.response.get("videoUrl")}


def _cover(event: _Event) -> Body:
    return {"taskId": event.task_id, "images": event.response.get("images")}


_PAYLOADS: Mapping[str, Callable[[_Event], Body]] = {
    "music": _music,
    "lyrics": _lyrics,
    "stems": _stems,
    "midi": _midi,
    "wav": _wav,
    "video": _video,
    "cover": _cover,
    "phrase": _phrase,
    "voice": _voice,
}
_FAILURES: Mapping[str, tuple[int, str]] = {
    "music": (501, "Audio generation failed"),
    "lyrics": (400, "Song Description flagged for moderation"),
    "cover": (501, "Cover generation failed"),
    "phrase": (400, "Voice validation failed"),
    "voice": (500, "Voice generation failed"),
}
_SUCCESSES: Mapping[str, str] = {
    "text": "Text generation completed.",
    "first": "First track generated successfully.",
    "complete": "All generated successfully.",
}


def callback_payload(
    operation: Operation,
    *,
    task_id: str,
    data: Mapping[str, Any],
    host: str,
    stage: Stage = "complete",
    code: int | None = None,
    message: str | None = None,
) -> Body:
    """The body of a callback as ``host`` sends it on per-operation paths.

    Parameters
    ----------
    operation : Operation
        What the task was made by; one that makes a task.
    data : mapping
        The ``data`` of the task's record at that moment; of a flat record the whole answer.
    host : str
        ``kie`` or ``sunoapi``: they differ in two families.
    code, message : int, str
        By default those of the documented examples.
    """
    family = operation.record.family if operation.record else ""
    failed_code, failed_message = _FAILURES.get(family, (500, "Internal Error, Please try again later."))
    code = code if code is not None else (failed_code if stage == "error" else 200)
    said = message if message is not None else _said(family, stage, host, failed_message)
    if family == "recovery":
        return {"code": code, "msg": said, "task_id": task_id, "data": objects(data.get("data")) or None}
    event = _Event(task_id=task_id, data=data, host=host, stage=stage, operation=operation.name, message=said)
    return {"code": code, "msg": said, "data": _PAYLOADS[family](event)}


def _said(family: str, stage: Stage, host: str, failed_message: str) -> str:
    if stage == "error":
        return failed_message
    if family == "music":
        return _SUCCESSES[stage]
    if family == "stems":
        return f"vocal {'Removal' if host == 'sunoapi' else 'separation'} generated successfully."
    return "success"


def market_callback_payload(record: Mapping[str, Any], *, message: str = "") -> Body:
    """The body of a callback on the market route: the ``data`` of ``jobs/recordInfo`` in the usual envelope.

    No page shows one; this is what the record of the same task says.
    """
    failed = record.get("state") == "fail"
    code = int(number_or_none(record.get("failCode")) or 500) if failed else 200
    return {"code": code, "msg": message or ("fail" if failed else "success"), "data": dict(record)}
