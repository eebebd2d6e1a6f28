"""What holds for every widget: text stays text, and everybody can use it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from suno_lab.widgets import player
from tests.ui.showcase import SHOWCASE
from tests.ui.stage import Stage
from tests.widgets.clips import PlainClip, write_tone
from tests.widgets.hostile import HOSTILE

PLAIN = ("Slow tide", "Over the sand", "Carry me home", "Tonight")


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tone(tmp_path_factory.mktemp("tones") / "tone.wav", duration_s=3.0)


def test_there_are_fifty_hostile_strings() -> None:
    assert len(set(HOSTILE)) == 50


@pytest.mark.parametrize("name", SHOWCASE)
def test_hostile_text_stays_text(stage: Stage, sound: Path, name: str) -> None:
    page = stage.mount(SHOWCASE[name](HOSTILE, sound))
    page.evaluate(
        """() => document.querySelectorAll('#host button, #host input').forEach(
             (part) => ['focus', 'mouseover'].forEach((kind) => part.dispatchEvent(new Event(kind))))"""
    )
    assert page.evaluate("() => window.pwned") is None
    assert (
        page.evaluate(
            "() => document.querySelectorAll('#host :is(script, img, iframe, style, a, form, object)').length"
        )
        == 0
    )
    seen = page.locator("#host").evaluate("host => host.textContent")
    assert all(" ".join(text.split()) in " ".join(seen.split()) for text in HOSTILE)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", SHOWCASE)
def test_axe_finds_nothing(stage: Stage, sound: Path, name: str, theme: str) -> None:
    page = stage.mount(SHOWCASE[name](PLAIN, sound), theme=theme)
    found: Any = Axe().run(
        page, context="#host", options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_cannot_be_played_can_be_read(stage: Stage, sound: Path, theme: str) -> None:
    shown = player(PlainClip(sound))
    assert shown.ready()
    shown.audio = b"no music"
    page = stage.mount(shown, theme=theme)
    page.locator(".sl-message").filter(has_text="cannot be played").wait_for()
    found: Any = Axe().run(page, context="#host", options={"runOnly": ["wcag2aa"]})
    assert found.violations_count == 0, found.generate_report()
