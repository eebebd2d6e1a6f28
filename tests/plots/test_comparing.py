"""Word times beside other word times."""

import numpy as np
import pytest

from suno_lab.audio import Audio
from suno_lab.lyrics import SungWord
from suno_lab.lyrics.forced import Forced
from suno_lab.plots import plot_alignments, plot_word_disagreement, shape_word_disagreement, shape_word_pairs


def sung(*words):
    return [SungWord(word=word, start_s=start_s, end_s=start_s + 0.4) for word, start_s in words]


STAMPS = sung(("slow", 0.0), ("tide", 1.0), ("carry", 2.0), ("me", 3.0))


def test_each_word_agrees_differs_or_is_missing():
    rows = shape_word_disagreement(STAMPS, sung(("Slow", 0.25), ("tide", 1.75), ("me", 2.5)))
    assert rows["kind"].tolist() == ["agrees", "differs", "missing", "differs"]
    assert rows["late_s"].tolist()[:2] == [0.25, 0.75]
    assert np.isnan(rows["late_s"][2])
    assert rows["late_s"][3] == -0.5
    assert rows["start_s"].tolist() == [0.0, 1.0, 2.0, 3.0]


def test_the_tolerance_is_given():
    later = sung(("slow", 0.5), ("tide", 1.5))
    assert shape_word_disagreement(STAMPS[:2], later, tolerance_s=0.5)["kind"].tolist() == ["agrees"] * 2


def test_forced_alignment_is_matched_by_place():
    again = sung(("la", 0.0), ("la", 1.0), ("la", 2.0))
    forced = Forced(words={2: SungWord(word="la", start_s=2.125, end_s=2.5)}, unknown=(0, 1))
    rows = shape_word_disagreement(again, forced)
    assert rows["kind"].tolist() == ["missing", "missing", "agrees"]
    assert rows["late_s"][2] == 0.125


def test_no_words():
    assert len(shape_word_disagreement([], [])) == 0
    assert shape_word_disagreement([], []).dtypes.equals(shape_word_disagreement(STAMPS, STAMPS).dtypes)
    assert shape_word_disagreement(STAMPS, [])["kind"].eq("missing").all()
    assert plot_word_disagreement([], []).get_xlim()[0] == 0


def test_words_that_disagree_are_written_out():
    drawn = [text.get_text() for text in plot_word_disagreement(STAMPS, sung(("slow", 0.0), ("tide", 1.75))).texts]
    assert drawn == ["tide", "carry", "me"]


def test_pairs_are_the_words_of_both():
    rows = shape_word_pairs(STAMPS, sung(("tide", 2.0), ("ooh", 2.5), ("me", 3.25)))
    assert rows.values.tolist() == [["tide", 1.0, 2.0, 1.0], ["me", 3.0, 3.25, 0.25]]
    assert shape_word_pairs([], []).dtypes.equals(rows.dtypes)


@pytest.mark.parametrize(("start_s", "joined_n"), [(0.0, 4), (2.5, 1)])
def test_two_clips_share_a_time_axis(start_s, joined_n):
    a, b = (Audio(np.full(n, 0.5), 1000) for n in (4000, 5000))
    ax = plot_alignments(a, b, words=(STAMPS, STAMPS), names=("one", "two"), start_s=start_s)
    assert ax.get_xlim() == (start_s, 5.0)
    assert len(ax.lines) == joined_n
    assert [label.get_text() for label in ax.get_yticklabels()] == ["one", "two"]
