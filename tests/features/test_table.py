"""Long form and excerpts of many files."""

import numpy as np
import pandas as pd
import pytest
import soundfile

from suno_lab import features

FAMILIES = ("rhythm", "tonality", "file")
SR = 8000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    soundfile.write(folder / "a.wav", np.random.default_rng(0).normal(scale=0.1, size=4 * SR), SR)
    (folder / "broken.mp3").write_bytes(b"not a song")
    return folder


@pytest.fixture(scope="module")
def tables(folder):
    return [features.analyze(folder, families=FAMILIES, long=long) for long in (False, True)]


def test_the_long_form_has_a_row_for_every_feature(tables):
    wide, long = tables
    names = [item.name for item in features.column_features(FAMILIES)]
    assert list(long) == [
        "path", "feature", "value", "text", "low", "high", "unit", "family", "version", "estimator", "method", "scale",
        "direction", "error"
    ]  # fmt: skip
    assert long["feature"].tolist() == names * 2
    assert long["path"].tolist() == [path for path in wide["path"] for _ in names]


def test_the_long_form_says_what_the_wide_one_says(tables):
    wide, long = tables
    long = long[long["error"].isna()].set_index("feature")
    for item in features.column_features(FAMILIES):
        value, kept = wide.loc[0, item.name], long.loc[item.name]
        if item.dtype == "string":
            assert pd.isna(kept["value"])
            assert same(kept["text"], value)
        else:
            assert pd.isna(kept["text"])
            assert same(kept["value"], value)
        assert (kept["unit"], kept["scale"], kept["direction"]) == (item.unit, item.scale, item.direction)
        assert kept["method"] == item.method
        assert kept["version"] == features.families()[kept["family"]].VERSION


def same(a, b):
    return pd.isna(b) if pd.isna(a) else bool(a == b)


def test_a_broken_file_has_its_rows_and_its_reason(tables):
    bad = tables[1].query("error.notna()")
    assert len(bad) == len(features.column_features(FAMILIES))
    assert bad["value"].isna().all()
    assert bad["text"].isna().all()
    assert bad["error"].str.startswith("AudioError").all()


def test_the_long_form_names_the_estimator_that_measured():
    long = features.analyze("nowhere.wav", families=("rhythm", "file"), estimator="librosa", long=True)
    assert long.groupby("family")["estimator"].unique().map(list).to_dict() == {
        "file": ["suno_lab"],
        "rhythm": ["librosa"],
    }


def test_an_empty_long_form_has_the_same_columns(tables):
    empty = features.analyze([], families=FAMILIES, long=True)
    assert len(empty) == 0
    pd.testing.assert_series_equal(empty.dtypes, tables[1].dtypes)


def test_the_long_form_keeps_columns_and_index(folder):
    clips = pd.DataFrame({"clip_id": ["x"], "path": [str(folder / "a.wav")]}, index=[7])
    long = features.analyze(clips, families="level", long=True)
    assert list(long)[:3] == ["clip_id", "path", "feature"]
    assert set(long.index) == {7}
    with pytest.raises(ValueError, match="beats"):
        features.analyze(clips, long=True, beats=True)


def test_the_long_form_is_written_as_parquet(tables, tmp_path):
    tables[1].to_parquet(tmp_path / "long.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "long.parquet"), tables[1])


def test_a_part_is_measured_beside_the_whole(folder):
    whole = features.analyze(folder / "a.wav", families="level")
    cache = {}
    part = features.analyze(folder / "a.wav", families=("level", "file"), excerpt=(1.0, 2.5), cache=cache)
    assert list(part)[:3] == ["path", "start_s", "end_s"]
    assert part.loc[0, ["start_s", "end_s", "duration_s"]].tolist() == [1.0, 2.5, 1.5]
    assert part.loc[0, "rms_dbfs"] == features.extract(folder / "a.wav", excerpt=(1.0, 2.5))["rms_dbfs"]
    assert {key[-2:] for key in cache} == {("1.0", "2.5")}
    both = pd.concat([whole, part])
    assert both["start_s"].isna().tolist() == [True, False]
    assert list(features.analyze([], families="file", excerpt=(0, 1)))[:3] == ["path", "start_s", "end_s"]


def test_a_part_beyond_the_end_is_a_row_that_says_so(folder):
    table = features.analyze(folder / "a.wav", families="file", excerpt=(10.0, 20.0))
    assert table.loc[0, "error"].startswith("AudioError: nothing between 10.0 s and 20.0 s")


@pytest.mark.parametrize("excerpt", [(2.0, 1.0), (-1.0, 1.0), (1.0, 1.0), (float("nan"), 1.0)])
def test_an_impossible_part_is_refused(folder, excerpt):
    with pytest.raises(ValueError, match="an excerpt from"):
        features.analyze(folder, excerpt=excerpt)
