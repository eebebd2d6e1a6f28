"""The way in: families, extract, analyze, beats."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile

from suno_lab import features
from suno_lab.audio import Audio
from suno_lab.errors import StoreError
from suno_lab.models import Word


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    rng = np.random.default_rng(0)
    for name in ("b.wav", "a.flac"):
        soundfile.write(folder / name, rng.normal(scale=0.1, size=22050), 22050)
    (folder / "broken.mp3").write_bytes(b"not a song")
    (folder / "notes.txt").write_text("not audio")
    return folder


def test_the_folder_is_the_registry():
    assert list(features.families())[:5] == ["rhythm", "tonality", "file", "level", "loudness"]
    assert list(features.families("level")) == ["level"]
    with pytest.raises(ValueError, match="unknown family mood"):
        features.families(["mood"])


def test_one_bad_file_is_a_row(folder):
    table = features.analyze(folder, families=("level", "file"))
    assert [path.rsplit("/")[-1] for path in table["path"]] == ["a.flac", "b.wav", "broken.mp3"]
    assert table["error"].isna().tolist() == [True, True, False]
    assert table.loc[2, "error"].startswith("AudioError: ")
    assert table["duration_s"].tolist()[:2] == [1.0, 1.0]
    assert np.isnan(table.loc[2, "duration_s"])


def test_an_empty_table_has_the_same_columns():
    empty = features.analyze([])
    assert len(empty) == 0
    assert list(empty)[:4] == ["path", "tempo_bpm", "tempo_alternative_bpm", "tempo_confidence"]
    assert list(empty)[-1] == "error"


def test_dtypes_do_not_depend_on_the_rows(folder):
    whole = features.analyze(folder, families="file")
    pd.testing.assert_series_equal(whole.dtypes, features.analyze([], families="file").dtypes)
    pd.testing.assert_series_equal(whole.dtypes, features.analyze(folder / "broken.mp3", families="file").dtypes)


def test_a_frame_keeps_its_columns_and_index(folder):
    clips = pd.DataFrame({"clip_id": ["x", "y"], "path": [str(folder / "b.wav"), None]}, index=[7, 9])
    table = features.analyze(clips, families="file")
    assert list(table)[:2] == ["clip_id", "path"]
    assert table.index.tolist() == [7, 9]
    assert table.loc[9, "error"] == "no file"
    with pytest.raises(ValueError, match="no column 'path'"):
        features.analyze(clips.drop(columns="path"))


def test_processes_do_not_change_the_table(folder):
    one, two = (features.analyze(folder, families="level", jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one, two)


def test_the_cache_spares_the_work(folder, monkeypatch):
    cache = {}
    first = features.analyze(folder / "b.wav", families="level", cache=cache)
    monkeypatch.setattr(Audio, "load", lambda path: pytest.fail("decoded again"))
    pd.testing.assert_frame_equal(first, features.analyze(folder / "b.wav", families="level", cache=cache))


def test_progress_is_told(folder):
    told = []
    features.analyze(folder, families="file", progress=lambda done_n, total_n: told.append((done_n, total_n)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_beats_come_as_a_list(tmp_path, clicks):
    soundfile.write(tmp_path / "a.wav", clicks(120, duration_s=8).samples, 22050)
    table = features.analyze(tmp_path, families="rhythm", beats=True)
    assert len(table.loc[0, "beats_s"]) == table.loc[0, "beats_n"] > 10
    assert len(features.beats(tmp_path / "a.wav")) == table.loc[0, "beats_n"]


def test_an_excerpt_is_measured_alone(clicks):
    assert features.extract(clicks(120), families="file", excerpt=(2.0, 5.0))["duration_s"] == 3.0


def test_unknown_estimators_are_refused():
    with pytest.raises(ValueError, match="unknown estimator"):
        features.extract("a.wav", estimator="essentia")


def test_librosa_changes_tempo_and_key_only(clicks):
    audio = clicks(120, duration_s=6)
    ours, theirs = (features.extract(audio, families=("rhythm", "loudness"), estimator=e) for e in features.ESTIMATORS)
    assert ours["loudness_integrated_lufs"] == theirs["loudness_integrated_lufs"]
    assert ours["tempo_bpm"] != theirs["tempo_bpm"]


def test_what_a_column_means():
    assert features.feature("tempo_bpm").scale == "log"
    assert features.feature("prompt") is None


def test_the_hot_path_needs_no_librosa():
    code = "import sys; from suno_lab import features; features.families(); import suno_lab.audio; "
    code += "print([m for m in ('librosa', 'numba', 'pandas', 'matplotlib') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_file_of_measures_makes_the_second_run_compute_nothing(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    soundfile.write(tmp_path / "a.wav", rng.normal(scale=0.1, size=22050), 22050)
    options = {"families": ("level", "file"), "cache": tmp_path / "measures.sqlite", "beats": True}
    first = features.analyze(tmp_path, **options)
    monkeypatch.setattr("suno_lab.audio.Audio.load", lambda *a, **k: pytest.fail("measured again"))
    pd.testing.assert_frame_equal(features.analyze(tmp_path, **options), first)
    (tmp_path / "a.wav").rename(tmp_path / "b.wav")
    assert features.analyze(tmp_path, **options)["path"].str.endswith("b.wav").all()


def test_versions_stay_side_by_side(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "a.wav", np.zeros(100), 22050)
    cache = {}
    features.analyze(tmp_path / "a.wav", families="file", cache=cache)
    monkeypatch.setattr("suno_lab.features.file.VERSION", 999)
    features.analyze(tmp_path / "a.wav", families="file", cache=cache)
    assert sorted(key[2] for key in cache) == sorted({"999", *(key[2] for key in cache)})
    assert len(cache) == 2


def test_a_cache_that_is_something_else_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("not a database\n" * 100)
    with pytest.raises(StoreError, match=r"notes\.txt"):
        features.analyze([], cache=tmp_path / "notes.txt")


def test_the_service_word_of_a_frame_is_heeded(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.full(22050, 0.1), 22050)
    frame = pd.DataFrame({"path": [str(tmp_path / "a.wav")] * 2, "service_duration_s": [1.0, 1.5]})
    assert features.analyze(frame, families="file", cache={})["truncated"].tolist() == [False, True]


def test_a_source_brings_words_and_vocals_to_any_process(tmp_path):
    tone = 0.1 * np.sin(2 * np.pi * 220 * np.arange(22050) / 22050)
    for name in ("mix.wav", "vocals.wav"):
        soundfile.write(tmp_path / name, tone, 22050)
    words = (Word(word="slow", start_s=0.1, end_s=0.5), Word(word="tide", start_s=0.5, end_s=0.9))
    source = features.Source(path=str(tmp_path / "mix.wav"), words=words, vocals=str(tmp_path / "vocals.wav"))
    here = features.analyze(source, families="voice")
    assert (here["words_n"][0], here["voice_register"][0]) == (2, "baritone")
    pd.testing.assert_frame_equal(features.analyze([source, tmp_path / "mix.wav"], families="voice", jobs=2)[:1], here)
