"""The widgets where they live: JupyterLab and Notebook 7, with a real kernel."""

from __future__ import annotations

from typing import Any

import pytest

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
    page.evaluate(
        """code => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code }) }""",
        FINISH,
    )
    page.get_by_role("group", name="Player: A tone").wait_for()
