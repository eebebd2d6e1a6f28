import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.features import stereo

SR = 8000
LEFT, RIGHT = np.random.default_rng(0).normal(scale=0.1, size=(2, SR * 4))


@pytest.mark.parametrize(
    ("left", "right", "correlation", "width", "balance_db"),
    [
        (LEFT, LEFT, 1, 0, 0),
        (LEFT, RIGHT, 0, 0.5, 0),
        (LEFT, -LEFT, -1, 1, 0),
        (LEFT, LEFT / 2, 1, 0.1, -6.02),
    ],
)
def test_known_pairs(left, right, correlation, width, balance_db):
    row = stereo.extract(Audio(np.stack([left, right], axis=1), SR))
    assert row["stereo_correlation"] == pytest.approx(correlation, abs=0.02)
    assert row["stereo_width"] == pytest.approx(width, abs=0.01)
    assert row["stereo_balance_db"] == pytest.approx(balance_db, abs=0.1)


def test_what_has_no_sides():
    assert stereo.extract(Audio(LEFT, SR)) == {}
    assert stereo.extract(Audio(np.zeros((9, 2)), SR)) == {}
    assert stereo.extract(Audio(np.stack([LEFT, 0 * LEFT], axis=1), SR)) == {"stereo_width": pytest.approx(0.5)}
