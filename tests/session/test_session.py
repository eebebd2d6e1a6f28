"""The session end to end against the embedded emulator."""

from __future__ import annotations

import asyncio
import pickle

import pandas as pd
import pytest

from suno_lab import SunoSession
from suno_lab.api.music import Generate
from suno_lab.emulator import EmulatorSettings
from suno_lab.errors import InvalidRequest, NotFound, RepeatedRequest, SunoLabError, TaskFailed, WaitTimeout
from suno_lab.session.progress import Silent
from suno_lab.store import requests as ledger
from suno_lab.store.requests import Draft
from suno_lab.tables import DF_COLUMNS, TABLES

PIANO = {"model": "V5", "instrumental": True}


def test_a_song_is_asked_for_kept_and_shown(session: SunoSession) -> None:
    task = session.generate("calm relaxing piano", **PIANO)
    assert task.status == "SUCCESS"
    assert [clip.sibling for clip in task.clips] == [0, 1]
    for clip in task.clips:
        assert clip.path is not None
        assert clip.path.read_bytes()[:2] in (b"ID", b"\xff\xfb")
        assert clip.service == "emulator"
        assert clip.model == "V5 (emulated)"
        assert clip.audio.duration_s == pytest.approx(clip.duration_s, abs=0.2)
    frame = session.df
    assert len(frame) == 2
    assert frame["task_id"].unique().tolist() == [task.task_id]
    assert frame["model_requested"].tolist() == ["V5", "V5"]
    assert frame["service"].tolist() == ["emulator", "emulator"]
    assert session.requests["credits"].tolist() == [12.0]


def test_frames_have_the_same_schema_with_and_without_rows(session: SunoSession) -> None:
    empty = {name: getattr(session, name) for name in TABLES} | {"df": session.df}
    session.generate("a tune", **PIANO)
    session.analyze("integrity")
    full = {name: getattr(session, name) for name in TABLES} | {"df": session.df}
    for name, frame in empty.items():
        pd.testing.assert_series_equal(frame.dtypes, full[name].dtypes)
        assert frame.index.names == full[name].index.names
    assert list(empty["df"].columns[: len(DF_COLUMNS)]) == [column.name for column in DF_COLUMNS]


def test_frames_are_copies(session: SunoSession) -> None:
    session.generate("a tune", **PIANO)
    frame = session.df
    frame["title"] = "mine"
    del frame["task_id"]
    assert "mine" not in session.df["title"].tolist()
    assert "task_id" in session.df


def test_a_folder_is_continued_without_asking_again(open_session, session: SunoSession) -> None:
    task = session.generate("a tune", **PIANO)
    session.close()
    again = open_session(service=None)
    assert again.service == "emulator"
    assert again.generate("a tune", **PIANO).task_id == task.task_id
    assert again.generate("a tune", fresh=True, **PIANO).task_id != task.task_id
    assert len(again.requests) == 2
    assert again.requests["run_order"].tolist() == [1, 2]


def test_equal_requests_are_kept_replicates_are_numbered(session: SunoSession) -> None:
    three = session.generate("a tune", n=3, **PIANO)
    assert len({task.task_id for task in three}) == 3
    assert session.requests["replicate_n"].tolist() == [0, 1, 2]
    assert session.requests["prompt_id"].nunique() == 1
    four = session.generate("a tune", n=4, **PIANO)
    assert [task.task_id for task in four[:3]] == [task.task_id for task in three]


def test_a_loop_over_the_same_request_is_noticed(session: SunoSession) -> None:
    def loop() -> None:
        for _ in range(2):
            session.generate("a tune", **PIANO)

    with pytest.raises(RepeatedRequest, match="n=3"):
        loop()
    assert len(session.requests) == 1


def test_further_down_an_equal_request_gives_the_kept_task(session: SunoSession) -> None:
    first = session.generate("a tune", **PIANO)
    assert session.generate("a tune", **PIANO) == first


def test_prompt_id_is_the_same_for_other_models_and_settings(session: SunoSession) -> None:
    session.generate("a tune", model="V5")
    session.generate("a  tune", model="V4_5")
    session.generate("another tune", model="V5")
    ids = session.requests["prompt_id"].tolist()
    assert ids[0] == ids[1] != ids[2]


def test_blocking_awaitable_and_submitted_calls_agree(session: SunoSession) -> None:
    async def asked() -> list[str]:
        one = session.agenerate("one", **PIANO)
        two = session.agenerate("two", **PIANO)
        return [task.task_id for task in await asyncio.gather(one, two)]

    awaited = asyncio.run(asked())
    job = session.submit_generate("three", **PIANO)
    submitted = job.result(30)
    assert job.done()
    assert job.state == "done"
    assert job.task_id == submitted.task_id
    assert session.generate("one", **PIANO).task_id == awaited[0]
    assert session.run(Generate(description="three", instrumental=True, model="V5")) == submitted


def test_a_blocking_call_works_inside_a_running_loop(session: SunoSession) -> None:
    async def cell() -> str:
        return session.generate("a tune", **PIANO).status

    assert asyncio.run(cell()) == "SUCCESS"


