import numpy as np
import pandas as pd
import pytest

from suno_lab.plots import (
    plot_bland_altman,
    shape_bland_altman,
    shape_key_errors,
    shape_octave_ratios,
    shape_reliability,
    shape_tempo_agreement,
)
from suno_lab.plots.agreement import wilson

TEMPI = pd.DataFrame({"requested_tempo_bpm": [100, 100, 120, np.nan, 90], "tempo_bpm": [100, 200, 60, 90, np.nan]})


def test_tempo_agreement():
    rows = shape_tempo_agreement(TEMPI)
    assert rows["octaves"].tolist() == [0.0, 1.0, -1.0]


def test_octave_ratios():
    rows = shape_octave_ratios(TEMPI).set_index("octaves")["n"]
    assert rows[rows > 0].to_dict() == {-1.0: 1, 0.0: 1, 1.0: 1}
    assert len(rows) == 33


def test_key_errors():
    df = pd.DataFrame(
        {
            "requested_key": ["C major", "C major", "C major", "Db minor", "A minor", None, "H dur"],
            "musical_key": ["C major", "G major", "A minor", "C# minor", "Eb minor", "C major", "C major"],
        }
    )
    found = shape_key_errors(df)
    found = found[found["n"] > 0].set_index(["fifths", "same_mode"])["n"].to_dict()
    assert found == {(0, True): 2, (1, True): 1, (3, False): 1, (6, True): 1}


def test_bland_altman():
    rows = shape_bland_altman(pd.DataFrame({"a": [1.0, 2.0, 3.0, np.nan], "b": [0.0, 2.0, 4.0, 1.0]}), "a", "b")
    assert rows["difference"].tolist() == [1.0, 0.0, -1.0]
    assert rows.attrs == pytest.approx({"bias": 0.0, "low": -1.96, "high": 1.96, "n": 3})


def test_nothing_to_compare_is_an_empty_picture():
    empty = pd.DataFrame({"a": [np.nan], "b": [1.0]})
    assert shape_bland_altman(empty, "a", "b").attrs["n"] == 0
    plot_bland_altman(empty, "a", "b")
    assert shape_reliability([], []).empty


def test_reliability():
    rows = shape_reliability([0.1, 0.9, 0.2, 0.8], [False, True, False, True], bins_n=2)
    assert rows[["confidence", "correct", "n"]].values.tolist() == [
        [pytest.approx(0.15), 0, 2],
        [pytest.approx(0.85), 1, 2],
    ]


def test_wilson():
    """Newcombe, Statistics in Medicine 1998, table I: 81 of 263 and 0 of 20."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
