import numpy as np
import pytest

from suno_lab.errors import StudyError
from suno_lab.studies.paired import half_width
from suno_lab.studies.power import detectable_difference, power_of, prompts_needed


@pytest.mark.parametrize(("effect", "n"), [(0.2, 199), (0.5, 34), (0.8, 15)])
def test_published_sample_sizes(effect, n):
    """Paired t-test, two-sided 5 %, power 80 %: the sizes that G*Power 3.1 prints."""
    assert prompts_needed(effect, 1.0) == n


def test_the_promise_holds_in_simulation():
    rng = np.random.default_rng(0)
    studies = rng.normal(0.8, 1, size=(2000, 15))
    shown = [abs(study.mean()) > half_width(study) for study in studies]
    assert np.mean(shown) == pytest.approx(power_of(15, 0.8), abs=0.03)


def test_there_and_back():
    assert power_of(34, detectable_difference(34, 2.0) / 2.0) == pytest.approx(0.8)
    assert detectable_difference(34, 2.0) < 2 * 0.5 < detectable_difference(33, 2.0)
    assert prompts_needed(detectable_difference(20, 3.0), 3.0) == 20
    assert power_of(20, 0.0) == pytest.approx(0.05)
    assert power_of(1, 5.0) == 0.0


@pytest.mark.parametrize(
    "call",
    [
        lambda: prompts_needed(0.0, 1.0),
        lambda: prompts_needed(1.0, 0.0),
        lambda: prompts_needed(1e-4, 1.0),
        lambda: detectable_difference(1, 1.0),
        lambda: prompts_needed(1.0, 1.0, power=0.01),
        lambda: prompts_needed(float("nan"), 1.0),
    ],
)
def test_what_cannot_be_planned(call):
    with pytest.raises(StudyError):
        call()
