"""What the words ask for stands beside what was measured."""

from __future__ import annotations

import pandas as pd

from suno_lab.session.asked import asked, asked_columns
from suno_lab.tables import ASKED_COLUMNS


def test_tempo_and_key_are_read_off_the_words() -> None:
    assert asked("house, 124 bpm, in G minor") == (124.0, "G minor")
    assert asked("sad song about 1992") == (None, None)


def test_the_style_comes_before_the_description_and_nothing_is_na() -> None:
    df = pd.DataFrame({"style": ["90 bpm", None, None], "description": ["in C major, 120 bpm", "in F# minor", None]})
    columns = asked_columns(df.astype("string"))
    assert columns["requested_tempo_bpm"].fillna(0).tolist() == [90.0, 0.0, 0.0]
    assert columns["requested_key"].tolist() == ["C major", "F# minor", pd.NA]
    empty = asked_columns(df.astype("string").iloc[:0])
    assert list(empty) == [column.name for column in ASKED_COLUMNS]
    assert (empty.dtypes == columns.dtypes).all()
