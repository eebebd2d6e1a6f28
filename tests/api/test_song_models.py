"""The models of the service."""

from __future__ import annotations

from suno_lab.api.song_models import BY_NAME, DEFAULT_MODEL, LONG, NAMES, SHORT, TAKES_DURATION, models_table


def test_the_table_has_one_row_per_model() -> None:
    table = models_table()
    assert list(table.index) == list(NAMES)
    assert table.index.is_unique
    assert table["max_length_s"].dtype == "float64"
    assert table.loc["V4", "max_length_s"] == 240
    assert table["max_length_s"].isna().sum() == 4
    assert list(table.loc[["V3_5", "V5", "V6"], "status"]) == ["retired", "deprecated", "current"]


def test_a_copy_of_the_table_is_handed_out() -> None:
    table = models_table()
    table.loc["V4", "max_length_s"] = 1.0
    assert models_table().loc["V4", "max_length_s"] == 240


def test_the_groups_cover_the_models() -> None:
    assert set(NAMES) == SHORT | LONG
    assert not SHORT & LONG
    assert TAKES_DURATION < LONG
    assert BY_NAME[DEFAULT_MODEL].upstream == "chirp-crow"
