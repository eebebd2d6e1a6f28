from __future__ import annotations

import numpy as np

from suno_lab.audio import Audio
from suno_lab.widgets.shapes import (
    peak_pairs,
    player_data,
    section_rows,
    sections_of_words,
    spectrogram_levels,
)
from suno_lab.widgets.singing import word_rows
from tests.widgets.clips import SR, counted_words, tone


def test_peaks_are_the_extremes_of_equal_parts() -> None:
    mono = np.array([0.0, 1.0, -0.5, 0.25], np.float32)
    assert peak_pairs(mono, 2).tolist() == [[0.0, 1.0], [-0.5, 0.25]]


def test_peaks_of_a_sound_shorter_than_the_picture_are_its_samples() -> None:
    assert peak_pairs(np.array([0.5], np.float32), 1200).tolist() == [[0.5, 0.5]]


def test_sections_are_taken_from_the_words() -> None:
    words = [
        {"word": w, "start_s": float(i), "end_s": i + 0.5, "section": s}
        for i, (w, s) in enumerate([("a", "verse"), ("b", "verse"), ("c", "chorus"), ("d", "verse")])
    ]
    found = sections_of_words(word_rows(words))
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
    data = player_data(words=counted_words(2), beats_s=[0.25, 0.5])
    assert data.beats_s == [0.25, 0.5]
    assert [row["word"] for row in data.words] == ["slow", "tide"]
    assert data.sections == []
