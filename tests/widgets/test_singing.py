from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.models import Word
from suno_lab.widgets.singing import word_rows
from tests.widgets.clips import counted_words

LYRICS = "[Verse]\nSlow tide\nCome in\n[Chorus]\nCarry me home\nCarry me home"


def sung(*texts: str) -> list[Word]:
    return [Word(word=text, start_s=i / 2, end_s=i / 2 + 0.4) for i, text in enumerate(texts)]


def test_tags_become_sections_and_the_lyrics_tell_the_lines() -> None:
    words = sung("[Verse]\nSlow", "tide", "come", "in", "[Chorus]\nCarry", "me", "home", "carry", "me", "home")
    rows = word_rows(words, lyrics=LYRICS)
    assert [row["word"] for row in rows] == ["Slow", "tide", "come", "in", "Carry", "me", "home", "carry", "me", "home"]
    assert [row["line"] for row in rows] == [0, 0, 1, 1, 2, 2, 2, 3, 3, 3]
    assert [row["section"] for row in rows] == ["Verse"] * 4 + ["Chorus"] * 6
    assert [row["section_index"] for row in rows] == [0] * 4 + [1] * 6


def test_a_word_that_the_lyrics_do_not_have_stays_in_its_line() -> None:
    rows = word_rows(sung("slow", "oh", "tide", "come"), lyrics="slow tide\ncome in")
    assert [row["line"] for row in rows] == [0, 0, 0, 1]


def test_lyrics_of_another_song_change_nothing() -> None:
    assert [row["line"] for row in word_rows(sung("slow", "tide"), lyrics="all new\nwords")] == [0, 0]


def test_a_line_ends_where_the_text_breaks() -> None:
    assert [row["line"] for row in word_rows(counted_words())] == [0, 0, 0, 0, 1, 1, 1, 1]
    assert word_rows(counted_words())[3]["word"] == "in"


def test_a_rest_of_a_second_starts_a_line() -> None:
    words = [Word(word="a", start_s=0, end_s=1), Word(word="b", start_s=2.5, end_s=3)]
    assert [row["line"] for row in word_rows(words)] == [0, 1]


def test_given_lines_count() -> None:
    words = [
        {"word": w, "start_s": i, "end_s": i + 1, "line": line}
        for i, (w, line) in enumerate(zip("abc", (4, 4, 9), strict=True))
    ]
    assert [row["line"] for row in word_rows(words)] == [0, 0, 1]


def test_a_frame_with_times_in_its_index_is_read() -> None:
    frame = pd.DataFrame({"clip_id": ["c"], "start_s": [0.5], "end_s": [0.9], "word": ["tide"]})
    [row] = word_rows(frame.set_index(["clip_id", "start_s", "end_s"]))
    assert row == {"word": "tide", "start_s": 0.5, "end_s": 0.9, "line": 0, "section": "", "section_index": 0}


def test_words_without_a_time_are_left_out() -> None:
    words = [{"word": "a", "start_s": None, "end_s": 1.0}, {"word": "b", "start_s": float("nan"), "end_s": 1.0}]
    assert word_rows(words) == []


@settings(deadline=None)  # what it costs is no matter of tests
@given(st.lists(st.dictionaries(st.sampled_from(["word", "start_s", "end_s", "line", "section"]), st.one_of(
    st.none(), st.text(max_size=5), st.floats(), st.integers(-5, 5), st.booleans()))))  # fmt: skip
def test_any_rows_come_out_in_order(rows: list[dict[str, object]]) -> None:
    starts_s = [row["start_s"] for row in word_rows(rows)]
    assert starts_s == sorted(starts_s)


@pytest.mark.parametrize("words", [None, [], pd.DataFrame()])
def test_no_words_are_no_rows(words: object) -> None:
    assert word_rows(words) == []
