"""What receivers of callbacks rely on, in words of this project."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest

from tests.conformance.conftest import WEBHOOK_KEY, task_of
from tests.conformance.test_polling import MUSIC, OTHERS

TRACK_TEXTS = (
    "id", "audio_url", "source_audio_url", "stream_audio_url", "source_stream_audio_url", "image_url",
    "source_image_url", "prompt", "model_name", "title", "tags",
)  # fmt: skip


def bodies(studio: Any, name: str) -> list[Any]:
    return [came.body for came in studio.callbacks_of(name)]


def test_every_task_calls_back_and_nothing_else_does(studio):
    assert {task_of(came.body) for came in studio.arrived} == set(studio.tasks.values())
    assert all(came.body["code"] == 200 and came.body["msg"] for came in studio.arrived)


def test_signatures_hold_for_who_looks_for_the_id_in_every_place(studio):
    for came in studio.arrived:
        told = f"{task_of(came.body)}.{came.headers['x-webhook-timestamp']}".encode()
        own = base64.b64encode(hmac.new(WEBHOOK_KEY.encode(), told, hashlib.sha256).digest()).decode()
        assert came.headers["x-webhook-signature"] == own
        assert came.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("name", MUSIC)
def test_music_comes_in_three_stages_of_none_one_and_two_tracks(studio, name):
    came = [body["data"] for body in bodies(studio, name)]
    assert [data["callbackType"] for data in came] == ["text", "first", "complete"]
    assert [len(data["data"] or []) for data in came] == [0, 1, 2]
    assert all(data["task_id"] == studio.tasks[name] for data in came)


@pytest.mark.parametrize("name", MUSIC)
def test_tracks_hold_nothing_that_a_strict_schema_refuses(studio, name):
    polled = {track["id"]: track for track in studio.looked_up[name][-1]["data"]["response"]["sunoData"]}
    for body in bodies(studio, name):
        for track in body["data"]["data"]:
            assert all(isinstance(track[key], str) and track[key] is not None for key in TRACK_TEXTS), track
            assert isinstance(track["duration"], int | float), "absent or a number, never null"
            assert isinstance(track["createTime"], int), "this one keeps its capital letter"
            assert track["audio_url"] == polled[track["id"]]["audioUrl"], "both channels name one file"
            assert track["duration"] == polled[track["id"]]["duration"]


def test_lyrics_are_spelled_as_the_host_spells_them(studio):
    (body,) = bodies(studio, "lyrics")
    kie = studio.vocabulary == "kie"
    assert body["data"]["task_id" if kie else "taskId"] == studio.tasks["lyrics"]
    assert body["data"]["callbackType"] == "complete"
    fields = {"text", "title", "status", "error_message" if kie else "errorMessage"}
    assert all(set(variant) == fields for variant in body["data"]["data"])


@pytest.mark.parametrize(("name", "least"), [("two stems", 2), ("twelve stems", 12)])
def test_stems_are_found_by_who_knows_both_names(studio, name, least):
    (body,) = bodies(studio, name)
    found = body["data"].get("vocal_removal_info") or body["data"].get("vocal_separation_info")
    links = {key: url for key, url in found.items() if key.endswith("_url") and url}
    assert found["origin_url"] == "", "there, and empty, as users have seen it"
    assert len(links) >= least
    assert all(url.startswith("http") for url in links.values())
    assert body["data"]["task_id"] == studio.tasks[name]


@pytest.mark.parametrize(
    ("name", "id_name", "key", "type_"),
    [
        ("wav", "task_id", "audioWavUrl", str),
        ("mp4", "task_id", "video_url", str),
        ("cover", "taskId", "images", list),
        ("midi", "taskId", "instruments", list),
        ("phrase", "taskId", "validateInfo", str),
        ("voice", "taskId", "voiceId", str),
    ],
)
def test_products_stand_under_their_own_name(studio, name, id_name, key, type_):
    (body,) = bodies(studio, name)
    assert body["data"][id_name] == studio.tasks[name]
    assert isinstance(body["data"][key], type_)
    assert body["data"][key]


def test_a_voice_says_its_status_and_a_number_for_no_error(studio):
    for name, status in (("phrase", "wait_validating"), ("voice", "success")):
        (body,) = bodies(studio, name)
        assert (body["data"]["status"], body["data"]["errorCode"]) == (status, 0)


def test_recovery_is_flat(studio):
    (body,) = bodies(studio, "recovery")
    assert body["task_id"] == studio.tasks["recovery"]
    assert [found["status"] for found in body["data"]] == ["success", "success"]


def test_all_families_were_asked_for(studio):
    assert set(studio.tasks) == {*MUSIC, *OTHERS, "recovery"}
