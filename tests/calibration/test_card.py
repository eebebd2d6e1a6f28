"""An error card sums up what was measured, and speaks about nothing else."""

from __future__ import annotations

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
from suno_lab.calibration.measuring import COLUMNS
from suno_lab.errors import StudyError


@pytest.fixture
def measured() -> pd.DataFrame:
    rows = [
        ("a", "pop", 100.0, "C major", 100.1, 50.0, 0.9, "C major", 0.9, -14.0),
        ("b", "pop", 70.0, "A minor", 140.0, 70.0, 0.2, "C major", 0.3, -13.0),
        ("c", "jazz", 120.0, "G major", 120.0, 60.0, 0.8, "G major", 0.8, -18.0),
        ("d", "jazz", 90.0, None, 131.0, 65.0, 0.1, "D major", 0.1, -18.0),
    ]
    names = [name for name in COLUMNS if name not in ("estimator", "error")]
    frame = pd.DataFrame(rows, columns=names).assign(estimator="suno_lab", error=None)
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
    with pytest.raises(StudyError, match="no error card of version 1"):
        ErrorCard.from_json('{"version": 0}')


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
    assert {"suno_lab", "librosa"} <= set(card.estimators)


def test_a_card_speaks_about_its_own_domain_only(measured: pd.DataFrame) -> None:
    df = pd.DataFrame(
        {"emulated": [True, False, pd.NA], "tempo_confidence": [0.9, 0.9, 0.9], "key_confidence": [np.nan] * 3}
    )
    engine = with_probabilities(df, error_card(measured, domain="engine"))
    mine = with_probabilities(df, error_card(measured, domain="annotated:mine"))
    assert engine["tempo_probability"].notna().tolist() == [True, False, False]
    assert mine["tempo_probability"].notna().tolist() == [False, True, True]
    assert engine["key_probability"].isna().all()
    assert engine["confidence_domain"].tolist() == ["engine", pd.NA, pd.NA]
