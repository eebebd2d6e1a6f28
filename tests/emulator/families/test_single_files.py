"""WAV and video: one file of one clip."""

from __future__ import annotations

import io

import pytest

from suno_lab.api import operations
from tests.emulator.families.conftest import product, samples_of


def test_wav_holds_the_clip_and_comes_once(desk, clip):
    named, track = clip
    _, data = product(desk, "convert_wav", named)
    assert (data["successFlag"], data["musicId"], data["musicIndex"]) == ("SUCCESS", named["audioId"], 0)
    reply = desk.fetch(data["response"]["audioWavUrl"])
    assert reply.headers["content-type"] == "audio/wav"
    assert len(samples_of(reply.body)) / 44_100 == pytest.approx(track["duration"], abs=1e-4)
    assert desk.post("/api/v1/wav/generate", named)["code"] == 409


def test_video_is_an_mp4_with_picture_and_sound(desk, clip):
    av = pytest.importorskip("av", reason="the extra media is not installed")
    named, track = clip
    _, data = product(desk, "make_video", {**named, "author": "Älva ✓", "domainName": "example.org"})
    body = desk.fetch(data["response"]["videoUrl"]).body
    with av.open(io.BytesIO(body)) as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
        assert container.duration / 1e6 == pytest.approx(track["duration"], abs=0.5)


@pytest.mark.parametrize("operation", ["convert_wav", "make_video", "separate", "draw_cover", "make_persona"])
def test_unfinished_and_unknown_clips_are_refused(desk, operation):
    task_id = desk.generate()
    desk.wait(1.2)
    clip_id = desk.music(task_id)["response"]["sunoData"][0]["id"]
    extra = {"name": "x", "description": "x"}
    path = operations()[operation].path
    assert desk.post(path, {"taskId": task_id, "audioId": clip_id, **extra})["code"] == 422
    assert desk.post(path, {"taskId": "nobody", "audioId": clip_id, **extra})["code"] == 404
