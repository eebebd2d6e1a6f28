import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.plots import shape_chroma

SR = 22050


def test_a_tone_is_its_pitch_class():
    t = np.arange(4 * SR) / SR
    chroma = shape_chroma(Audio(0.5 * np.sin(2 * np.pi * 440 * t), SR))
    assert list(chroma)[9] == "A"
    assert (chroma["A"] == 1).all()
    assert chroma.drop(columns="A").to_numpy().max() < 0.1


def test_silence_is_zero():
    assert shape_chroma(Audio(np.zeros(SR), SR)).to_numpy().max() == 0


@pytest.mark.parametrize("step_s", [None, 1.0, 100.0])
def test_steps(step_s):
    chroma = shape_chroma(Audio(np.ones(10 * SR), SR), step_s=step_s)
    assert np.all(np.diff(chroma.index) > 0)
