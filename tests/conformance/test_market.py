"""What clients of kie's market route rely on: the fields its newer pages name, and the results users saw."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.conftest import LYRICS, Studio

CREATE, LOOK_UP = "/api/v1/jobs/createTask", "/api/v1/jobs/recordInfo"
TERMINAL = {"success", "fail"}
SONG_FIELDS = {
    "id", "title", "duration", "audio_url", "stream_audio_url", "image_url", "model_name", "prompt", "tags",
    "createTime",
}  # fmt: skip


pytestmark = pytest.mark.parametrize("studio", ["market"], indirect=True)


def run(studio: Studio, model: str, /, **given: Any) -> tuple[dict[str, Any], Any]:
    """Create a task as newer clients do (no callback address), wait for it, read its result."""
    answer = studio.post(CREATE, {"model": f"ai-music-api/{model}", "input": given})
    assert answer["code"] == 200, (model, answer)
    seen = []
    while not seen or seen[-1]["state"] not in TERMINAL:
        seen.append(studio.get(f"{LOOK_UP}?taskId={answer['data']['taskId']}")["data"])
        studio.moment[0] += 2.0
        assert len(seen) < 20
    assert {found["state"] for found in seen[:-1]} <= {"waiting", "queuing", "generating"}
    assert all(isinstance(found["resultJson"], str) and isinstance(found["failCode"], str) for found in seen)
    assert seen[-1]["state"] == "success", seen[-1]
    return seen[-1], json.loads(seen[-1]["resultJson"])


def source_url(studio: Studio) -> str:
    return studio.looked_up["generate"][-1]["data"]["response"]["sunoData"][0]["audioUrl"]


def clip_id(studio: Studio) -> str:
    return studio.looked_up["generate"][-1]["data"]["response"]["sunoData"][0]["id"]


def test_the_record_has_the_documented_fields(studio):
    record, _ = run(studio, "generate", custom_mode=False, instrumental=False, model="V6", prompt="a calm song")
    numbers = ("costTime", "completeTime", "createTime", "updateTime", "creditsConsumed")
    assert all(isinstance(record[name], int | float) for name in numbers)
    assert record["completeTime"] - record["createTime"] == record["costTime"]
    assert json.loads(record["param"])["input"]["custom_mode"] is False
    assert record["model"] == "ai-music-api/generate"


@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("generate", {"custom_mode": True, "instrumental": False, "prompt": LYRICS, "style": "folk", "title": "x"}),
        ("extend", {"audio_id": clip_id}),
        ("extend", {"audio_id": clip_id, "prompt": LYRICS, "style": "folk", "title": "x", "continue_at": 2}),
        ("upload-and-cover-audio", {"upload_url": source_url, "instrumental": True, "style": "jazz", "title": "x"}),
        ("upload-and-cover-audio", {"upload_url": source_url, "instrumental": False}),
        ("upload-and-extend-audio", {"upload_url": source_url, "continue_at": 2}),
        (
            "upload-and-extend-audio",
            {"upload_url": source_url, "continue_at": 2, "style": "folk", "title": "x", "prompt": LYRICS},
        ),
        ("add-vocals", {"upload_url": source_url, "title": "x", "negative_tags": "a", "style": "folk"}),
        ("add-instrumental", {"upload_url": source_url, "title": "x", "negative_tags": "a", "tags": "folk"}),
        ("mashup", {"upload_url_list": lambda studio: [source_url(studio)] * 2, "style": "folk", "title": "x"}),
        ("sounds", {"prompt": "rain", "sound_loop": True, "sound_tempo": 90, "sound_key": "Am"}),
    ],
)
def test_songs_come_as_a_list_of_two_under_data(studio, model, given):
    asked = {name: value(studio) if callable(value) else value for name, value in given.items()}
    if not model.startswith("add-"):
        asked["model"] = "V6"
    _, result = run(studio, model, **asked)
    assert list(result) == ["data"]
    assert len(result["data"]) == 2
    assert all(set(song) >= SONG_FIELDS for song in result["data"])
    assert all(song["duration"] > 0 and studio.ask("GET", song["audio_url"]).status == 200 for song in result["data"])


@pytest.mark.parametrize(("model", "extra"), [("convert-to-wav-format", "wav"), ("create-music-video", "mp4")])
def test_files_come_as_addresses(studio, model, extra):
    record, song = run(studio, "generate", custom_mode=False, instrumental=True, model="V6", prompt="a piece")
    _, result = run(studio, model, task_id=record["taskId"], audio_id=song["data"][0]["id"])
    (url,) = result["resultUrls"]
    assert url.endswith(f".{extra}")


def test_lyrics_come_where_users_saw_them(studio):
    _, result = run(studio, "generate-lyrics", prompt="a song about tea")
    assert all(variant["text"] and variant["title"] for variant in result["resultObject"]["lyricsData"])


def test_an_unknown_task_is_not_there_yet(studio):
    assert studio.get(f"{LOOK_UP}?taskId=nobody") == {"code": 422, "msg": "recordInfo is null", "data": None}
