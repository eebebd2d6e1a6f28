"""Every reader of this package that is given what others wrote, and an endless supply of such things."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any

Reader = Callable[[Any], object]

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3.5, 10**400, -(10**19), float("nan"), float("inf"), "", " ", "0", "SUCCESS", "1e999",
    "null", "\x00", "\ud800", "𝄞" * 40, "2025-01-01 00:00:00", "9999-99-99", "[" * 3000, "http://[", "[Verse]\n[", [],
    {}, [None], [[]], {"data": None}, {"code": "200"}, [{}] * 3,
)  # fmt: skip
NAMES = (
    "code", "msg", "data", "response", "sunoData", "taskId", "task_id", "status", "state", "successFlag", "resultJson",
    "callbackType", "alignedWords", "startS", "duration", "createTime", "originData", "instruments", "notes", "images",
)  # fmt: skip


def readers() -> dict[str, Reader]:
    """Name → reader of one JSON value. None of them may raise."""
    from suno_lab.api import error_parts, operations
    from suno_lab.api.callbacks import read_callback
    from suno_lab.api.files import read_multipart
    from suno_lab.api.market import legacy_call, record_endpoint
    from suno_lab.lyrics import parse

    found: dict[str, Reader] = {
        "error_parts": error_parts,
        "read_callback": read_callback,
        "signed_by": lambda value: _signed(_text(value)),
        "legacy_call": legacy_call,
        "parse lyrics": lambda value: parse(_text(value)),
        "read_multipart": lambda value: read_multipart(
            "multipart/form-data; boundary=a", _text(value).encode("utf-8", "replace")
        ),
    }
    for name, operation in operations().items():
        found |= {f"{name} check at {host}": partial(_check, operation, host) for host in ("kie", "sunoapi")}
        if operation.record is not None:
            found[f"{name} record"] = partial(_record, operation.record)
        if operation.read is not None:
            found[f"{name} answer"] = operation.read
        if operation.market_model:
            found[f"{name} market record"] = partial(_record, record_endpoint(operation))
    return found


def _signed(text: str) -> object:
    from suno_lab.api.callbacks import signed_by

    headers = {"X-Webhook-Timestamp": "1", "X-Webhook-Signature": text}
    return signed_by(headers, task_id=text, now_s=1.0, hmac_key="k")


def _check(operation: Any, host: str, value: Any) -> object:
    return operation.check(value, host=host) if isinstance(value, dict) else None


def _record(endpoint: Any, value: Any) -> object:
    return endpoint.parse(endpoint.unwrap(value).data, task_id="a"), endpoint.parse(value, task_id="a")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# ── what they are fed ────────────────────────────────────────────────────────────────────────────────────────────────
def anything(seed: int) -> Iterator[Any]:
    """Documented bodies and answers with parts exchanged, and values made of nothing; endless, the same by seed."""
    from suno_lab.api.examples import EXAMPLES

    known = [
        part
        for example in EXAMPLES.values()
        for whole in (example.body, example.answer, example.record)
        if whole is not None
        for part in (whole, whole.get("data"))
    ]
    yield from STRANGE
    for number in count():
        dice = random.Random(f"{seed}/{number}")
        yield _made(dice, depth=4) if dice.random() < 0.3 else _spoiled(copy.deepcopy(dice.choice(known)), dice)


def _made(dice: random.Random, *, depth: int) -> Any:
    if depth == 0 or dice.random() < 0.3:
        return copy.deepcopy(dice.choice(STRANGE))
    if dice.random() < 0.3:
        return [_made(dice, depth=depth - 1) for _ in range(dice.randrange(4))]
    return {dice.choice(NAMES): _made(dice, depth=depth - 1) for _ in range(dice.randrange(6))}


def _spoiled(value: Any, dice: random.Random) -> Any:
    """The value with one to four of its parts exchanged, left out, or written as text."""
    whole = [value]
    for _ in range(dice.randint(1, 4)):
        holder, key = dice.choice(list(_places(whole)))
        how = dice.random()
        if how < 0.15 and isinstance(holder, dict):
            del holder[key]
        elif how < 0.25:
            holder[key] = json.dumps(holder[key])
        else:
            holder[key] = _made(dice, depth=2)
    return whole[0]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)
