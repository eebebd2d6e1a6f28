"""The widgets where they live: JupyterLab and Notebook 7, with a real kernel."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

SETUP = """
import sys
from tests.widgets.clips import PlainClip, counted_words, write_tone
from pathlib import Path
from suno_lab.widgets import player
clip = PlainClip(write_tone(Path("tone.mp3")), words=counted_words())
"""


@pytest.mark.parametrize("kind", ["lab", "notebook"])
def test_the_player_plays_and_python_knows_where(open_notebook: Any, kind: str) -> None:
    page = open_notebook(SETUP, "shown = player(clip)\nshown", kind=kind)
    page.get_by_role("button", name="dark").click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator(".sl-word[aria-current]", has_text="sand").wait_for()
    page.get_by_role("button", name="Pause").click()
    assert page.locator(".sl-note").inner_text() == "emulated – not Suno"


FORM = """
from tests.widgets.sessions import PlainSession
from types import SimpleNamespace
from suno_lab.widgets import composer
form = composer(PlainSession(), description="calm piano", model="V5")
form
"""
FINISH = "form.session.jobs[0].outcome = SimpleNamespace(clips=[clip])"


@pytest.mark.parametrize("kind", ["lab", "notebook"])
def test_the_form_asks_without_blocking_and_shows_the_player(open_notebook: Any, kind: str) -> None:
    page = open_notebook(SETUP, FORM, kind=kind)
    page.get_by_role("button", name="Generate music").click()
    page.get_by_text("waiting in the service's queue").wait_for()
    run(page, FINISH)
    page.get_by_role("group", name="Player: A tone").wait_for()


REAL = """
from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
quick = EmulatorSettings(latency_s=0.5, default_duration_s=3.0)
session = SunoSession("songs", service="emulator", emulator=quick, songs=PlainSongs(), progress=False)
"""


def test_a_session_asks_and_is_heard(open_notebook: Any) -> None:
    page = open_notebook(REAL, "session.composer(description='calm piano', instrumental=True)")
    page.locator(".suno-lab-composer").wait_for()
    found = Axe().run(page, context=".suno-lab-composer")
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="Generate music").click()
    players = page.get_by_role("group", name="Player:")
    players.nth(1).wait_for(timeout=60_000)
    players.first.get_by_role("button", name="Play", exact=True).click()
    players.first.get_by_role("button", name="Pause").wait_for()
    assert page.get_by_text("emulated – not Suno").count() == 3


def run(page: Any, code: str) -> None:
    """Run code in the page's kernel, beside its cells."""
    page.evaluate(
        "code => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code }) }", code
    )
