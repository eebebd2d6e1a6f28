"""Reading strange values: numbers as text, times in four shapes, two casings. Nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

Json = Any


class Envelope(NamedTuple):
    """The three parts of every answer."""

    code: int
    message: str
    data: Json


def envelope(answer: Json) -> Envelope:
    """``code``, ``msg`` and ``data`` of an answer; ``Envelope(0, "", None)`` where it has none."""
    if not isinstance(answer, dict):
        return Envelope(0, "", None)
    code = answer.get("code")
    if isinstance(code, str) and re.fullmatch(r"[0-9]{1,4}", code):
        code = int(code)
    known = isinstance(code, int) and not isinstance(code, bool)
    return Envelope(int(code or 0) if known else 0, str(answer.get("msg") or ""), answer.get("data"))


def text_or_none(value: Json) -> str | None:
    """A non-empty string, or None."""
    return str(value) if value not in (None, "") and not isinstance(value, dict | list) else None


def number_or_none(value: Json) -> float | None:
    """A finite number, also from its text, or None."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None  # NaN and infinities are no numbers here


def unix_seconds(value: Json) -> float | None:
    """A moment from epoch milliseconds, epoch seconds, or ``2025-01-01 00:00:00`` / ISO text (taken as UTC)."""
    number = number_or_none(value)
    if number is not None:
        return number / 1000 if number > 1e11 else number
    if not isinstance(value, str) or not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def object_of(value: Json) -> Mapping[str, Any]:
    """The object itself; anything else is an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Json) -> list[Mapping[str, Any]]:
    """The objects of a list; anything else is an empty list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def either(found: Mapping[str, Any], name: str) -> str | None:
    """The text under a camelCase name, or under the same name in snake_case, or None."""
    return text_or_none(found.get(name)) or text_or_none(found.get(snake_case(name)))


def snake_case(name: str) -> str:
    """``callBackUrl`` → ``call_back_url``; a run of capitals stays one word."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
