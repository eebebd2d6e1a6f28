"""The lyrics field in a real browser."""

from __future__ import annotations

from suno_lab.widgets.lyrics_editor import LyricsEditor
from tests.ui.stage import Stage


def test_a_tag_is_put_on_its_own_line_at_the_caret(stage: Stage) -> None:
    page = stage.mount(LyricsEditor(value="Slow tide"))
    text = page.get_by_label("lyrics")
    text.press("Control+End")
    page.get_by_role("button", name="Insert [Chorus]").click()
    page.keyboard.type("Carry me")
    stage.wait("get('value') === 'Slow tide\\n[Chorus]\\nCarry me'")


def test_counts_stand_beside_their_lines(stage: Stage) -> None:
    page = stage.mount(LyricsEditor(value="[Verse]\nSlow tide\n\ncome in"))
    assert page.locator(".sl-gutter").text_content() == "\n2\n\n2"
    page.get_by_text("2 sung lines, 4 syllables").wait_for()
