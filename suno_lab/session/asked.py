"""What the words of a request ask for, as columns beside what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from suno_lab.tables import ASKED_COLUMNS


@lru_cache(maxsize=4096)
def asked(words: str) -> tuple[float | None, str | None]:
    """Tempo (bpm) and key that a text names; None where it names none.

    >>> asked("house, 124 bpm, in G minor")
    (124.0, 'G minor')
    """
    from suno_lab.engine.wishes import requested_key, requested_tempo_bpm

    key = requested_key(words)
    return requested_tempo_bpm(words), key.name if key else None


def asked_values(styles: Sequence[str | None], descriptions: Sequence[str | None]) -> dict[str, Sequence[Any]]:
    """``requested_tempo_bpm`` and ``requested_key`` of some rows; what the style says comes first."""
    pairs = zip(styles, descriptions, strict=True)
    found = [asked(f"{style or ''}\n{description or ''}") for style, description in pairs]
    return {column.name: [pair[place] for pair in found] for place, column in enumerate(ASKED_COLUMNS)}
