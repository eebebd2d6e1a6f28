"""New music laid to a base: samples and truth say the same."""

from __future__ import annotations

import numpy as np
import pytest

from suno_lab.emulator.layers import FADE_S, Layer, Where, combine, combine_truth
from suno_lab.emulator.songs import Sound

SR = 1000
FADE_N = int(FADE_S * SR)


def flat(level: float, duration_s: float, *names: str) -> Sound:
    stems = {name: np.full((int(duration_s * SR), 2), level / len(names), np.float32) for name in names}
    return Sound(stems=stems, mix=sum(stems.values()), sr=SR)


def truth(duration_s: float, *words: tuple[str, float], **about):
    spans = [{"word": word, "start_s": start_s, "end_s": start_s + 0.5} for word, start_s in words]
    notes = [{"pitch": 60, "start_s": start_s, "end_s": start_s + 0.5, "velocity": 1.0} for _, start_s in words]
    return {"duration_s": duration_s, "words": spans, "notes": {"vocals": notes}, "beats_s": [0.0, 1.0], **about}


OWN, BASE = flat(0.2, 2.0, "vocals", "drums"), flat(0.1, 4.0, "upload")


def level(sound: Sound, at_s: float) -> float:
    return round(float(sound.mix[int(at_s * SR), 0]), 3)


@pytest.mark.parametrize(
    ("layer", "length_s", "levels"),
    [
        (Layer(where=Where.AFTER, start_s=1.0), 3.0, {0.5: 0.1, 2.0: 0.2}),
        (Layer(where=Where.AFTER, start_s=9.0), 6.0, {3.5: 0.1, 5.0: 0.2}),
        (Layer(where=Where.OVER), 4.0, {1.0: 0.3, 3.0: 0.1}),
        (Layer(where=Where.OVER, stems=frozenset({"vocals"})), 4.0, {1.0: 0.2, 3.0: 0.1}),
        (Layer(where=Where.OVER, without=frozenset({"vocals", "drums"})), 4.0, {1.0: 0.1}),
        (Layer(where=Where.INSIDE, start_s=1.0, end_s=2.0), 4.0, {0.5: 0.1, 1.5: 0.2, 2.5: 0.1}),
    ],
)
def test_levels_and_lengths(layer, length_s, levels):
    sound = combine(OWN, BASE, layer)
    assert len(sound.mix) == length_s * SR
    assert {at_s: level(sound, at_s) for at_s in levels} == levels
    assert np.allclose(sum(sound.stems.values()), sound.mix, atol=1e-6)


def test_seams_do_not_jump():
    sound = combine(OWN, BASE, Layer(where=Where.INSIDE, start_s=1.0, end_s=2.0))
    assert np.abs(np.diff(sound.mix[:, 0])).max() < 0.2 / FADE_N * 2


def test_too_loud_is_turned_down_as_a_whole():
    loud = flat(0.9, 1.0, "vocals")
    sound = combine(loud, flat(0.9, 1.0, "upload"), Layer(where=Where.OVER))
    assert np.abs(sound.mix).max() <= 1.0 + 1e-6
    assert np.allclose(sum(sound.stems.values()), sound.mix, atol=1e-6)


def words(found):
    return [(word["word"], word["start_s"]) for word in found["words"]]


def test_after_a_recording_words_come_later():
    found = combine_truth(truth(2.0, ("a", 0.5)), {"duration_s": 4.0}, Layer(where=Where.AFTER, start_s=3.0))
    assert (words(found), found["duration_s"], found["beats_s"]) == ([("a", 3.5)], 5.0, [3.0, 4.0])


def test_after_a_clip_its_own_words_remain():
    base = truth(4.0, ("x", 0.0), ("y", 2.8))
    found = combine_truth(truth(2.0, ("a", 0.5)), base, Layer(where=Where.AFTER, start_s=3.0))
    assert words(found) == [("x", 0.0), ("a", 3.5)]


def test_inside_a_clip_the_window_is_new_and_the_rest_is_kept():
    base = truth(6.0, ("x", 0.0), ("y", 2.2), ("z", 4.0), tempo_bpm=90.0)
    own = truth(9.0, ("a", 0.5), ("b", 5.0), tempo_bpm=120.0)
    found = combine_truth(own, base, Layer(where=Where.INSIDE, start_s=2.0, end_s=4.0))
    assert words(found) == [("x", 0.0), ("a", 2.5), ("z", 4.0)]
    assert (found["duration_s"], found["tempo_bpm"]) == (6.0, 90.0)
    assert [note["start_s"] for note in found["notes"]["vocals"]] == [0.0, 2.5, 4.0]


def test_unused_stems_are_not_true():
    layer = Layer(where=Where.OVER, without=frozenset({"vocals"}))
    found = combine_truth(truth(2.0, ("a", 0.5)), {"duration_s": 4.0}, layer)
    assert (found["words"], found["notes"], found["instrumental"]) == ([], {}, True)
