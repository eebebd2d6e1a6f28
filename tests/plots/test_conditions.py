import numpy as np
import pandas as pd
import pytest

from suno_lab.plots import plot_feature_by, shape_feature_by

DF = pd.DataFrame(
    {
        "task_id": ["a", "a", "b", "b", "c", "c"],
        "prompt_id": [1, 1, 2, 2, 1, 1],
        "model_requested": ["V4", "V4", "V4", "V4", "V5", "V5"],
        "tempo_bpm": [100.0, 110.0, 90.0, np.nan, 80.0, 82.0],
    }
)


def test_siblings_share_their_place():
    rows = shape_feature_by(DF, "tempo_bpm")
    assert rows["value"].tolist() == [100.0, 110.0, 90.0, 80.0, 82.0]
    assert rows["x"].round(3).tolist() == [-0.175, -0.175, 0.175, 1.0, 1.0]


def test_no_clips_is_an_empty_picture():
    assert shape_feature_by(DF.iloc[:0], "tempo_bpm").empty
    plot_feature_by(DF.iloc[:0], "tempo_bpm")


def test_the_bar_is_the_mean_over_prompts():
    """Geometric on a log axis: of sqrt(100 * 110) and 90, not of the three clips."""
    ax = plot_feature_by(DF, "tempo_bpm")
    bars = [line.get_ydata()[0] for line in ax.lines if len(set(line.get_ydata())) == 1]
    assert bars[0] == pytest.approx(np.sqrt(np.sqrt(100 * 110) * 90))
    assert ax.get_yscale() == "log"


def test_names_stand_in_order():
    ax = plot_feature_by(DF.assign(musical_key=["C major", "A minor"] * 3), "musical_key")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["A minor", "C major"]
