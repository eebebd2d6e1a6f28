"""What the words of a request ask for, as columns beside what was measured."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from suno_lab.tables import ASKED_COLUMNS

if TYPE_CHECKING:
    import pandas as pd


@lru_cache(maxsize=4096)
def asked(words: str) -> tuple[float | None, str | None]:
    """Tempo (bpm) and key that a text names; None where it names none.

    >>> asked("house, 124 bpm, in G minor")
    (124.0, 'G minor')
    """
    from suno_lab.engine.wishes import requested_key, requested_tempo_bpm

    key = requested_key(words)
    return requested_tempo_bpm(words), key.name if key else None


def asked_columns(df: pd.DataFrame) -> pd.DataFrame:
    """``requested_tempo_bpm`` and ``requested_key`` for rows with ``style`` and ``description``; style comes first."""
    import pandas as pd

    from suno_lab.tables import array

    texts = (df["style"].fillna("") + "\n" + df["description"].fillna("")).astype(object)
    found = [asked(text) for text in texts]
    columns = zip(ASKED_COLUMNS, range(2), strict=True)
    return pd.DataFrame(
        {column.name: array([pair[place] for pair in found], column.dtype) for column, place in columns}, index=df.index
    )
