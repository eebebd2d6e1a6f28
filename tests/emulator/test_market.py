"""kie's market route: the same songs over two paths."""

from __future__ import annotations

import json

import pytest

from suno_lab.api import operation_of, operations
from suno_lab.api.market import CREATE_PATH, RECORD_PATH, market_body, record_endpoint
from suno_lab.api.music import Generate
from suno_lab.models import TaskState


@pytest.fixture
def desk(open_desk):
    return open_desk(host_profile="market")


def create(desk, request) -> str:
    body = market_body(operation_of(request), request)
    return desk.post(CREATE_PATH, body, callback=None)["data"]["taskId"]


def test_a_song_over_the_market_route(desk):
    request = Generate(lyrics="[Verse] la la", style="folk", title="La", model="V5_5")
    task_id = create(desk, request)
    waiting = desk.record(RECORD_PATH, task_id)
    assert (waiting["state"], waiting["resultJson"]) == ("queuing", "")
    assert json.loads(waiting["param"])["input"]["custom_mode"] is True
    desk.wait(3)
    data = desk.record(RECORD_PATH, task_id)
    read = record_endpoint(operation_of(request)).parse(data, task_id=task_id)
    assert (read.state, data["model"], data["costTime"]) == (TaskState.SUCCESS, "ai-music-api/generate", 3000)
    assert [clip.lyrics for clip in read.clips] == ["[Verse] la la"] * 2
    assert desk.fetch(read.clips[0].audio_url).status == 200
    assert data["creditsConsumed"] == 12


def test_calls_that_answer_at_once_elsewhere_are_tasks_here(desk):
    task_id = create(desk, Generate(lyrics="one two", style="folk", title="x", model="V5"))
    desk.wait(3)
    clip_id = json.loads(desk.record(RECORD_PATH, task_id)["resultJson"])["data"][0]["id"]
    timed = operations()["timed_lyrics"]
    body = {"model": timed.market_model, "input": {"task_id": task_id, "audio_id": clip_id}}
    timed_id = desk.post(CREATE_PATH, body, callback=None)["data"]["taskId"]
    read = record_endpoint(timed).parse(desk.record(RECORD_PATH, timed_id), task_id=timed_id)
    assert [word.word for word in read.products[0].value.words] == ["one", "two"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"model": "V6", "input": {}},
        {"model": "ai-music-api/generate"},
        {"model": "ai-music-api/generate", "input": {}},
    ],
)
def test_what_makes_no_sense_is_refused(desk, body):
    assert desk.post(CREATE_PATH, body, callback=None)["code"] == 422
    assert desk.balance == 1000


def test_an_unknown_task_is_said_in_the_markets_words(desk):
    assert desk.get(f"{RECORD_PATH}?taskId=nobody") == {"code": 422, "msg": "recordInfo is null", "data": None}


def test_links_last_a_day_there(desk):
    task_id = create(desk, Generate(description="a song", model="V5"))
    desk.wait(3)
    url = json.loads(desk.record(RECORD_PATH, task_id)["resultJson"])["data"][0]["audio_url"]
    desk.wait(86_401)
    assert desk.fetch(url).status == 404


def test_sunoapi_has_no_such_route(open_desk):
    assert open_desk(host_profile="sunoapi").post(CREATE_PATH, {}, callback=None)["code"] == 404
