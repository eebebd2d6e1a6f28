from __future__ import annotations

import pytest

from suno_lab.widgets.lyrics_editor import LyricsEditor, syllable_counts


def test_every_line_has_its_count() -> None:
    assert syllable_counts("[Verse]\nSlow tide, come in\n\nbeautiful [soft] sand") == [0, 4, 0, 4]


@pytest.mark.parametrize("text", ["", "\n", "[unclosed", "…", "你好", "$x$ <b>"])
def test_there_is_one_count_a_line_whatever_stands_there(text: str) -> None:
    assert len(syllable_counts(text)) == text.count("\n") + 1


def test_the_counts_follow_the_text() -> None:
    editor = LyricsEditor(value="slow tide")
    assert editor.syllables == [2]
    editor.value = "slow tide\ncome"
    assert editor.syllables == [2, 1]
