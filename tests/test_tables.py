"""Tables are lists of columns."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from suno_lab.tables import BOOLEAN, DF_COLUMNS, FLOAT, INTEGER, STRING, TABLES, TIME, Column, frame, tables_markdown

ALL = [
    Column(name="a", dtype=STRING, description=""),
    Column(name="b", dtype=FLOAT, description=""),
    Column(name="c", dtype=INTEGER, description=""),
    Column(name="d", dtype=BOOLEAN, description=""),
    Column(name="e", dtype=TIME, description=""),
]


def test_the_same_schema_with_and_without_rows() -> None:
    empty, full = frame([], ALL), frame([("x", 1.5, 2, 1, 0.25), (None,) * 5], ALL)
    pd.testing.assert_series_equal(empty.dtypes, full.dtypes)
    assert [str(dtype) for dtype in full.dtypes] == ["string", "float64", "Int64", "boolean", "datetime64[us, UTC]"]


def test_what_is_missing_is_missing_and_never_zero() -> None:
    row = frame([(None,) * 5], ALL).iloc[0]
    assert row.isna().all()


def test_moments_are_utc_to_the_microsecond() -> None:
    moment = frame([("x", 0, 0, 0, 1_800_000_000.123456)], ALL)["e"].iloc[0]
    assert moment == pd.Timestamp("2027-01-15T08:00:00.123456Z")


def test_an_index_of_several_columns() -> None:
    made = frame([("c1", 0.5, 1, 1, 0.0)], ALL, index=("a", "b"))
    assert made.index.names == ["a", "b"]
    assert list(made.columns) == ["c", "d", "e"]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_every_column_is_named_once_and_described(table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert all(column.description for column in table.columns)
    assert set(table.index) <= set(table.names)


def test_the_page_is_up_to_date() -> None:
    page = Path(__file__).parent.parent / "docs" / "tables.md"
    assert page.read_text(encoding="utf-8") == tables_markdown()
    assert all(f"`{column.name}`" in tables_markdown() for column in DF_COLUMNS)
