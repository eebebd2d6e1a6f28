"""Looking after what is kept."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from suno_lab.errors import InvalidRequest, NotFound, StoreError
from suno_lab.session.keeping import FRAMES


@pytest.fixture
def task(session):
    return session.generate(lyrics="[Verse]\nslow tide", style="folk", title="Tide", model="V5")


def test_a_sound_folder_has_no_faults_and_a_changed_file_is_one(session, task) -> None:
    assert session.verify() == []
    path = task.clips[0].path
    path.write_bytes(path.read_bytes() + b"x")
    task.clips[1].path.unlink()
    assert sorted(fault.problem for fault in session.verify()) == ["changed", "missing"]


def test_tags_are_labels_in_the_frame(session, task) -> None:
    session.tag(task.clips[0], "pilot", "a, b")
    assert session.df["labels"].tolist() == ["pilot,a; b"] * 2
    session.tag(task)
    assert session.df["labels"].isna().all()
    with pytest.raises(NotFound):
        session.tag("nobody", "x")


def test_notes_and_columns_of_ones_own_stand_beside_the_clips(session, task) -> None:
    first, second = task.clips
    before = session.df
    session.tag(first, "pilot", note="ends too early", mood="calm", take=3, liked=True)
    session.tag(task, study="A", take=np.float64(1.5))
    df = session.df
    assert df["labels"].tolist() == ["pilot"] * 2
    assert df["note"].tolist() == ["ends too early", pd.NA]
    assert df["take"].tolist() == [3.0, 1.5]
    assert df["study"].tolist() == ["A", "A"]
    assert df["liked"].tolist() == [True, pd.NA]
    assert [str(df[name].dtype) for name in ("mood", "take", "liked")] == ["string", "float64", "boolean"]
    pd.testing.assert_frame_equal(df[before.columns.drop(["labels", "note"])], before.drop(columns=["labels", "note"]))
    session.tag(second, take="a half")
    assert session.df["take"].tolist() == ["3", "a half"]
    session.tag(first, note="", mood=None)
    assert session.df[["note", "mood"]].isna().all().all()
    assert session.df["labels"].tolist() == ["pilot"] * 2


def test_notes_are_there_when_the_folder_is_opened_again(open_session) -> None:
    session = open_session()
    task = session.generate("a tune", instrumental=True)
    session.tag(task.clips[1], note="the better one")
    session.close()
    assert open_session().df["note"].tolist() == [pd.NA, "the better one"]


@pytest.mark.parametrize("columns", [{"tempo_bpm": 120.0}, {"request_id": "mine"}, {"mood": ["calm"]}])
def test_a_column_that_cannot_be_ones_own_is_refused(session, task, columns) -> None:
    with pytest.raises(InvalidRequest, match=r"already|must be"):
        session.tag(task, **columns)


def test_questions_in_sql_see_the_frames_and_change_nothing(session, task) -> None:
    pytest.importorskip("duckdb")
    found = session.sql("select model_requested, count(*) as n from df group by 1")
    assert found["n"].tolist() == [2]
    assert session.sql("select count(*) as n from features")["n"].tolist() == [2]
    with pytest.raises(InvalidRequest, match=r"disabled"):
        session.sql("select * from read_csv('/etc/passwd')")
    with pytest.raises(InvalidRequest, match="The tables are df, requests"):
        session.sql("select * from nothing_here")


def test_compact_copies_hold_the_same(session, task) -> None:
    folder = session.compact()
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in FRAMES:
        assert (folder / f"{name}.parquet").stat().st_mode & 0o777 == 0o600
        kept = pd.read_parquet(folder / f"{name}.parquet")
        assert len(kept) == len(getattr(session, name)), name


def test_a_snapshot_is_a_journal_of_its_own(session, task, tmp_path) -> None:
    target = session.snapshot(tmp_path / "copy.db")
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(StoreError, match="exists"):
        session.snapshot(target)


def test_the_way_back_goes_through_every_step(session, task) -> None:
    longer = session.extend(task.clips[0], continue_at_s=1.0, lyrics="[Verse]\nmore", style="folk", title="More")
    covered = session.cover(longer.clips[1], description="as jazz")
    steps = session.lineage(covered.clips[0])
    assert steps["operation"].tolist()[0] == "cover"
    assert session.lineage(longer.clips[0])["operation"].tolist() == ["extend", "generate"]
    assert session.lineage(longer.clips[0])["clip_id"].tolist()[1] == task.clips[0].clip_id


def test_the_way_back_is_a_picture(session, task) -> None:
    covered = session.cover(task.clips[0], description="as jazz")
    assert session.lineage(covered)["into"].tolist()[1:] == [0]
    ax = session.plot_lineage(covered.clips[1])
    written = [text.get_text() for text in ax.texts]
    assert ax.get_title(loc="right") == "emulated – not Suno"
    assert [text.split("\n")[0] for text in written[:2]] == ["cover", "generate"]


def test_forgetting_takes_the_words_and_the_file(session, task) -> None:
    clip, other = task.clips
    clip.timed_lyrics()
    session.analyze("level")
    path = clip.path
    session.forget(clip)
    assert not path.exists()
    assert clip.words.empty
    assert clip.title is None
    assert clip.lyrics is None
    assert other.path.exists()
    assert session.requests["credits"].tolist() == [12.0, 0.5]
    with pytest.raises(NotFound):
        session.forget("nobody")


def test_nothing_of_a_forgotten_clip_can_be_read_any_more(session) -> None:
    session._policy = dataclasses.replace(session._policy, keep=frozenset({"mp3", "image"}))
    task = session.generate(lyrics="[Verse]\nzebra crossing", style="folk", title="Quagga", model="V5")
    task.clips[0].timed_lyrics()
    session.tag(task.clips[0], note="okapi")
    for clip in task.clips:
        session.forget(clip)
    stored = [path for path in (session.folder / "audio").rglob("*") if path.is_file()]
    assert stored == []
    assert session.verify() == []
    asked = {"request", "body", "sent"}
    for table in session.journal.rows("select name from sqlite_master where type = 'table'"):
        for row in session.journal.rows(f"select * from {table[0]}"):
            kept = {name: value for name, value in dict(row).items() if name not in asked}
            assert not any(word in str(kept) for word in ("zebra", "Quagga", "okapi")), table[0]
    for name in ("session.db", "session.db-wal"):
        assert b"okapi" not in (session.folder / name).read_bytes()
    assert task.clips[0].timed_lyrics().empty


def test_comparisons_are_kept(session) -> None:
    for model in ("V4_5", "V5"):
        for n in range(2):
            session.generate(f"tune {n}", model=model, instrumental=True)
    session.analyze("level")
    result = session.compare("peak_dbfs", by="model")
    assert session.comparisons["feature"].tolist() == ["peak_dbfs"]
    assert str(result.verdict) == session.comparisons["verdict"].iloc[0]


def test_a_data_set_leaves_by_export(session, task, tmp_path) -> None:
    folder = session.export(tmp_path / "set")
    assert (folder / "SHA256SUMS").is_file()
    assert session.view().emulated
