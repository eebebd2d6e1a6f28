import pandas as pd
import pytest

from suno_lab.plots import plot_ranking, shape_ranking
from suno_lab.studies import rank
from tests.studies.votes import poll

ONE = rank(poll({"V3": -1.0, "V4": 0.0, "V5": 1.0}))
TWO = rank(pd.concat([poll({"V4": 0.0, "V5": 1.0}), poll({"V4": 0.2, "V5": 0.0}, question="vocals")]))


def test_rows_are_those_of_the_table_from_the_top():
    rows = shape_ranking(ONE)
    assert rows["condition"].tolist() == ["V5", "V4", "V3"]
    assert rows["y"].tolist() == [0.0, 1.0, 2.0]
    assert rows["strength"].tolist() == ONE.table["strength"].tolist()


def test_questions_share_the_row_of_a_condition():
    rows = shape_ranking(TWO).set_index(["question", "condition"])["y"]
    assert rows["preference", "V5"] == pytest.approx(-0.125)
    assert rows["vocals", "V5"] == pytest.approx(0.125)
    assert rows["vocals", "V4"] == pytest.approx(1.125)


def test_places_that_are_left_open_are_written():
    assert "1–2" in shape_ranking(TWO)["places"].tolist()
    assert "1–2" in [text.get_text() for text in plot_ranking(TWO).texts]
