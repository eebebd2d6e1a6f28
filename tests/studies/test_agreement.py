"""Against worked examples that were published with their results."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from suno_lab.errors import StudyError
from suno_lab.studies.agreement import COLUMNS, agreement_table, cohen_kappa, icc, krippendorff_alpha

_ = None
#: Krippendorff 2011, section C/D: four observers, twelve units, five values
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
#: Shrout & Fleiss 1979, table 2: six targets, four judges
TARGETS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_krippendorffs_example(level: str, alpha: float) -> None:
    assert krippendorff_alpha(OBSERVERS, level=level) == pytest.approx(alpha, abs=5e-4)


def test_alpha_of_his_binary_example() -> None:
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorff_alpha([first, second]) == pytest.approx(0.095, abs=5e-4)


def test_alpha_of_his_two_observers_with_five_labels() -> None:
    assert krippendorff_alpha([list("aabbdcccedda"), list("babbbccceddd")]) == pytest.approx(0.692, abs=5e-4)


def test_kappa_of_a_published_table() -> None:
    """Fifty grant proposals, two readers: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no give kappa 0.4."""
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(first, second) == pytest.approx(0.4)


def test_icc_of_shrout_and_fleiss() -> None:
    found = icc(TARGETS)
    assert (found.one_way, found.agreement, found.consistency) == pytest.approx((0.17, 0.29, 0.71), abs=5e-3)
    assert (found.one_way_k, found.agreement_k, found.consistency_k) == pytest.approx((0.44, 0.62, 0.91), abs=5e-3)


def test_full_agreement_and_none_possible() -> None:
    assert krippendorff_alpha([["a", "b"], ["a", "b"]]) == 1.0
    assert cohen_kappa(["a", "b"], ["a", "b"]) == 1.0
    assert math.isnan(krippendorff_alpha([["a", "a"], ["a", "a"]]))
    assert math.isnan(krippendorff_alpha([["a", None], [None, "b"]]))
    assert math.isnan(cohen_kappa(["a"], ["a"]))
    assert math.isnan(cohen_kappa(["a"], [None]))
    assert math.isnan(icc([[1.0, 2.0]]).agreement)
    assert math.isnan(icc([[1.0], [2.0]]).agreement)


def test_items_left_out_are_not_counted() -> None:
    holes = [*TARGETS, [math.nan, 1, 2, 3]]
    assert icc(holes) == icc(TARGETS)
    assert cohen_kappa(["a", "b", None], ["a", "b", "b"]) == 1.0


def test_raters_of_different_lengths_are_refused() -> None:
    with pytest.raises(StudyError):
        cohen_kappa(["a"], ["a", "b"])


def test_a_table_takes_the_last_word_and_the_right_measure() -> None:
    rows = [
        {"item": item, "rater": rater, "scale": scale, "value": value, "label": label}
        for scale, values in {
            "reference_tempo_bpm": {"ann": [100, 120, 90], "bob": [101, 119, 91]},
            "reference_vocals": {"ann": ["yes", "no", "yes"], "bob": ["yes", "no", "no"]},
        }.items()
        for rater, given in values.items()
        for item, judged in zip("xyz", given, strict=True)
        for value, label in [(judged, None) if isinstance(judged, int) else (np.nan, judged)]
    ]
    rows.insert(0, {**rows[0], "value": 50})  # taken back
    table = agreement_table(pd.DataFrame(rows)).set_index("scale")
    tempo, vocals = table.loc["reference_tempo_bpm"], table.loc["reference_vocals"]
    assert (tempo["level"], vocals["level"]) == ("interval", "nominal")
    assert tempo["icc_agreement"] > 0.99
    assert tempo["krippendorff_alpha"] > 0.99
    assert math.isnan(tempo["cohen_kappa"])
    assert vocals["cohen_kappa"] == pytest.approx(0.4)
    assert tempo["judgements_n"] == 6


def test_an_empty_table_has_the_same_columns() -> None:
    empty = agreement_table(pd.DataFrame({name: [] for name in ("item", "rater", "scale", "value", "label")}))
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()} == COLUMNS
