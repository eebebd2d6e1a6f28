"""The widgets where they live: JupyterLab and Notebook 7, with a real kernel and a real session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

PLAYER = """
from tests.widgets.clips import PlainClip, counted_words, write_tone
from pathlib import Path
from suno_lab.widgets import player
clip = PlainClip(write_tone(Path("tone.mp3")), words=counted_words())
player(clip, loop=True)
"""
FORM = """
from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
quick = EmulatorSettings(latency_s=3.0, default_duration_s=3.0)
session = SunoSession(FOLDER, service="emulator", emulator=quick, songs=PlainSongs(), progress=False)
session.composer(description="calm piano", instrumental=True)
"""


@pytest.fixture(scope="module", params=["lab", "notebook"])
def front_end(notebooks: Callable[..., Any], request: pytest.FixtureRequest) -> Iterator[Any]:
    """A notebook with a player and a form, run in each front end."""
    with notebooks(PLAYER, f"FOLDER = 'songs-{request.param}'", FORM, kind=request.param) as page:
        yield page


def test_the_player_plays_and_marks_the_sung_word(front_end: Any) -> None:
    front_end.get_by_role("button", name="dark").click()
    front_end.get_by_role("button", name="Play", exact=True).click()
    front_end.locator(".sl-word[aria-current]", has_text="sand").wait_for()
    front_end.get_by_role("button", name="Pause").click()
    assert front_end.locator(".sl-player .sl-note").inner_text() == "emulated – not Suno"


def test_the_form_asks_without_blocking_and_ends_in_players(front_end: Any) -> None:
    form = front_end.locator(".suno-lab-composer")
    form.wait_for()
    found = Axe().run(front_end, context=".suno-lab-composer")
    assert found.violations_count == 0, found.generate_report()
    form.get_by_role("button", name="Generate music").click()
    form.get_by_text("waiting in the service's queue").wait_for()
    players = form.get_by_role("group", name="Player:")
    players.first.get_by_role("button", name="Play", exact=True).click()
    players.first.get_by_role("button", name="Pause").wait_for()
    form.get_by_text("done in").wait_for()
    assert players.count() == 2
    assert form.get_by_text("emulated – not Suno").count() == 3
