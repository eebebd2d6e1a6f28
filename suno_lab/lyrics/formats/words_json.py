"""JSON: everything that is known of each word."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields

from suno_lab.lyrics.timed import SungWord

SUFFIX = ".json"
KEEPS = "words"
PRECISION_S = 0.0

_NAMES = {field.name for field in fields(SungWord)}


def write(words: Sequence[SungWord]) -> str:
    """A list of objects, one a word."""
    return json.dumps({"words": [asdict(word) for word in words]}, ensure_ascii=False, indent=1) + "\n"


def read(text: str) -> tuple[SungWord, ...]:
    """Words as :func:`write` writes them; unknown names are ignored.

    Raises
    ------
    ValueError
        When it is no such JSON.
    """
    try:
        found = json.loads(text)
        rows = found if isinstance(found, list) else found["words"]
        return tuple(SungWord(**{k: v for k, v in word.items() if k in _NAMES}) for word in rows)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a list of timed words: {error}") from error