def test_gather_counts_equal_requests_as_replicates(session: SunoSession) -> None:
    request = Generate(description="a tune", instrumental=True)
    tasks = session.gather([request, request])
    assert tasks[0].task_id != tasks[1].task_id
    assert session.requests["replicate_n"].tolist() == [0, 1]


def test_an_empty_prompt_is_refused_here_in_the_users_words(session: SunoSession) -> None:
    with pytest.raises(InvalidRequest, match="description"):
        session.generate("")
    assert session.exchanges.empty
    row = session.df.iloc[0]
    assert row["status"] == "INVALID"
    assert pd.isna(row["clip_id"])
    assert "description" in row["error"]


def test_an_unknown_argument_is_a_type_error_that_names_it(session: SunoSession) -> None:
    with pytest.raises(TypeError, match=r"generate.*tempo.*it takes description"):
        session.generate("a tune", tempo=120)


def test_a_failed_task_is_an_error_and_a_row(open_session) -> None:
    settings = EmulatorSettings(latency_s=0.0, rate_limit=None, faults=(("refunded_531", 1.0),))
    session = open_session(emulator=settings)
    with pytest.raises(TaskFailed) as caught:
        session.generate("a tune", **PIANO)
    assert caught.value.code == 531
    assert caught.value.credits == 0.0
    assert session.requests["state"].tolist() == ["FAILED"]
    assert session.requests["credits"].tolist() == [0.0]
    assert session.df["error"].notna().all()


def test_a_timeout_leaves_the_task_resumable(open_session) -> None:
    session = open_session(emulator=EmulatorSettings(latency_s=50.0, rate_limit=None, default_duration_s=3.0))
    with pytest.raises(WaitTimeout) as caught:
        session.generate("a tune", timeout_s=5, **PIANO)
    assert session.requests["status"].tolist() == ["INTERRUPTED"]
    assert caught.value.task_id == session.tasks.index[0]
    (task,) = session.resume()
    assert task.status == "SUCCESS"
    assert len(task.clips) == 2
    assert session.requests["attempts_n"].tolist() == [1]


def test_ids_open_tasks_and_clips(session: SunoSession) -> None:
    task = session.generate("a tune", **PIANO)
    assert session[task.task_id] == task
    assert session[task.clips[1].clip_id] == task.clips[1]
    assert set(session._ipython_key_completions_()) == {task.task_id, *(clip.clip_id for clip in task.clips)}
    with pytest.raises(NotFound):
        session["nobody"]


def test_measures_are_kept_by_content(session: SunoSession, monkeypatch: pytest.MonkeyPatch) -> None:
    session.generate("a tune", **PIANO)
    first = session.analyze("level")
    assert first["peak_dbfs"].notna().all()
    assert first.index.name == "clip_id"
    monkeypatch.setattr("suno_lab.audio.Audio.load", lambda *a, **k: pytest.fail("measured again"))
    pd.testing.assert_frame_equal(session.analyze("level"), first)
    assert session.df["peak_dbfs"].notna().all()
    assert session.exchanges["purpose"].eq("call").sum() == 0


def test_balance_and_credits(session: SunoSession) -> None:
    assert session.balance() == 1000.0
    session.generate("a tune", **PIANO)
    assert session.balance() == 988.0
    kinds = session.credits["kind"].tolist()
    assert kinds[0] == kinds[-1] == "balance"
    assert kinds.count("charge") == 1


def test_lyrics_are_written_as_products(session: SunoSession) -> None:
    task = session.write_lyrics("a harbour at night")
    assert task.products
    assert all(product.kind == "lyrics" and product.value for product in task.products)


def test_timed_words_are_bought_once_and_explicitly(session: SunoSession) -> None:
    task = session.generate(lyrics="[Verse]\nslow tide rolls home", style="folk", title="Tide")
    clip = task.clips[0]
    assert clip.words.empty
    assert session.requests["operation"].tolist() == ["generate"]
    words = clip.timed_lyrics()
    assert len(words) >= 4
    assert words.index.names == ["clip_id", "start_s", "end_s"]
    pd.testing.assert_frame_equal(clip.words, words)
    pd.testing.assert_frame_equal(session.words, words)
    assert clip.truth is not None


def test_a_session_is_not_pickled(session: SunoSession) -> None:
    with pytest.raises(TypeError, match="open its folder again"):
        pickle.dumps(session)


def test_a_blocking_call_on_the_loop_thread_is_refused(session: SunoSession) -> None:
    from suno_lab.client.loop import io_loop

    async def inside() -> None:
        session.generate("a tune", **PIANO)

    with pytest.raises(SunoLabError, match="await"):
        io_loop().submit(inside()).result(10)


def test_every_file_of_the_folder_is_private(session: SunoSession) -> None:
    session.generate("a tune", **PIANO)
    modes = {file: file.stat().st_mode & 0o777 for file in session.folder.rglob("*") if file.is_file()}
    assert set(modes.values()) == {0o600}, modes


