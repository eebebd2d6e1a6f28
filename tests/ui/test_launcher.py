"""The launcher card: one click to a notebook that works."""

from __future__ import annotations

from typing import Any

from tests.ui.servers import KERNEL_IDLE, Jupyter


def test_the_card_opens_a_notebook_ready_to_run(jupyter: Jupyter, lab: Any) -> None:
    lab.evaluate("() => { window.jupyterapp.commands.execute('launcher:create') }")
    lab.locator(".jp-LauncherCard:visible", has_text="Suno Lab").first.click()
    lab.get_by_role("heading", name="Suno Lab").wait_for()
    lab.get_by_text("composer(session)").first.wait_for()
    lab.wait_for_function(KERNEL_IDLE)
    [made] = jupyter.root.glob("Untitled*.ipynb")
    assert "SunoSession" in made.read_text()
