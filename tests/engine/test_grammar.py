import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.engine import style_boost, write_lyrics
from suno_lab.engine.grammar import rhyme_of, theme_words
from suno_lab.engine.pronounce import syllables_of


@pytest.mark.parametrize("n_lines", [2, 4, 8, 20])
def test_couplets_rhyme(n_lines: int) -> None:
    title, text = write_lyrics("a song about rivers", seed=1, n_lines=n_lines)
    lines = [line for line in text.splitlines() if line and not line.startswith("[")]
    ends = [rhyme_of(re.sub(r"\W", "", line.split()[-1].lower())) for line in lines]
    assert title
    assert n_lines <= len(lines) <= n_lines + 2
    assert ends[::2] == ends[1::2]
    assert text.startswith("[Verse 1]")


def test_lyrics_speak_of_the_prompt_and_depend_on_the_seed() -> None:
    texts = {write_lyrics("a song about lanterns", seed=seed)[1] for seed in range(4)}
    assert len(texts) == 4
    assert all("lanterns" in text.lower() for text in texts)
    assert write_lyrics("a song about lanterns", seed=1) == write_lyrics("a song about lanterns", seed=1)


def test_themes_are_uncommon_words() -> None:
    assert theme_words("Make a very sad pop song about the harbour at midnight") == ["harbour", "midnight"]


def test_rhymes_are_heard_not_spelled() -> None:
    assert rhyme_of("night") == rhyme_of("kite")
    assert rhyme_of("water") == rhyme_of("daughter")
    assert rhyme_of("fire") != rhyme_of("sea")


@given(st.text(max_size=80), st.integers(0, 1000))
def test_any_prompt_gives_lyrics_that_can_be_sung(prompt: str, seed: int) -> None:
    _, text = write_lyrics(prompt, seed=seed, n_lines=2)
    assert any(syllables_of(word) for word in text.split())
    assert style_boost(prompt, seed=seed)


def test_boosted_style_begins_with_what_was_given() -> None:
    text = style_boost("jazz, 90 bpm, piano", seed=1)
    assert text.startswith("jazz, 90 bpm, piano, ")
    assert text.count("bpm") == 1