def test_resuming_gets_files_that_are_missing(session: SunoSession) -> None:
    clip = session.generate("a tune", **PIANO).clips[0]
    clip.path.unlink()
    with session.journal.write() as writing:
        about = {"status": "FAILED", "path": None, "sha256": None, "error": "broke off"}
        writing.update("files", about, where={"clip_id": clip.clip_id})
    assert [task.task_id for task in session.resume()] == [clip.task_id]
    assert clip.path.is_file()
    assert session.resume() == []


def test_resuming_sends_what_never_left_only_when_told_to(
    session: SunoSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    class Saying(Silent):
        def say(self, text: str) -> None:
            said.append(text)

    monkeypatch.setattr("suno_lab.session.requesting.choose_display", lambda progress: Saying())
    request = Generate(description="a tune", instrumental=True, model="V5")
    draft = Draft(request=request, service="emulator", credits_estimated=12.0)
    ledger.record(session.journal, draft, now=1.0)
    assert session.resume() == []
    assert said == ["suno_lab: requests that never left: 1; session.resume(send=True) sends them"]
    assert session.exchanges.empty
    (task,) = session.resume(send=True)
    assert len(said) == 1
    assert task.status == "SUCCESS"
    assert session.generate("a tune", **PIANO) == task


def test_a_task_that_failed_meanwhile_does_not_stop_the_others(open_session) -> None:
    faults = (("sensitive_word", 0.5),)
    session = open_session(emulator=EmulatorSettings(latency_s=500.0, rate_limit=None, faults=faults, seed=2))
    jobs = [session.submit_generate(f"tune {n}", timeout_s=1.0, **PIANO) for n in range(4)]
    for job in jobs:
        with pytest.raises(WaitTimeout):
            job.result(30)
    statuses = {task.status for task in session.resume()}
    assert statuses == {"SUCCESS", "SENSITIVE_WORD_ERROR"}
    assert set(session.requests["state"]) == {"ACCEPTED", "FAILED"}


def test_the_voice_is_measured_again_once_there_are_words_and_stems(session: SunoSession) -> None:
    task = session.generate(lyrics="[Verse]\nslow tide rolls home\nwe sing along", style="folk", title="Tide")
    clip, other = task.clips
    assert session.analyze("voice")[["words_n", "voice_level_db"]].isna().all(axis=None)
    clip.timed_lyrics()
    assert session.analyze("voice")["words_n"].notna().tolist() == [True, False]
    session.separate(clip)
    assert session.analyze("voice")["voice_level_db"].notna().tolist() == [True, False]
    assert other.words.empty


def test_a_file_that_is_no_audio_is_a_row_with_an_error(session: SunoSession) -> None:
    task = session.generate("a tune", **PIANO)
    task.clips[0].path.write_bytes(b"ID3 but then nothing that could be decoded")
    frame = session.analyze("level")
    assert frame["peak_dbfs"].isna().tolist() == [True, False]


def test_a_clip_from_elsewhere_needs_its_task(session: SunoSession) -> None:
    with pytest.raises(InvalidRequest, match="give task_id="):
        session.timed_lyrics("0" * 32)
    with pytest.raises(SunoLabError, match=r"as kie\) answered"):
        session.timed_lyrics("0" * 32, task_id="1" * 32)


AWKWARD = {
    "success_without_audio": "STORED",
    "callback_exception": "STORED",
    "skipped_states": "STORED",
    "null_duration": "STORED",
    "expired_link": "STORED",
    "empty_file": "FAILED",
}


@pytest.mark.parametrize(("fault", "status"), AWKWARD.items())
def test_awkward_tasks_give_what_can_be_had(open_session, fault: str, status: str) -> None:
    faults = ((fault, 1.0),)
    settings = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None, faults=faults)
    session = open_session(emulator=settings)
    task = session.generate("a tune", **PIANO)
    assert len(task.clips) == 2
    assert session.files["status"].tolist() == [status] * 2
    assert session.requests["state"].tolist() == ["ACCEPTED"]
    assert session.files["error"].notna().all() == (status == "FAILED")


def test_a_part_is_measured_beside_the_whole(session: SunoSession) -> None:
    session.generate("a tune", **PIANO)
    whole = session.analyze("file", jobs=2)
    part = session.analyze("file", excerpt=(1.0, 3.0))
    assert part.index.names == ["clip_id", "start_s", "end_s"]
    assert part["duration_s"].tolist() == [2.0, 2.0]
    assert whole["service_duration_s"].notna().all()
    assert not whole["truncated"].any()
    pd.testing.assert_frame_equal(session.analyze("file"), whole)


def test_clips_and_frames_of_a_session_are_measured_anywhere(session: SunoSession) -> None:
    from suno_lab import features

    task = session.generate("a tune", **PIANO)
    kept = session.analyze("file")["duration_s"].tolist()
    assert features.analyze(task.clips[0], families="file")["duration_s"].tolist() == kept[:1]
    assert features.analyze(task.clips, families="file")["duration_s"].tolist() == kept
    assert features.analyze(session.df, families="file")["duration_s"].tolist() == kept
