import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.lyrics.fidelity import cer, distance, fidelity, wer, word_edits

ASKED = ["So", "carry", "me", "over", "the", "water"]


@pytest.mark.parametrize(
    ("sung", "sub_n", "ins_n", "del_n"),
    [
        ("so carry me, over the WATER!", 0, 0, 0),
        ("so carry you over the water", 1, 0, 0),
        ("so carry me over water", 0, 0, 1),
        ("so so carry me over the water", 0, 1, 0),
        ("", 0, 0, 6),
        ("this is a fake app and nothing else", 6, 2, 0),
    ],
)
def test_edits_are_counted(sung, sub_n, ins_n, del_n):
    found = fidelity(ASKED, sung.split())
    assert (found.sub_n, found.ins_n, found.del_n) == (sub_n, ins_n, del_n)
    assert found.wer == pytest.approx((sub_n + ins_n + del_n) / 6)


def test_edits_are_named():
    kinds = [(edit.kind, edit.asked, edit.sung) for edit in word_edits(["a", "b", "c"], ["a", "x", "c", "d"])]
    assert kinds == [("same", "a", "a"), ("sub", "b", "x"), ("same", "c", "c"), ("ins", "", "d")]


def test_characters():
    assert cer(["kitten"], ["sitting"]) == 3 / 6
    assert distance("kitten", "sitting") == 3
    assert wer(["夜", "空"], ["夜", "道"]) == 0.5


def test_nothing_asked():
    assert math.isnan(wer([], ["la"]))
    assert fidelity([], ["la"]).ins_n == 1


@settings(deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=6), st.lists(st.sampled_from("abc"), max_size=6))
def test_it_is_a_distance(a, b):
    edits = sum(edit.kind != "same" for edit in word_edits(a, b))
    assert edits == sum(edit.kind != "same" for edit in word_edits(b, a)) == distance("".join(a), "".join(b))
    assert abs(len(a) - len(b)) <= edits <= max(len(a), len(b))
