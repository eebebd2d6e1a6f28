"""Songs from audio that is brought: it is heard in the result, and the truth knows where."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
import soundfile

SR = 44_100
HZ = 1234.0


def tone(duration_s: float) -> bytes:
    t = np.arange(int(duration_s * SR)) / SR
    out = io.BytesIO()
    soundfile.write(out, 0.4 * np.sin(2 * np.pi * HZ * t), SR, format="WAV")
    return out.getvalue()


@pytest.fixture
def source(desk) -> str:
    """The address of an uploaded tone of four seconds."""
    asked = {"base64Data": base64.b64encode(tone(4.0)).decode(), "uploadPath": "in"}
    return desk.post("/api/file-base64-upload", asked, callback=None)["data"]["downloadUrl"]


def heard(desk, path: str, body: dict) -> tuple[dict, np.ndarray, dict]:
    """The first track of a finished task, its samples (mono), its truth."""
    task_id = desk.create(path, body)
    desk.wait(4)
    data = desk.music(task_id)
    assert data["status"] == "SUCCESS", data
    track = data["response"]["sunoData"][0]
    samples, _ = soundfile.read(io.BytesIO(desk.fetch(track["audioUrl"]).body), always_2d=True)
    return track, samples.mean(axis=1), desk.get(f"/_emulator/truth/{track['id']}")


def has_tone(samples: np.ndarray, start_s: float, end_s: float) -> bool:
    part = samples[int(start_s * SR) : int(end_s * SR)]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part))))
    bins = np.fft.rfftfreq(len(part), 1 / SR)
    return bool(spectrum[np.abs(bins - HZ) < 8].max() > 10 * np.median(spectrum[(bins > 1000) & (bins < 1500)]) + 20)


SUNG = {"prompt": "[Verse] one two three", "style": "folk", "title": "x", "model": "V5"}


def test_upload_extend_starts_with_the_recording_and_goes_on(desk, source):
    body = {"uploadUrl": source, "defaultParamFlag": True, "continueAt": 2.0, "instrumental": False, **SUNG}
    track, samples, truth = heard(desk, "/api/v1/generate/upload-extend", body)
    assert has_tone(samples, 0.2, 1.8)
    assert not has_tone(samples, 2.3, 3.0)
    assert track["duration"] == pytest.approx(truth["duration_s"])
    assert truth["words"][0]["start_s"] >= 2.0


def test_add_vocals_sings_over_the_recording(desk, source):
    body = {"uploadUrl": source, "negativeTags": "noise", **SUNG}
    track, samples, truth = heard(desk, "/api/v1/generate/add-vocals", body)
    assert track["duration"] == pytest.approx(4.0)
    assert has_tone(samples, 0.2, 3.8)
    assert (list(truth["notes"]), [w["word"] for w in truth["words"]]) == (["vocals"], ["one", "two", "three"])


def test_add_instrumental_plays_under_the_recording(desk, source):
    body = {"uploadUrl": source, "title": "x", "tags": "folk", "negativeTags": "noise", "model": "V5"}
    track, samples, truth = heard(desk, "/api/v1/generate/add-instrumental", body)
    assert track["duration"] == pytest.approx(4.0)
    assert has_tone(samples, 0.2, 3.8)
    assert truth["instrumental"] is True


@pytest.mark.parametrize(
    ("path", "words"),
    [("add-vocals", {"prompt": "[Verse] one two", "style": "folk"}), ("add-instrumental", {"tags": "folk"})],
)
def test_a_model_that_is_left_out_is_the_services_own(desk, source, path, words):
    body = {"uploadUrl": source, "title": "x", "negativeTags": "noise", **words}
    track, _, _ = heard(desk, f"/api/v1/generate/{path}", body)
    assert track["modelName"] == "chirp-bluejay"  # V4_5PLUS


def test_a_cover_is_as_long_as_the_recording_as_far_as_it_can(desk, source):
    body = {"uploadUrl": source, "prompt": "as a polka", "customMode": False, "instrumental": True, "model": "V5"}
    track, samples, _ = heard(desk, "/api/v1/generate/upload-cover", body)
    assert track["duration"] == pytest.approx(3.0)  # the plain song maker ends there
    assert not has_tone(samples, 0.2, 2.8)


def test_replace_section_leaves_the_rest_alone(open_desk):
    desk = open_desk(host_profile="sunoapi", default_duration_s=20.0)
    desk.emulator.service.songs.most_s = 20.0
    task_id, tracks = desk.finished(instrumental=True)
    body = {
        "taskId": task_id, "audioId": tracks[0]["id"], "prompt": "[Verse] new words here", "tags": "folk", "title": "x",
        "infillStartS": 4.0, "infillEndS": 11.0, "fullLyrics": "new words here",
    }  # fmt: skip
    track, samples, truth = heard(desk, "/api/v1/generate/replace-section", body)
    before, _ = soundfile.read(io.BytesIO(desk.fetch(tracks[0]["audioUrl"]).body), always_2d=True)
    assert np.abs(samples[: 3 * SR] - before.mean(axis=1)[: 3 * SR]).max() < 0.05
    assert np.abs(samples[5 * SR : 6 * SR] - before.mean(axis=1)[5 * SR : 6 * SR]).max() > 0.05
    assert track["duration"] == pytest.approx(20.0, abs=1e-3)
    assert track["prompt"] == "new words here"
    assert all(word["start_s"] >= 4.0 and word["end_s"] <= 11.0 for word in truth["words"])
    assert desk.post("/api/v1/generate/replace-section", {**body, "infillEndS": 18.0})["code"] == 400


def test_an_extension_of_such_a_clip_keeps_what_is_in_it(desk, source):
    first = {"uploadUrl": source, "defaultParamFlag": True, "continueAt": 2.0, "instrumental": False, **SUNG}
    track, _, _ = heard(desk, "/api/v1/generate/upload-extend", first)
    more = {"audioId": track["id"], "defaultParamFlag": True, "continueAt": 3.0, **SUNG}
    _, samples, truth = heard(desk, "/api/v1/generate/extend", more)
    assert has_tone(samples, 0.2, 1.8)
    assert truth["duration_s"] > 3.0


def test_a_mashup_takes_exactly_two_recordings(desk, source):
    body = {"uploadUrlList": [source], "customMode": False, "prompt": "both", "model": "V5", "style": "x", "title": "x"}
    assert desk.post("/api/v1/generate/mashup", body)["code"] == 422
    heard(desk, "/api/v1/generate/mashup", {**body, "uploadUrlList": [source, source]})


def test_sounds_have_no_words(desk):
    body = {"prompt": "rain on a tin roof", "model": "V5", "soundTempo": 90, "soundKey": "Am"}
    _, _, truth = heard(desk, "/api/v1/generate/sounds", body)
    assert truth["instrumental"] is True


def test_an_address_elsewhere_is_not_followed_and_the_task_goes_on(desk):
    body = {"uploadUrl": "https://storage.example.com/song.mp3", "prompt": "as a polka", "customMode": False,
            "instrumental": True, "model": "V5"}  # fmt: skip
    heard(desk, "/api/v1/generate/upload-cover", body)
    notes = [entry["note"] for entry in desk.get("/_emulator/ledger")["entries"] if entry["kind"] == "upload"]
    assert notes == ["not fetched: https://storage.example.com/song.mp3"]


def test_what_is_no_audio_is_refused_before_anything_is_charged(desk):
    asked = {"base64Data": base64.b64encode(b"not audio at all").decode(), "uploadPath": "in"}
    url = desk.post("/api/file-base64-upload", asked, callback=None)["data"]["downloadUrl"]
    body = {"uploadUrl": url, "prompt": "x", "customMode": False, "instrumental": True, "model": "V5"}
    assert desk.post("/api/v1/generate/upload-cover", body)["code"] == 422
    gone = {**body, "uploadUrl": url + "x"}
    assert desk.post("/api/v1/generate/upload-cover", gone)["code"] == 451
    assert desk.balance == 1000
