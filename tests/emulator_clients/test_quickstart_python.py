"""The service's own quickstart, in Python with ``requests``, against the emulator over HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from queue import Queue
from typing import Any

import pytest
import requests

from tests.emulator_clients.conftest import KEY, Service
from tests.emulator_clients.quickstart import LYRICS, MUSIC, STEMS, VIDEO, WAV, ServiceSaysNo

IDEA = "a calm song about the sea"


def song(service: Service) -> tuple[str, dict[str, Any]]:
    """A finished song: its task and its first track."""
    client = service.client()
    task_id = client.generate_music(IDEA)
    return task_id, client.wait(MUSIC, task_id)["response"]["sunoData"][0]


def is_mp3(content: bytes) -> bool:
    return content[:3] == b"ID3" or content[0] == 0xFF


@pytest.fixture
def service(serve: Callable[..., Service]) -> Service:
    return serve()


# ── songs ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("profile", ["kie", "sunoapi"])
def test_generate_wait_extend_wait(serve: Callable[..., Service], profile: str) -> None:
    client = serve(host_profile=profile).client()
    before = client.credits()
    task_id = client.generate_music(IDEA)
    first, second = client.wait(MUSIC, task_id)["response"]["sunoData"]
    assert first["id"] != second["id"]
    assert all(track["duration"] > 0 and track["title"] and track["modelName"] for track in (first, second))
    assert is_mp3(client.download(first["audioUrl"]))
    longer_id = client.extend_music(
        first["id"], prompt="[Verse]\nOn and on", style="folk", title="Sea", continueAt=1.0, model="V4_5"
    )
    longer = client.wait(MUSIC, longer_id)
    assert longer["parentMusicId"] == first["id"]
    assert longer["response"]["sunoData"][0]["duration"] > 1.0
    assert client.credits() == before - 24


def test_stages_are_seen_on_the_way(service: Service) -> None:
    client = service.client()
    task_id = client.generate_music(IDEA)
    seen = []
    while not seen or seen[-1] != "SUCCESS":
        record = client.call("GET", f"{MUSIC[0]}?taskId={task_id}")
        seen.append(record["status"])
        assert len(seen) < 100
        service.sleep(1.0)
    assert list(dict.fromkeys(seen)) == ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"]


def test_the_quickstarts_oldest_model_still_sings(service: Service) -> None:
    client = service.client()
    task_id = client.generate_music(
        "[Verse]\nWalking home", customMode=True, style="Folk", title="Home", model="V3_5", negativeTags="Metal"
    )
    track = client.wait(MUSIC, task_id)["response"]["sunoData"][0]
    assert (track["modelName"], track["title"]) == ("chirp-v3-5", "Home")
    assert "Walking home" in track["prompt"]


# ── everything else of the quickstart ────────────────────────────────────────────────────────────────────────────────
def test_lyrics(service: Service) -> None:
    client = service.client()
    record = client.wait(LYRICS, client.generate_lyrics("a song about a lighthouse"))
    variants = record["response"]["data"]
    assert 2 <= len(variants) <= 3
    assert all(variant["status"] == "complete" and variant["text"].startswith("[") for variant in variants)


def test_boosted_style(service: Service) -> None:
    boosted = service.client().boost_style("Pop, Mysterious")
    assert boosted["successFlag"] == "1"
    assert len(boosted["result"]) > len("Pop, Mysterious")


def test_timed_words(service: Service) -> None:
    task_id, track = song(service)
    words = service.client().timestamped_lyrics(task_id, track["id"])["alignedWords"]
    assert words
    assert all(0 <= word["startS"] < word["endS"] <= track["duration"] for word in words)
    assert [word["startS"] for word in words] == sorted(word["startS"] for word in words)


def test_wav_once(service: Service) -> None:
    client = service.client()
    task_id, track = song(service)
    record = client.wait(WAV, client.convert_to_wav(task_id, track["id"]))
    assert client.download(record["response"]["audioWavUrl"])[:4] == b"RIFF"
    with pytest.raises(ServiceSaysNo) as no:
        client.convert_to_wav(task_id, track["id"])
    assert no.value.code == 409


def test_stems(service: Service) -> None:
    client = service.client()
    task_id, track = song(service)
    stems = client.wait(STEMS, client.separate_vocals(task_id, track["id"]))["response"]
    assert {is_mp3(client.download(stems[name])) for name in ("vocalUrl", "instrumentalUrl")} == {True}


def test_video(service: Service) -> None:
    client = service.client()
    task_id, track = song(service)
    record = client.wait(VIDEO, client.create_music_video(task_id, track["id"], author="me", domainName="example.com"))
    assert client.download(record["response"]["videoUrl"])[4:8] == b"ftyp"


# ── callbacks ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_callbacks_in_stages_and_signed(
    serve: Callable[..., Service], receiver: tuple[str, Queue[tuple[dict[str, str], Any]]]
) -> None:
    service = serve(webhook_hmac_key="a-webhook-key")
    callback_url, arrived = receiver
    task_id = service.client(callback_url=callback_url).generate_music(IDEA)
    service.sleep(60.0)
    got = [arrived.get(timeout=30) for _ in range(3)]
    assert [body["data"]["callbackType"] for _, body in got] == ["text", "first", "complete"]
    assert {body["data"]["task_id"] for _, body in got} == {task_id}
    assert [len(body["data"]["data"]) for _, body in got[1:]] == [1, 2]
    assert got[2][1]["data"]["data"][0]["audio_url"].startswith(service.base_url)
    for headers, _ in got:
        signed = f"{task_id}.{headers['x-webhook-timestamp']}".encode()
        digest = hmac.new(b"a-webhook-key", signed, hashlib.sha256).digest()
        assert headers["x-webhook-signature"] == base64.b64encode(digest).decode()


# ── when it says no ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_answer_to_a_mistake_is_the_usual_envelope(service: Service) -> None:
    client = service.client()
    for body, code in (
        ({"prompt": "", "customMode": False, "instrumental": False, "model": "V5"}, 422),
        ({"prompt": "x", "customMode": False, "instrumental": False, "model": "V99"}, 422),
        ({"prompt": "x", "customMode": False, "instrumental": False}, 422),
    ):
        with pytest.raises(ServiceSaysNo) as no:
            client.create("/api/v1/generate", body)
        assert no.value.code == code
    with pytest.raises(ServiceSaysNo, match="callBackUrl") as no:
        client.call(
            "POST", "/api/v1/generate", {"prompt": "x", "customMode": False, "instrumental": False, "model": "V5"}
        )
    assert no.value.code == 422
    with pytest.raises(ServiceSaysNo) as no:
        service.client(key="wrong").credits()
    assert no.value.code == 401
    broken = requests.post(
        service.base_url + "/api/v1/generate", data=b"{", headers={"Authorization": f"Bearer {KEY}"}, timeout=30
    )
    assert broken.status_code == 200
    assert broken.json() | {"msg": ""} == {"code": 400, "msg": "", "data": None}
    assert client.call("GET", f"{MUSIC[0]}?taskId=0000") is None


def test_words_that_are_not_accepted_fail_the_task(service: Service) -> None:
    client = service.client()
    before = client.credits()
    task_id = client.generate_music("a song by famous-artist")
    with pytest.raises(RuntimeError, match="SENSITIVE_WORD_ERROR"):
        client.wait(MUSIC, task_id)
    assert client.credits() == before


@pytest.mark.parametrize(("profile", "code"), [("kie", 402), ("sunoapi", 429)])
def test_an_empty_account_is_told_so(serve: Callable[..., Service], profile: str, code: int) -> None:
    client = serve(host_profile=profile, credits=20.0).client()
    client.generate_music(IDEA)
    with pytest.raises(ServiceSaysNo) as no:
        client.generate_music(IDEA)
    assert no.value.code == code
    assert client.credits() == 8.0


@pytest.mark.parametrize(("profile", "code"), [("kie", 429), ("sunoapi", 430)])
def test_too_many_calls_are_rejected_and_a_pause_helps(serve: Callable[..., Service], profile: str, code: int) -> None:
    service = serve(host_profile=profile, rate_limit=(2, 10.0))
    client = service.client()
    tasks = {client.generate_music(IDEA) for _ in range(2)}
    body = {
        "prompt": IDEA,
        "customMode": False,
        "instrumental": False,
        "model": "V5",
        "callBackUrl": "https://callback.invalid/q",
    }
    with pytest.raises(ServiceSaysNo) as no:
        client.call("POST", "/api/v1/generate", body, tries=1)
    assert no.value.code == code
    tasks |= {client.generate_music(IDEA)}
    assert len(tasks) == 3
    assert service.slept_s == [10.0]
