"""The player in front ends that are not Jupyter's own: Voilà, and marimo with its shadow root."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.ui.conftest import OF_VOILA
from tests.ui.servers import running_marimo, running_voila
from tests.ui.stage import keep_picture

PLAYER = """
from tests.widgets.clips import PlainClip, counted_words, write_tone
from pathlib import Path
from suno_lab.widgets import player
clip = PlainClip(write_tone(Path("tone.mp3")), words=counted_words())
"""
MARIMO = f"""
import marimo

app = marimo.App()

@app.cell
def _():
    import marimo
{PLAYER.replace(chr(10), chr(10) + "    ")}
    marimo.ui.anywidget(player(clip, loop=True))

if __name__ == "__main__":
    app.run()
"""


def play_and_follow(page: Any, host: str) -> None:
    """Play from a word on, until the last one is sung."""
    page.get_by_role("button", name="dark").click(timeout=60_000)
    page.get_by_role("button", name="Play", exact=True).click()
    page.locator(".sl-word[aria-current]", has_text="sand").wait_for()
    page.get_by_role("button", name="Pause").click()
    assert page.locator(".sl-note").inner_text() == "emulated – not Suno"
    keep_picture(page, f"{host}-player")


def test_the_player_plays_in_voila(watched_page: Any, tmp_path: Path) -> None:
    with running_voila(tmp_path, PLAYER, "player(clip, loop=True)") as address:
        watched_page.route(f"{OF_VOILA}**", lambda route: route.fulfill(content_type="text/css", body=""))
        watched_page.goto(address)
        play_and_follow(watched_page, "voila")


def test_the_player_plays_in_marimo(watched_page: Any, tmp_path: Path) -> None:
    with running_marimo(tmp_path, MARIMO) as address:
        watched_page.goto(address)
        play_and_follow(watched_page, "marimo")
