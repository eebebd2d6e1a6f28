import pytest

from suno_lab.engine import styles
from suno_lab.engine.theory import Key, chord_on


@pytest.mark.parametrize("style", styles.STYLES, ids=lambda style: style.name)
def test_every_row_is_complete(style: styles.Style) -> None:
    low, high = style.tempo_bpm
    assert 40 <= low < high <= 240
    assert 0 <= style.minor_p <= 1
    assert style.drums in styles.DRUMS
    assert style.bass in styles.BASS
    for stem, (program, pattern) in style.parts.items():
        assert stem in ("keys", "guitar", "pad")
        assert 0 <= program < 128
        assert pattern == "pad" or pattern in styles.COMP
    for mode, loops in (("major", style.major), ("minor", style.minor)):
        for loop in loops:
            chords = [chord_on(numeral, Key(tonic_pc=0, mode=mode)) for numeral in loop.split()]
            assert len(chords) == 4
            assert any(chord.root_pc == 0 for chord in chords)


def test_patterns_fill_whole_beats_with_known_marks() -> None:
    for rows, marks in ((styles.BASS, "rfota.-"), (styles.COMP, "x0123.-")):
        for pattern in rows.values():
            assert len(pattern) in (12, 16)
            assert set(pattern) <= set(marks)
    for kit in styles.DRUMS.values():
        for pattern in kit.values():
            assert len(pattern) in (12, 16)
            assert set(pattern) <= set("Xxo.")


def test_words_name_one_style_each() -> None:
    words = [word for style in styles.STYLES for word in style.words]
    assert len(words) == len(set(words))
    assert all(word == word.lower().strip() for word in words)
