import numpy as np
import pandas as pd
import pytest

from suno_lab.audio import Audio
from suno_lab.lyrics import clean_words
from suno_lab.models import TimedLyrics, Word
from suno_lab.plots import plot_alignment, shape_sections, shape_waveform, shape_words
from suno_lab.plots.alignment import legible

WORDS = tuple(
    Word(word=text, start_s=float(i), end_s=i + 0.5)
    for i, text in enumerate(["[Verse]\nOne ", "two\n", "[Chorus]\nThree"])
)
AUDIO = Audio(np.tile([0.5, -0.25], 4000), 2000)


@pytest.mark.parametrize("words", [WORDS, TimedLyrics(words=WORDS), clean_words(WORDS), list(WORDS)])
def test_words_in_every_form(words):
    rows = shape_words(words)
    assert rows["word"].tolist() == ["One", "two", "Three"]
    assert rows["section_label"].tolist() == ["Verse", "Verse", "Chorus"]


def test_a_sessions_frame_of_words_is_drawn_too():
    frame = pd.DataFrame([(w.word, w.start_s, w.end_s) for w in WORDS], columns=["word", "start_s", "end_s"])
    assert shape_words(frame.set_index(["start_s", "end_s"])).equals(shape_words(WORDS))


def test_no_words_is_an_empty_frame():
    assert shape_words(()).dtypes.equals(shape_words(WORDS).dtypes)
    assert len(shape_sections(())) == 0


def test_sections_reach_to_the_next():
    assert shape_sections(WORDS).values.tolist() == [["Verse", 0.0, 2.0], ["Chorus", 2.0, 2.5]]


def test_the_waveform_keeps_its_extremes():
    wave = shape_waveform(AUDIO, columns_n=10)
    assert len(wave) == 10
    assert set(wave["high"]) == {0.5}
    assert set(wave["low"]) == {-0.25}
    part = shape_waveform(AUDIO, start_s=1.0, end_s=2.0, columns_n=5)
    assert part["time_s"].tolist() == [1.0, 1.2, 1.4, 1.6, 1.8]
    assert len(shape_waveform(AUDIO, start_s=9.0)) == 0


def test_words_that_would_touch_are_left_out():
    assert legible([0.0, 0.1, 0.5, 0.6, 1.2], gap_s=0.5) == [True, False, True, False, True]


def test_the_audios_own_words_are_drawn():
    audio = Audio(AUDIO.samples, AUDIO.sr, words=WORDS)
    drawn = [text.get_text() for text in plot_alignment(audio).texts]
    assert [word for word in ("One", "two", "Three") if word in drawn] == ["One", "two", "Three"]
    assert plot_alignment(AUDIO, start_s=0.5, end_s=1.5).get_xlim() == (0.5, 1.5)
