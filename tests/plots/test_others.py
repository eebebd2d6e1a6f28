"""Shapes of the other pictures."""

import numpy as np
import pandas as pd
import pytest

from suno_lab.audio import Audio
from suno_lab.models import Word
from suno_lab.plots import (
    plot_feature_by,
    shape_deviation_ecdf,
    shape_ecdf,
    shape_karaoke,
    shape_mel,
    shape_onset_deviations,
    shape_self_similarity,
    shape_tempogram,
    small_multiples,
)

SR = 22050
WORDS = [Word(word=w, start_s=float(i), end_s=i + 0.5) for i, w in enumerate(["One ", "two\n", "three\n", "four"])]


def test_ecdf():
    df = pd.DataFrame({"model": ["b", "a", "a", "a"], "tempo_bpm": [1.0, 3.0, 2.0, np.nan]})
    assert shape_ecdf(df, "tempo_bpm").values.tolist() == [["a", 2.0, 0.5], ["a", 3.0, 1.0], ["b", 1.0, 1.0]]


def test_onset_deviations():
    later = [
        Word(word=w.word, start_s=w.start_s + late, end_s=w.end_s)
        for w, late in zip(WORDS, (0.1, 0.1, -0.2, 5), strict=True)
    ]
    rows = shape_onset_deviations(WORDS, later)
    assert {round(row.late_s, 2): row.n for row in rows.itertuples() if row.n} == {-0.2: 1, 0.1: 2, 1.0: 1}
    assert rows.attrs == {"matched_n": 4, "median_s": pytest.approx(0.1)}


def test_karaoke_pages():
    rows = shape_karaoke(WORDS, first_line=1, lines_n=1)
    assert rows[["row", "word", "start_s", "line_start_s"]].values.tolist() == [[0, "three", 0.0, 2.0]]
    assert shape_karaoke(WORDS)["row"].tolist() == [0, 0, 1, 2]
    assert shape_karaoke([]).empty


def test_mel_is_in_decibels_below_the_loudest():
    tone = Audio(0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * SR) / SR), SR)
    mel = shape_mel(tone, columns_n=10)
    assert mel.shape == (10, 64)
    assert mel.to_numpy().max() == 0
    assert mel.mean().idxmax() == pytest.approx(1000, rel=0.08)
    assert shape_mel(Audio(np.zeros(SR), SR)).to_numpy().max() == -80


def test_tempogram_of_clicks():
    samples = np.zeros(12 * SR, np.float32)
    for start in np.arange(0.5, 11.5, 0.6):
        samples[round(start * SR) : round(start * SR) + 200] = 0.5
    strength = shape_tempogram(Audio(samples, SR))
    beats = strength.loc[:, strength.columns >= 75]
    assert set(beats.idxmax(axis=1).round(-1)) == {100.0}
    assert len(shape_tempogram(Audio(samples[: 2 * SR], SR))) == 1


def test_self_similarity_is_symmetric():
    likeness = shape_self_similarity(Audio(np.random.default_rng(0).normal(size=6 * SR), SR))
    np.testing.assert_allclose(likeness, likeness.T)
    assert likeness.shape == (12, 12)


def test_small_multiples():
    df = pd.DataFrame({"model": ["a", "b"], "tempo_bpm": [90.0, 100.0]})
    figure = small_multiples(
        {"$x$": df, "two": df, "three": df}, lambda part, ax: plot_feature_by(part, "tempo_bpm", ax=ax), columns_n=2
    )
    visible = [ax for ax in figure.axes if ax.get_visible()]
    assert [ax.get_title(loc="left") for ax in visible] == ["$x$", "two", "three"]
    figure.canvas.draw()


def test_karaoke_takes_its_lines_from_the_lyrics():
    plain = [Word(word=w.word.strip() + " ", start_s=w.start_s, end_s=w.end_s) for w in WORDS]
    assert shape_karaoke(plain)["row"].tolist() == [0, 0, 0, 0]
    rows = shape_karaoke(plain, lyrics="[Verse]\nOne two\nthree\n[Chorus]\nfour")
    assert rows["row"].tolist() == [0, 0, 1, 2]
    assert rows["section_label"].tolist() == ["Verse", "Verse", "Verse", "Chorus"]


def test_a_shift_and_a_wrong_rate_are_taken_off():
    """Word starts that are 0.2 s late and lose 1.2 s a minute are exact once both are known."""
    true = [Word(word=f"w{i}", start_s=2.0 * i, end_s=2.0 * i + 0.5) for i in range(30)]
    late = [Word(word=w.word, start_s=1.02 * w.start_s + 0.2, end_s=w.end_s) for w in true[:27]]
    rows = shape_deviation_ecdf(true, late)
    assert rows.attrs["drift_s_per_min"] == pytest.approx(1.2)
    assert rows.attrs["offset_s"] == pytest.approx(0.2)
    assert (rows.attrs["reference_n"], rows.attrs["matched_n"]) == (30, 27)
    assert rows.attrs["within_share"] == pytest.approx(3 / 30)
    ends = rows.groupby("kind")[["distance_s", "share"]].max()
    assert ends.loc["corrected"].tolist() == [pytest.approx(0, abs=1e-9), 0.9]
    assert ends.loc["as given"].tolist() == [pytest.approx(0.2 + 0.02 * 52), 0.9]


def test_a_long_line_is_broken_at_its_pauses():
    starts = [0, 1, 2, 8, 9, 10, 20, 21]
    sung = [Word(word=f"w{s} ", start_s=float(s), end_s=s + 0.8) for s in starts]
    assert shape_karaoke(sung)["row"].tolist() == [0, 0, 0, 0, 0, 0, 1, 1]
    assert shape_karaoke(sung, first_line=1)["word"].tolist() == ["w20", "w21"]
