"""On words that the engine sings: it knows when."""

import numpy as np

from suno_lab.audio import Audio
from suno_lab.lyrics.forced import force_align


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
