"""Result codes: what a listener's page hands back as text, guarded against slips of copying.

``SL1.<answers>.<checksum>``: the answers as JSON in URL-safe base64, and the CRC-32 of that text. The checksum finds
every single wrong, missing or swapped character and nearly all other accidents. It is no signature: whoever wants to
forge a code can.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suno_lab.errors import StudyError

MARK = "SL1"
MOST_CHARACTERS = 8_000_000


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a code says: one sitting (``run``) of one listener, event by event."""

    test: str
    commitment: str
    listener: int
    run: str
    events: tuple[Mapping[str, Any], ...]


def encode_result(result: Result) -> str:
    """The code of a result, as a listener's page makes it."""
    values = {**result.__dict__, "events": [dict(event) for event in result.events]}
    body = base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{MARK}.{body}.{zlib.crc32(body.encode('ascii')):08x}"


def decode_result(code: str) -> Result:
    """Read a code; line breaks, blanks and quotation marks of mail programs do no harm.

    Raises
    ------
    StudyError
        When it is not complete and unchanged, or not a code at all.
    """
    text = "".join(code.replace(">", "").split())
    if len(text) > MOST_CHARACTERS or text.count(".") != 2 or not text.startswith(f"{MARK}."):
        raise StudyError(f"this is no complete result code: it begins with {MARK}. and ends with eight characters")
    _, body, checksum = text.split(".")
    if f"{zlib.crc32(body.encode('utf-8', 'replace')):08x}" != checksum.lower():
        raise StudyError("this result code is not as it was written: copy it again, or ask for the file instead")
    return _checked(_parsed(body))


def _parsed(body: str) -> Any:
    try:
        return json.loads(base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as problem:
        raise StudyError(f"this result code holds no answers ({problem})") from None


def _checked(values: Any) -> Result:
    kinds = {"test": str, "commitment": str, "listener": int, "run": str, "events": list}
    if not isinstance(values, dict) or values.keys() != kinds.keys():
        raise StudyError("this result code holds other things than a sitting of a listening test")
    for name, kind in kinds.items():
        if not isinstance(values[name], kind) or isinstance(values[name], bool):
            raise StudyError(f"this result code has no usable {name!r}")
    if not all(isinstance(event, dict) and isinstance(event.get("type"), str) for event in values["events"]):
        raise StudyError("this result code has events without a type")
    return Result(**{**values, "events": tuple(values["events"])})
