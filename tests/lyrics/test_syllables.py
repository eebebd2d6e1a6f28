"""Syllables by spelling, held against the pronouncing dictionary."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.engine.pronounce import VOWELS, _dictionary
from suno_lab.lyrics import parse, split_syllables, syllables_n


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("harbour", ("har", "bour")),
        ("water,", ("wa", "ter,")),
        ("the", ("the",)),
        ("little", ("lit", "tle")),
        ("called", ("called",)),
        ("wanted", ("wan", "ted")),
        ("everybody", ("eve", "ry", "bo", "dy")),
        ("Café", ("Ca", "fé")),
        ("mother-in-law", ("mo", "ther-", "in-", "law")),
        ("夜", ("夜",)),
        ("…", ()),
    ],
)
def test_by_example(word, parts):
    assert split_syllables(word) == parts


def test_lines_know_theirs():
    (line,) = parse("[Verse]\nHold on to the morning").lines
    assert [len(parts) for parts in line.syllables] == [1, 1, 1, 1, 2]
    assert syllables_n(line.text) == 6
    assert syllables_n("夜空の") == 3


def test_nine_words_in_ten_are_counted_as_the_dictionary_does():
    words = [word for word in _dictionary() if re.fullmatch(r"[a-z']{2,}", word)]
    sample = random.Random(0).sample(words, 4000)
    same = [len(split_syllables(w)) == sum(p in VOWELS for p in _dictionary()[w].split()) for w in sample]
    assert sum(same) / len(sample) > 0.9


@given(st.text(max_size=12))
def test_the_pieces_are_the_word(word):
    pieces = split_syllables(word)
    assert "".join(pieces) in ((word, "") if not pieces else (word,))
