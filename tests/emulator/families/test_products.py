"""What is made of clips: files, stems, notes, pictures, personas, voices, fresh links."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import soundfile

from suno_lab.api import operations


def samples_of(body: bytes) -> np.ndarray:
    return soundfile.read(io.BytesIO(body), dtype="float32", always_2d=True)[0]


def product(desk, name: str, body: dict[str, Any]) -> tuple[str, Any]:
    """Create, wait, look up."""
    operation = operations()[name]
    task_id = desk.create(operation.path, body)
    desk.wait(5)
    return task_id, desk.record(operation.record.path, task_id)


@pytest.fixture
def clip(desk):
    """Body fields that name a finished clip, and its track."""
    task_id, tracks = desk.finished()
    return {"taskId": task_id, "audioId": tracks[0]["id"]}, tracks[0]


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


def test_two_stems_add_up_to_the_clip(desk, clip):
    named, track = clip
    _, data = product(desk, "separate", named)
    listed = data["response"]["originData"]
    assert [stem["stem_type_group_name"] for stem in listed] == ["Vocals", "Instrumental"]
    assert [stem["audio_url"] for stem in listed] == [data["response"]["vocalUrl"], data["response"]["instrumentalUrl"]]
    parts = [samples_of(desk.fetch(stem["audio_url"]).body) for stem in listed]
    whole = samples_of(desk.fetch(track["audioUrl"]).body)
    n = min(len(whole), *map(len, parts))
    assert np.sqrt(np.mean((sum(part[:n] for part in parts) - whole[:n]) ** 2)) < 0.01


def test_twelve_stems_are_all_there(desk, clip):
    named, _ = clip
    _, data = product(desk, "separate", {**named, "type": "split_stem"})
    links = [url for name, url in data["response"].items() if name.endswith("Url") and url]
    assert len(set(links)) == 12
    silent = [np.abs(samples_of(desk.fetch(url).body)).max() < 1e-3 for url in links]
    assert silent.count(False) == 2  # the plain song maker plays a voice and clicks


def test_one_named_stem_and_what_remains(desk, clip):
    named, _ = clip
    task_id, data = product(desk, "separate", {**named, "type": "split_stem_advanced", "stemName": "Drum Kit"})
    (pair,) = data["response"]["originData"]
    assert [pair[name]["stem_type_group_name"] for name in ("extract", "remove")] == ["Drum Kit", "No Drum Kit"]
    assert desk.post("/api/v1/vocal-removal/generate", named)["data"]["taskId"] != task_id


def test_every_separation_is_charged_by_its_kind(desk, clip):
    named, _ = clip
    before = desk.balance
    for kind, credits in (("separate_vocal", 10), ("split_stem", 50), ("separate_vocal", 10)):
        desk.create("/api/v1/vocal-removal/generate", {**named, "type": kind})
        before -= credits
        assert desk.balance == before


def test_midi_comes_from_separated_stems_alone(desk, clip):
    named, _ = clip
    assert desk.post("/api/v1/midi/generate", {"taskId": named["taskId"]})["code"] == 404
    stems_task, stems = product(desk, "separate", named)
    _, data = product(desk, "transcribe_midi", {"taskId": stems_task})
    truth = desk.get(f"/_emulator/truth/{named['audioId']}")
    (part,) = data["midiData"]["instruments"]
    assert (data["successFlag"], part["name"]) == (1, "vocals")
    assert [note["pitch"] for note in part["notes"]] == [note["pitch"] for note in truth["notes"]["vocals"]]
    band = stems["response"]["originData"][1]["id"]
    _, data = product(desk, "transcribe_midi", {"taskId": stems_task, "audioId": band})
    assert data["midiData"]["instruments"] == []


def test_covers_are_drawn_once_and_a_repeat_names_the_first(desk, clip):
    named, _ = clip
    task_id, data = product(desk, "draw_cover", {"taskId": named["taskId"]})
    assert data["successFlag"] == 1
    bodies = [desk.fetch(url).body for url in data["response"]["images"]]
    assert len(set(bodies)) == 2
    assert all(body.startswith(b"\xff\xd8\xff") for body in bodies)
    again = desk.post("/api/v1/suno/cover/generate", {"taskId": named["taskId"]})
    assert (again["code"], again["data"]) == (400, {"taskId": task_id})


def test_a_cover_in_the_making_shows_its_numbers(desk, clip):
    named, _ = clip
    task_id = desk.create("/api/v1/suno/cover/generate", {"taskId": named["taskId"]})
    seen = []
    for _ in range(3):
        seen.append(desk.record("/api/v1/suno/cover/record-info", task_id)["successFlag"])
        desk.wait(0.5)
    assert seen == [0, 2, 1]


def test_recovery_mends_expired_links(open_desk):
    desk = open_desk(faults=(("expired_link", 1.0),))
    task_id, tracks = desk.finished()
    assert desk.fetch(tracks[0]["audioUrl"]).status == 404
    answer = desk.post("/api/v1/suno/recovery", {"task_id": task_id})
    recovery_id = answer["data"]["task_id"]
    path = f"/api/v1/suno/recovery/record-info?task_id={recovery_id}"
    assert (desk.get(path)["code"], desk.get(path)["data"]) == (201, None)
    desk.wait(5)
    found = desk.get(path)
    assert [item["id"] for item in found["data"]] == [track["id"] for track in tracks]
    assert desk.fetch(found["data"][0]["audio_url"]).status == 200


def test_a_persona_is_made_once_and_can_be_used(desk, clip):
    named, _ = clip
    asked = {**named, "name": "Nina", "description": "warm"}
    made = desk.post("/api/v1/generate/generate-persona", asked, callback=None)["data"]
    assert desk.post("/api/v1/generate/generate-persona", asked, callback=None)["code"] == 409
    song = {"customMode": True, "prompt": "la", "style": "folk", "title": "x", "personaId": made["personaId"]}
    desk.generate(**song)
    refused = {**song, "personaId": "nobody", "instrumental": False, "model": "V5"}
    assert desk.post("/api/v1/generate", refused)["code"] == 422


def test_a_style_text_is_boosted_and_charged(desk):
    before = desk.balance
    data = desk.post("/api/v1/style/generate", {"content": "Pop, Mysterious"}, callback=None)["data"]
    assert data["result"].startswith("Pop, Mysterious")
    assert (data["successFlag"], data["creditsRemaining"]) == ("1", before - 0.4)
    assert desk.balance == before - 0.4


def test_a_voice_goes_from_phrase_to_song(desk):
    upload = {"base64Data": wav_base64(6.0), "uploadPath": "voices", "fileName": "me.wav"}
    url = desk.post("/api/file-base64-upload", upload, callback=None)["data"]["downloadUrl"]
    asked = {"voiceUrl": url, "vocalStartS": 0, "vocalEndS": 5, "language": "de"}
    phrase_id, data = product(desk, "voice_phrase", asked)
    assert data["status"] == "wait_validating"
    body = {"taskId": phrase_id, "calBackUrl": "https://callback.invalid/2"}
    other_id = desk.post("/api/v1/voice/regenerate", body, callback=None)["data"]["taskId"]
    desk.wait(5)
    other = desk.record("/api/v1/voice/validate-info", other_id)
    assert other["validateInfo"] != data["validateInfo"]
    voice_task, voice = product(desk, "make_voice", {"taskId": phrase_id, "verifyUrl": url, "voiceName": "me"})
    assert voice["status"] == "success"
    available = desk.post("/api/v1/voice/check-voice", {"task_id": voice_task}, callback=None)
    assert available["data"] == {"isAvailable": True}
    desk.generate(customMode=True, prompt="la", style="folk", title="x", personaId=voice["voiceId"],
                  personaModel="voice_persona")  # fmt: skip


def wav_base64(duration_s: float, *, hz: float = 330.0) -> str:
    import base64

    t = np.arange(int(duration_s * 22_050)) / 22_050
    out = io.BytesIO()
    soundfile.write(out, 0.3 * np.sin(2 * np.pi * hz * t), 22_050, format="WAV")
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize("operation", ["convert_wav", "make_video", "separate", "draw_cover", "make_persona"])
def test_unfinished_and_unknown_clips_are_refused(desk, operation):
    task_id = desk.generate()
    desk.wait(1.2)
    clip_id = desk.music(task_id)["response"]["sunoData"][0]["id"]
    extra = {"name": "x", "description": "x"}
    path = operations()[operation].path
    assert desk.post(path, {"taskId": task_id, "audioId": clip_id, **extra})["code"] == 422
    assert desk.post(path, {"taskId": "nobody", "audioId": clip_id, **extra})["code"] == 404


def test_lyrics_are_written_in_variants(desk):
    task_id, data = product(desk, "write_lyrics", {"prompt": "a song about tea"})
    assert data["status"] == "SUCCESS"
    assert all(variant["status"] == "complete" and variant["text"] for variant in data["response"]["data"])
    assert desk.get(f"/api/v1/generate/record-info?taskId={task_id}") == {"code": 200, "msg": "success", "data": None}
