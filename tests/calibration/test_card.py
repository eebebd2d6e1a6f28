"""An error card sums up what was measured, and speaks about nothing else."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from suno_lab.calibration import (
    ErrorCard,
    engine_songs,
    error_card,
    measure,
    read_truth,
    shipped_card,
    with_probabilities,
)
from suno_lab.calibration.measuring import COLUMNS, FAMILIES
from suno_lab.calibration.scores import wilson_interval
from suno_lab.errors import StudyError
from suno_lab.features import families


@pytest.fixture
def measured() -> pd.DataFrame:
    rows = [
        ("a", "pop", 100.0, "C major", 100.1, 50.0, 0.9, "C major", 0.9, -14.0, 99.9, 100.3),
        ("b", "pop", 70.0, "A minor", 140.0, 70.0, 0.2, "C major", 0.3, -13.0, 139.0, 141.0),
        ("c", "jazz", 120.0, "G major", 120.0, 60.0, 0.8, "G major", 0.8, -18.0, 120.1, 120.5),
        ("d", "jazz", 90.0, None, 131.0, 65.0, 0.1, "D major", 0.1, -18.0, np.nan, np.nan),
    ]
    names = (
        "item", "genre", "reference_tempo_bpm", "reference_key", "tempo_bpm", "tempo_alternative_bpm",
        "tempo_confidence", "musical_key", "key_confidence", "loudness_integrated_lufs", "tempo_low_bpm",
        "tempo_high_bpm",
    )  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(names)).assign(
        estimator="suno_lab", error=None, duration_s=10.0, reference_duration_s=10.0,
        beats_f=[1.0, 0.5, 0.9, np.nan], beats_offset_s=[0.01, -0.02, 0.0, np.nan],
    )  # fmt: skip
    return frame[list(COLUMNS)].astype(COLUMNS)


def test_the_numbers_are_the_counts(measured: pd.DataFrame) -> None:
    card = error_card(measured, domain="engine")
    tempo, keys = card.frame("tempo").set_index("band"), card.frame("keys").set_index("band")
    assert tempo.loc["all", ["n", "accuracy_1", "accuracy_2", "double"]].tolist() == [4, 0.5, 0.75, 0.25]
    assert tempo.loc["all", "tempo_or_alternative"] == 0.75
    assert tempo.loc["genre pop", "accuracy_1"] == 0.5
    assert keys.loc["all", ["n", "correct", "relative"]].tolist() == [3, 2 / 3, 1 / 3]
    assert keys.loc["all", "mirex"] == pytest.approx(2.3 / 3)
    assert sum(row["n"] for row in card.confusion) == 3


def test_beats_and_stated_intervals_are_counted_too(measured: pd.DataFrame) -> None:
    card = error_card(measured, domain="engine")
    beats = card.frame("beats").set_index("band")
    assert beats.loc["all", ["n", "f_measure", "offset_s"]].tolist() == [3, pytest.approx(0.8), 0.0]
    stated = card.frame("intervals").query("kind == 'stated'").set_index("band")
    assert stated.loc["all", ["n", "coverage"]].tolist() == [3, pytest.approx(2 / 3)]  # the octave of b is forgiven
    assert stated.loc["genre jazz", ["n", "coverage"]].tolist() == [1, 0.0]
    assert card.interval("tempo", 100.0) is None  # four songs make no interval


def test_an_interval_is_made_of_enough_errors(measured: pd.DataFrame) -> None:
    off = np.linspace(-0.01, 0.01, 40)
    many = pd.concat([measured.iloc[:1]] * 40, ignore_index=True).assign(tempo_bpm=100 * (1 + off))
    card = error_card(many, domain="engine")
    low, high = card.interval("tempo", 100.0) or (0.0, 0.0)
    assert (low, high) == (pytest.approx(100 / 1.01), pytest.approx(100 / 0.99))
    row = card.frame("intervals").query("kind == 'conformal' and band == 'all' and measure == 'tempo'").iloc[0]
    assert row["coverage"] == pytest.approx(38 / 40)  # without one of the two extremes, the other widens nothing
    assert (row["coverage_low"], row["coverage_high"]) == wilson_interval(38, 40)


def test_reliability_is_judged_on_songs_it_was_not_fitted_to() -> None:
    rng = np.random.default_rng(0)
    said = rng.uniform(size=400)
    right = rng.uniform(size=400) < said**2  # an estimator that thinks too well of itself
    tempo = np.where(right, 100.0, 137.0)
    frame = pd.DataFrame({"tempo_bpm": tempo, "reference_tempo_bpm": 100.0, "tempo_confidence": said})
    frame = frame.reindex(columns=list(COLUMNS)).assign(item=[str(i) for i in range(400)], estimator="x")
    (row,) = error_card(frame.astype(COLUMNS), domain="engine").reliability
    assert row["n"] == 400
    assert row["calibration_error_raw"] > 0.1 > row["calibration_error"]
    assert row["brier"] < min(row["brier_raw"], row["brier_constant"])


def test_the_confusion_of_keys_is_a_table(measured: pd.DataFrame) -> None:
    table = error_card(measured, domain="engine").key_confusion()
    assert table.to_numpy().sum() == 3
    assert table.loc[("minor", "major"), 3] == 1  # A minor taken for C major
    assert table.shape == (4, 12)


def test_probability_rises_with_confidence_and_knows_its_limits(measured: pd.DataFrame) -> None:
    card = error_card(measured, domain="engine")
    low, high = card.probability("tempo", 0.1), card.probability("tempo", 0.95)
    assert low is not None
    assert high is not None
    assert 0 < low < high < 1
    assert card.probability("tempo", float("nan")) is None
    assert card.probability("key", 0.5, estimator="essentia") is None


def test_a_card_survives_json_and_another_version_is_refused(measured: pd.DataFrame) -> None:
    card = error_card(measured, domain="folk <b>")
    again = ErrorCard.from_json(card.as_json())
    assert again.as_json() == card.as_json()
    assert "&lt;b&gt;" in again._repr_html_()
    with pytest.raises(StudyError, match="no error card of version 2"):
        ErrorCard.from_json('{"version": 0}')
    with pytest.raises(StudyError, match="this is no error card"):
        ErrorCard.from_json("{")


def test_nothing_measured_is_no_card(measured: pd.DataFrame) -> None:
    with pytest.raises(StudyError, match="nothing to make an error card from"):
        error_card(measured.assign(error="AudioError"), domain="engine")


def test_songs_repeat_with_their_seed() -> None:
    first, again, other = (list(engine_songs(6, seed=seed)) for seed in (3, 3, 4))
    assert first == again
    assert [song.brief for song in first] != [song.brief for song in other]


def test_a_folder_with_truth_is_measured(tmp_path: Path) -> None:
    clicks = np.zeros(22050 * 10)
    clicks[:: 22050 // 2] = 0.8
    soundfile.write(tmp_path / "click.wav", clicks, 22050)
    (tmp_path / "bad.wav").write_bytes(b"nothing")
    (tmp_path / "truth.csv").write_text(
        "path,tempo,tonic,mode,dur,off\nclick.wav,120,-1,,10,0\nbad.wav,100,3,minor,1,0\n"
    )
    truth = read_truth(tmp_path)
    assert truth["reference_key"].tolist() == [pd.NA, "Eb minor"]
    rows = measure(truth, estimators=["suno_lab"])
    assert rows["error"].notna().tolist() == [False, True]
    assert rows["tempo_bpm"].iloc[0] in (pytest.approx(120, rel=0.01), pytest.approx(60, rel=0.01))
    assert rows["beats_f"].iloc[0] > 0.6
    assert rows["duration_s"].iloc[0] == 10.0


def test_a_truth_table_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"has no truth\.csv"):
        read_truth(tmp_path)
    (tmp_path / "truth.csv").write_text("path,bpm\nx.wav,1\n")
    with pytest.raises(StudyError, match="lacks the columns tempo, tonic, mode"):
        read_truth(tmp_path)
    (tmp_path / "truth.csv").write_text("path,tempo,tonic,mode\nx.wav,1,0,major\n")
    with pytest.raises(StudyError, match=r"1 files that are not there, first 'x\.wav'"):
        read_truth(tmp_path)


def test_the_shipped_card_speaks_about_engine_songs() -> None:
    card = shipped_card()
    assert card.domain == "engine"
    assert card.emulated
    assert {"suno_lab", "librosa"} <= set(card.estimators)
    assert all(card.frame(part).shape[0] for part in ("tempo", "keys", "beats", "intervals", "reliability"))


def test_the_shipped_card_is_of_the_estimators_that_are_shipped() -> None:
    now = {name: module.VERSION for name, module in families(FAMILIES).items()}
    assert shipped_card().versions == now, "make it again: docs/calibration.md has the command"


def test_a_card_says_nothing_about_another_version_of_an_estimator(measured: pd.DataFrame) -> None:
    df = pd.DataFrame({"emulated": [True], "tempo_confidence": [0.9], "key_confidence": [0.9]})
    card = error_card(measured, domain="engine")
    earlier = dataclasses.replace(card, versions={**card.versions, "tonality": 0})
    row = with_probabilities(df, earlier).iloc[0]
    assert pd.notna(row["tempo_probability"])
    assert pd.isna(row["key_probability"])


def test_a_card_speaks_about_its_own_domain_only(measured: pd.DataFrame) -> None:
    df = pd.DataFrame(
        {"emulated": [True, False, pd.NA], "tempo_confidence": [0.9, 0.9, 0.9], "key_confidence": [np.nan] * 3}
    )
    engine = with_probabilities(df, error_card(measured, domain="engine"))
    mine = with_probabilities(df, error_card(measured, domain="annotated:mine"))
    assert engine["tempo_probability"].notna().tolist() == [True, False, False]
    assert mine["tempo_probability"].notna().tolist() == [False, True, False]
    assert engine["key_probability"].isna().all()
    assert engine["confidence_domain"].tolist() == ["engine", pd.NA, pd.NA]
