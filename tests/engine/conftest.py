"""One short song, composed and rendered once for all tests of the engine."""

import pytest

from suno_lab.engine import Brief, Rendered, Score, compose, render

LYRICS = "[Verse]\nThe morning light is calling me home\n[Chorus]\nCarry me over the water"


@pytest.fixture(scope="session")
def song() -> Score:
    return compose(
        Brief(lyrics=LYRICS, style="pop, 120 bpm, in A minor, male voice", model="V6", duration_s=10.0), seed=5
    )


@pytest.fixture(scope="session")
def sound(song: Score) -> Rendered:
    return render(song)
