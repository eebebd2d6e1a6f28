from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.audio import Audio
from suno_lab.models import Word
from suno_lab.widgets.shapes import (
    peak_pairs,
    player_data,
    section_rows,
    sections_of_words,
    spectrogram_levels,
    word_rows,
)
from tests.widgets.clips import SR, counted_words, tone


def test_peaks_are_the_extremes_of_equal_parts() -> None:
    mono = np.array([0.0, 1.0, -0.5, 0.25], np.float32)
    assert peak_pairs(mono, 2).tolist() == [[0.0, 1.0], [-0.5, 0.25]]


def test_peaks_of_a_sound_shorter_than_the_picture_are_its_samples() -> None:
    assert peak_pairs(np.array([0.5], np.float32), 1200).tolist() == [[0.5, 0.5]]


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


@given(st.lists(st.dictionaries(st.sampled_from(["word", "start_s", "end_s", "line", "section"]), st.one_of(
    st.none(), st.text(max_size=5), st.floats(), st.integers(-5, 5), st.booleans()))))  # fmt: skip
def test_any_rows_come_out_in_order(rows: list[dict[str, object]]) -> None:
    starts_s = [row["start_s"] for row in word_rows(rows)]
    assert starts_s == sorted(starts_s)


def test_sections_are_taken_from_the_words() -> None:
    words = [
        {"word": w, "start_s": float(i), "end_s": i + 0.5, "section": s}
        for i, (w, s) in enumerate([("a", "verse"), ("b", "verse"), ("c", "chorus"), ("d", "verse")])
    ]
    found = sections_of_words(word_rows(words), duration_s=10.0)
    assert found == [
        {"label": "verse", "start_s": 0.0, "end_s": 2.0},
        {"label": "chorus", "start_s": 2.0, "end_s": 3.0},
        {"label": "verse", "start_s": 3.0, "end_s": 3.5},
    ]


def test_sections_without_length_are_left_out() -> None:
    rows = [{"label": "x", "start_s": 2.0, "end_s": 2.0}, {"name": "verse", "start_s": 0, "end_s": 2}]
    assert section_rows(rows) == [{"label": "verse", "start_s": 0.0, "end_s": 2.0}]


def test_the_loudest_band_of_a_tone_is_where_it_sounds() -> None:
    levels = spectrogram_levels(Audio(tone(hz=440.0), SR))
    assert levels.dtype == np.uint8
    assert levels.max() == 255
    high = spectrogram_levels(Audio(tone(hz=4000.0), SR))
    assert levels[:, -1].argmax() < high[:, -1].argmax()


def test_silence_has_a_dark_picture() -> None:
    assert not spectrogram_levels(Audio(np.zeros(SR, np.float32), SR)).any()


def test_all_of_it_together() -> None:
    data = player_data(Audio(tone(duration_s=1.0), SR), words=counted_words(2), beats_s=[0.25, 0.5], peaks_n=10)
    assert data.duration_s == 1.0
    assert len(data.peaks) == 10 * 2 * 4
    assert data.beats_s == [0.25, 0.5]
    assert [row["word"] for row in data.words] == ["slow", "tide"]
    assert data.sections == []


@pytest.mark.parametrize("words", [None, [], pd.DataFrame()])
def test_no_words_are_no_rows(words: object) -> None:
    assert word_rows(words) == []
