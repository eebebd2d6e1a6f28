import pytest

from suno_lab.lyrics import SungWord
from suno_lab.lyrics.placing import place_words

LYRICS = "[Verse 1]\nSlow tide, carry me\nOver the water\n\n[Chorus]\nCarry me home"


def sung(text):
    return [SungWord(word=word, start_s=float(i), end_s=i + 0.5) for i, word in enumerate(text.split())]


def test_words_take_the_lines_and_sections_of_the_text():
    placed = place_words(sung("slow tide carry me over the water carry me home"), LYRICS)
    assert [word.line for word in placed] == [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert [word.section for word in placed] == [0] * 7 + [1] * 3
    assert {(word.section_label, word.section_kind) for word in placed} == {("Verse 1", "verse"), ("Chorus", "chorus")}
    assert [(word.word, word.start_s) for word in placed][4] == ("over", 4.0)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("slow tide carry me ooh over the water", [0, 0, 0, 0, 0, 1, 1, 1]),
        ("ooh slow tide carry me", [0] * 5),
        ("slow tide carry home", [0, 0, 0, 2]),
    ],
)
def test_other_words_stay_with_the_word_before(text, lines):
    assert [word.line for word in place_words(sung(text), LYRICS)] == lines


@pytest.mark.parametrize("text", ["", "these are quite other words", "slow words of a song"])
def test_words_of_another_song_stay_as_they_are(text):
    assert place_words(sung(text), LYRICS) == tuple(sung(text))
    assert place_words(sung(text), "") == tuple(sung(text))
