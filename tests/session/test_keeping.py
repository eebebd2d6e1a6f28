"""Looking after what is kept."""

from __future__ import annotations

import pandas as pd
import pytest

from suno_lab.errors import NotFound, StoreError
from suno_lab.tables import TABLES


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


def test_questions_in_sql_see_the_frames_and_change_nothing(session, task) -> None:
    pytest.importorskip("duckdb")
    found = session.sql("select model_requested, count(*) as n from df group by 1")
    assert found["n"].tolist() == [2]
    with pytest.raises(Exception, match=r"(?i)disabled|permission|not allowed|cannot"):
        session.sql("select * from read_csv('/etc/passwd')")


def test_compact_copies_hold_the_same(session, task) -> None:
    folder = session.compact()
    for name in ("df", *TABLES):
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
    assert "emulated – not Suno" in written
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
