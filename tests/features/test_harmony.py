"""Chords and keys of segments, on music whose harmony is known."""

import mir_eval
import numpy as np
import pandas as pd

from suno_lab import features
from suno_lab.audio import Audio
from suno_lab.features import harmony

C, F, G, A_MINOR, D_MINOR = (0, 4, 7), (5, 9, 12), (7, 11, 14), (9, 12, 16), (2, 5, 9)
LABELS = ("C:maj", "A:min", "F:maj", "G:maj")


def test_chords_are_found_as_mir_eval_judges_them(chords):
    audio = chords([C, A_MINOR, F, G], each_s=2.0, repeat_n=3)
    found = features.chords(audio)
    edges_s = np.arange(13) * 2.0
    scores = mir_eval.chord.evaluate(
        np.stack([edges_s[:-1], edges_s[1:]], axis=1),
        list(LABELS) * 3,
        found[["start_s", "end_s"]].to_numpy(),
        found["chord"].tolist(),
    )
    assert scores["majmin"] > 0.92
    assert scores["seg"] > 0.9
    row = harmony.extract(audio)
    assert (row["chords_n"], row["chord_minor_share"]) == (12, np.clip(row["chord_minor_share"], 0.2, 0.3))
    assert 0.4 < row["chord_change_rate_hz"] < 0.5


def test_spans_follow_each_other_to_the_end(chords):
    audio = chords([C, G, D_MINOR], each_s=1.5)
    found = features.chords(audio)
    assert found["start_s"].iloc[0] == 0
    assert found["end_s"].iloc[-1] == audio.duration_s
    assert (found["start_s"].to_numpy()[1:] == found["end_s"].to_numpy()[:-1]).all()


def test_noise_is_no_chord_and_silence_nothing():
    noise = Audio(np.random.default_rng(0).normal(scale=0.1, size=10 * 22050), 22050)
    assert harmony.extract(noise)["chord_share"] < 0.3
    silent = features.chords(Audio(np.zeros(22050), 22050))
    assert silent.empty
    pd.testing.assert_series_equal(silent.dtypes, features.chords(noise).dtypes)


def test_a_part_in_another_key_is_seen(chords):
    up = [tuple(note + 6 for note in chord) for chord in (C, F, G, C)]
    here, there = chords([C, F, G, C], each_s=1.0, repeat_n=6), chords(up, each_s=1.0, repeat_n=6)
    song = Audio(np.concatenate([here.samples, 0.2 * there.samples]), here.sr)
    found = features.segments(song)
    assert {"C major", "F# major"} <= set(found["musical_key"])
    assert harmony.extract(song)["keys_n"] >= 2
    assert harmony.extract(here)["key_agreement"] == 1.0
    assert list(found) == ["start_s", "end_s", "label", "musical_key", "key_margin"]


def test_the_path_is_the_most_likely_one():
    """Against all paths of a short sequence."""
    from itertools import product

    scores = np.random.default_rng(3).uniform(0, 0.4, size=(5, 4))
    change = np.log(harmony.CHANGE / 3) - np.log(1 - harmony.CHANGE)

    def weight(path):
        changes_n = np.count_nonzero(np.diff(path))
        return harmony.SHARPNESS * scores[np.arange(5), list(path)].sum() + change * changes_n

    assert tuple(harmony.best_path(scores)) == max(product(range(4), repeat=5), key=weight)
