from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from suno_lab.errors import StudyError
from suno_lab.studies.opinion import COLUMNS, opinions


def rating(item: str, condition: str, value: float, **about: Any) -> dict[str, Any]:
    return {
        "listener": "ann", "purpose": "test", "listened": True, "form": "rating", "item": item, "question": "quality",
        "condition": condition, "role": "clip", "value": value, **about,
    }  # fmt: skip


def test_ratings_are_averaged_within_items_first() -> None:
    """Student's interval of 40 and 60, by hand: 50 ± 12.7062 · 14.1421 / √2."""
    many = [rating("i1", "V5", 40.0, listener=f"l{n}") for n in range(9)]
    votes = [*many, rating("i2", "V5", 60.0), rating("i2", "V5", 0.0, purpose="repeat"), rating("i1", "V4", 90.0)]
    first, second = opinions(pd.DataFrame(votes)).to_dict("records")
    assert (first["condition"], first["mean"], first["items_n"]) == ("V4", 90.0, 1)
    assert pd.isna(first["low"])
    assert (second["mean"], second["median"], second["ratings_n"], second["listeners_n"]) == (50.0, 40.0, 10, 10)
    assert (second["low"], second["high"]) == pytest.approx((50 - 127.062, 50 + 127.062), abs=1e-2)


def test_reference_and_anchor_are_rows_of_their_own() -> None:
    roles = {"clip": 60.0, "reference": 98.0, "anchor": 20.0}
    votes = [rating("i", "V4", value, role=role, form="mushra") for role, value in roles.items()]
    assert opinions(pd.DataFrame(votes))["role"].tolist() == ["reference", "clip", "anchor"]


def test_votes_of_pairs_and_what_was_not_heard_do_not_count() -> None:
    votes = [
        rating("i", "V4", 1.0, form="ab"),
        rating("i", "V4", 1.0, form="abx"),
        rating("i", "V4", 1.0, listened=False),
    ]
    empty = opinions(pd.DataFrame(votes))
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()} == COLUMNS
    assert empty.empty


def test_a_confidence_lies_between_0_and_1() -> None:
    with pytest.raises(StudyError):
        opinions(pd.DataFrame([rating("i", "V4", 1.0)]), confidence=95)
