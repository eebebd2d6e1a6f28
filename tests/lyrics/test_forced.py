"""On words that the engine sings: it knows when."""

import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.lyrics import SungWord
from suno_lab.lyrics.forced import force_align


@pytest.fixture(scope="module")
def sung():
    """A line as (audio with its vocal stem, words as they were sung)."""
    from suno_lab.engine import Brief, compose, render

    lyrics = "[Verse]\nThe morning light is calling me home"
    score = compose(Brief(lyrics=lyrics, style="folk, 96 bpm, C major, male voice", model="V5", duration_s=10.0), seed=2)
    sound = render(score)
    words = [
        SungWord(word=word.text, start_s=word.start_s, end_s=word.end_s, line=line) for word, line in score.sung_words
    ]
    return Audio(sound.mix, sound.sr, stems={"vocals": Audio(sound.stems["vocals"], sound.sr)}), words


def test_words_are_found_where_they_are_sung(sung):
    audio, words = sung
    found = force_align(audio, words)
    late_s = np.array([found.words[i].start_s - words[i].start_s for i in found.words])
    assert len(late_s) >= 0.8 * len(words)
    assert np.median(np.abs(late_s)) < 0.15
    assert [found.words[i].line for i in found.words] == [words[i].line for i in found.words]


def test_words_outside_the_dictionary_are_named(sung):
    audio, words = sung
    asked = [word.word for word in words]
    found = force_align(audio, [*asked[:3], "zzyzxqq", "…", *asked[3:]])
    assert found.unknown == (3, 4)
    assert not set(found.words) & {3, 4}


def test_nothing_to_align():
    silence = Audio(np.zeros(16_000), 16_000)
    assert force_align(silence, []).words == {}
    assert force_align(silence, ["zzyzxqq"]).unknown == (0,)
    assert len(force_align(silence, ["hello", "there"]).words) <= 2
