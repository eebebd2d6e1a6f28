"""Clips from creation to file."""

from __future__ import annotations

import io
import json
import re
import uuid

import pytest
import soundfile

from suno_lab.api.music import RECORD
from suno_lab.models import TaskState


def test_a_song_goes_through_its_stages_by_the_clock(desk):
    task_id = desk.generate()
    assert re.fullmatch("[0-9a-f]{32}", task_id)
    seen = []
    for _ in range(4):
        seen.append(desk.music(task_id)["status"])
        desk.wait(1.05)
    assert seen == ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"]


def test_every_stage_shows_what_is_ready(desk):
    task_id = desk.generate()
    desk.wait(1.2)
    text = desk.music(task_id)
    assert text["status"] == "TEXT_SUCCESS"
    assert [t["audioUrl"] for t in text["response"]["sunoData"]] == ["", ""]
    assert all(t["title"] and t["prompt"] and t["streamAudioUrl"] for t in text["response"]["sunoData"])
    assert [t["duration"] for t in text["response"]["sunoData"]] == [None, None]
    desk.wait(1.0)
    first = desk.music(task_id)
    assert first["status"] == "FIRST_SUCCESS"
    assert [bool(t["audioUrl"]) for t in first["response"]["sunoData"]] == [True, False]
    desk.wait(1.0)
    assert desk.music(task_id)["status"] == "SUCCESS"


def test_the_record_reads_as_the_service_writes_it(desk):
    task_id, tracks = desk.finished(model="V4_5ALL")
    data = desk.music(task_id)
    assert json.loads(data["param"])["prompt"] == "a calm song about rain"
    assert (data["type"], data["operationType"], data["parentMusicId"]) == ("chirp-auk-turbo", "generate", "")
    assert all(uuid.UUID(track["id"]).version == 4 for track in tracks)
    assert tracks[0]["createTime"] == 1_000_000_000
    read = RECORD.parse(data, task_id=task_id)
    assert read.state is TaskState.SUCCESS
    assert [clip.sibling for clip in read.clips] == [0, 1]


def test_lyrics_are_kept_word_for_word(desk):
    words = '[Verse]\nThe rain – it falls, "softly"\n[Chorus]\nÄh la la'
    _, tracks = desk.finished(customMode=True, prompt=words, style="folk", title="Rain")
    assert [(t["prompt"], t["title"], t["tags"]) for t in tracks] == [(words, "Rain", "folk")] * 2


def test_an_instrumental_has_no_words(desk):
    task_id, tracks = desk.finished(instrumental=True)
    assert [t["prompt"] for t in tracks] == ["", ""]
    asked = {"taskId": task_id, "audioId": tracks[0]["id"]}
    assert desk.post("/api/v1/generate/get-timestamped-lyrics", asked)["data"]["alignedWords"] == []


def test_the_audio_is_decodable_and_as_long_as_it_says(desk):
    _, tracks = desk.finished()
    bodies = [desk.fetch(track["audioUrl"]) for track in tracks]
    assert [body.headers["content-type"] for body in bodies] == ["audio/mpeg"] * 2
    assert bodies[0].body != bodies[1].body
    samples, sr = soundfile.read(io.BytesIO(bodies[0].body))
    assert len(samples) / sr == pytest.approx(tracks[0]["duration"], abs=0.1)
    assert desk.fetch(tracks[0]["streamAudioUrl"]).body == bodies[0].body


def test_extend_keeps_the_source_and_names_its_parent(desk):
    _, tracks = desk.finished()
    asked = {
        "defaultParamFlag": True, "audioId": tracks[0]["id"], "continueAt": 1.5, "prompt": "[Bridge] and on we go",
        "style": "folk", "title": "On", "model": "V5",
    }  # fmt: skip
    task_id = desk.create("/api/v1/generate/extend", asked)
    desk.wait(3)
    data = desk.music(task_id)
    assert (data["parentMusicId"], data["operationType"]) == (tracks[0]["id"], "extend")
    before = desk.get(f"/_emulator/truth/{tracks[0]['id']}")
    after = desk.get(f"/_emulator/truth/{data['response']['sunoData'][0]['id']}")
    assert after["tempo_bpm"] == before["tempo_bpm"]
    assert after["duration_s"] > 1.5
    assert [w["word"] for w in after["words"]][:3] == [w["word"] for w in before["words"]][:3]


def test_extend_refuses_what_is_not_there(desk):
    asked = {"defaultParamFlag": False, "audioId": "nobody", "model": "V5"}
    assert desk.post("/api/v1/generate/extend", asked)["code"] == 404
    _, tracks = desk.finished()
    late = {"defaultParamFlag": True, "audioId": tracks[0]["id"], "continueAt": 99, "prompt": "x", "style": "x",
            "title": "x", "model": "V5"}  # fmt: skip
    assert desk.post("/api/v1/generate/extend", late)["code"] == 422


def test_extend_of_an_unfinished_clip_is_refused(desk):
    task_id = desk.generate()
    desk.wait(1.2)
    clip_id = desk.music(task_id)["response"]["sunoData"][0]["id"]
    asked = {"defaultParamFlag": False, "audioId": clip_id, "model": "V5"}
    assert desk.post("/api/v1/generate/extend", asked)["code"] == 422


def test_inherited_parameters_come_from_the_source(desk):
    _, tracks = desk.finished(customMode=True, prompt="la la la", style="polka", title="Hop")
    task_id = desk.create(
        "/api/v1/generate/extend", {"defaultParamFlag": False, "audioId": tracks[1]["id"], "model": "V5"}
    )
    desk.wait(3)
    assert {t["title"] for t in desk.music(task_id)["response"]["sunoData"]} == {"Hop"}
