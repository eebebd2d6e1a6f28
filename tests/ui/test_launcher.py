"""The launcher card: one click to a notebook that works."""

from __future__ import annotations

from typing import Any

from tests.ui.servers import Jupyter


def test_the_card_opens_a_notebook_ready_to_run(jupyter: Jupyter, watched_page: Any) -> None:
    watched_page.goto(f"{jupyter.base}/lab?reset&token={jupyter.token}")
    watched_page.wait_for_function(
        "() => window.jupyterapp?.commands.hasCommand('suno-lab:new-notebook')", timeout=60_000
    )
    watched_page.locator(".jp-LauncherCard", has_text="Suno Lab").click()
    watched_page.get_by_role("heading", name="Suno Lab").wait_for(timeout=30_000)
    watched_page.get_by_text("composer(session)").first.wait_for()
    [made] = jupyter.root.glob("Untitled*.ipynb")
    assert "SunoSession" in made.read_text()
    watched_page.goto("about:blank")
