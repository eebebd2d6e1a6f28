import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.lyrics import clean_words, join_words, lines, sanity
from suno_lab.models import TimedLyrics, Word


def timed(*texts):
    return tuple(Word(word=text, start_s=float(i), end_s=i + 0.5) for i, text in enumerate(texts))


def test_tags_and_line_ends_are_stripped_and_kept():
    words = clean_words(TimedLyrics(words=timed("[Verse]\nWaggin' ", "my ", "tail\n", "all day\n\n[Chorus]\n", "Run ")))
    assert [(w.word, w.line, w.section, w.section_kind) for w in words] == [
        ("Waggin'", 0, 0, "verse"),
        ("my", 0, 0, "verse"),
        ("tail", 0, 0, "verse"),
        ("all day", 1, 0, "verse"),
        ("Run", 2, 1, "chorus"),
    ]
    assert (words[0].start_s, words[-1].end_s) == (0.0, 4.5)


def test_a_tag_spread_over_words():
    words = clean_words(timed("Hello\n", "[Verse", "2:", "soft]\n", "World"))
    assert [(w.word, w.line, w.section, w.section_label) for w in words] == [
        ("Hello", 0, 0, ""),
        ("World", 1, 1, "Verse 2: soft"),
    ]


def test_directions_do_not_open_a_section():
    words = clean_words(timed("[Verse]\nOne ", "[whispered] two"))
    assert [(w.word, w.section, w.section_label) for w in words] == [("One", 0, "Verse"), ("two", 0, "Verse")]


def test_an_open_bracket_swallows_nothing():
    assert [w.word for w in clean_words(timed("[Verse", "one", "two"))] == ["[Verse", "one", "two"]


def test_only_tags_are_dropped():
    assert clean_words(timed("[Intro]\n", "\n", "…", "")) == ()


def test_lines_and_their_times():
    first, second = lines(clean_words(timed("[Verse]\nOne ", "two\n", "three")))
    assert (first.text, first.start_s, first.end_s, first.section_label) == ("One two", 0.0, 1.5, "Verse")
    assert (second.text, second.line) == ("three", 1)


def test_join_words():
    assert join_words(["夜", "空", "は", "blue", "sky"]) == "夜空は blue sky"
    assert join_words(["사랑해", "너를"]) == "사랑해 너를"


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ([], ["empty"]),
        ([(0, 1), (1, 2)], []),
        ([(0, 1), (0.5, 2)], ["overlap"]),
        ([(1, 2), (0, 0.5)], ["unordered"]),
        ([(1, 0.5)], ["backwards"]),
        ([(9, 11)], ["outside"]),
        ([(-1, 1)], ["outside"]),
        ([(math.nan, 1)], ["not_finite"]),
        ([(i / 20, i / 20 + 0.04) for i in range(12)], ["too_fast"]),
    ],
)
def test_sanity(words, codes):
    found = sanity([Word(word="la", start_s=start, end_s=end) for start, end in words], 10.0)
    assert [finding.code for finding in found] == codes


def test_words_the_service_did_not_align():
    assert [f.code for f in sanity([Word(word="la", start_s=0, end_s=1, success=False)])] == ["unaligned"]


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab[]\n :1【】Verse", max_size=12), max_size=12))
def test_any_words_keep_order_and_times(texts):
    words = clean_words(timed(*texts))
    assert [w.start_s for w in words] == sorted(w.start_s for w in words)
    assert [w.line for w in words] == sorted(w.line for w in words)
    assert [w.section for w in words] == sorted(w.section for w in words)
    assert all("\n" not in w.word for w in words)


def test_a_pause_within_a_line_and_an_endless_word_are_found():
    words = clean_words(
        [
            Word(word="[Verse]\nOne ", start_s=0.0, end_s=0.5),
            Word(word="two\n", start_s=20.0, end_s=20.5),
            Word(word="three", start_s=60.0, end_s=90.0),
        ]
    )
    assert [(finding.code, finding.word) for finding in sanity(words, 100.0)] == [("too_long", 2), ("gap", 1)]
    raw = [Word(word="One ", start_s=0.0, end_s=0.5), Word(word="two\n", start_s=20.0, end_s=20.5)]
    assert [finding.code for finding in sanity(raw)] == ["gap"]
