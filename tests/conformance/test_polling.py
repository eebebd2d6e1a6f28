"""What pollers rely on: clients of kie.ai and sunoapi.org that are public, their rules in words of this project."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.conformance.conftest import UPLOADED

MUSIC = (
    "generate", "extend", "inherit", "upload-cover", "upload-extend", "add-vocals", "add-instrumental", "mashup",
    "sounds", "replace-section",
)  # fmt: skip
OTHERS = ("lyrics", "wav", "mp4", "two stems", "twelve stems", "cover", "phrase", "midi", "voice")


def is_failed(record: Any) -> bool:
    """Failure as a cautious client sees it: any word that speaks of it, in either field."""
    words = f"{record.get('status')} {record.get('successFlag')}".upper()
    return "FAIL" in words or "ERROR" in words


def is_done(record: Any) -> bool:
    """Success as an easy client sees it: one rule for every family."""
    flag, status = record.get("successFlag"), record.get("status")
    if "SUCCESS" in (flag, status) or flag in (1, "1"):
        return True
    said = status == "wait_validating" and record.get("validateInfo")
    return bool(said or (status == "success" and record.get("voiceId")))


def records(studio: Any, name: str) -> list[Any]:
    return [answer["data"] for answer in studio.looked_up[name]]


@pytest.mark.parametrize("name", MUSIC + OTHERS)
def test_a_poller_with_one_rule_for_all_families_comes_to_an_end(studio, name):
    seen = records(studio, name)
    assert all(isinstance(record, dict) for record in seen), "a record is there from the first look on"
    assert not any(is_failed(record) for record in seen)
    done = [is_done(record) for record in seen]
    assert not done[0]
    assert done[-1]
    assert done == sorted(done), "what is done stays done"


@pytest.mark.parametrize("name", MUSIC + OTHERS)
def test_every_answer_is_the_envelope_and_names_its_task(studio, name):
    for answer in studio.looked_up[name]:
        assert (answer["code"], answer["msg"]) == (200, "success")
        assert answer["data"]["taskId"] == studio.tasks[name]


@pytest.mark.parametrize("name", MUSIC)
def test_music_goes_through_the_documented_words(studio, name):
    seen = [record["status"] for record in records(studio, name)]
    assert list(dict.fromkeys(seen)) == ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS"]


@pytest.mark.parametrize("name", MUSIC)
def test_tracks_have_the_types_that_typed_clients_declare(studio, name):
    for record in records(studio, name):
        for track in (record["response"] or {}).get("sunoData", []):
            texts = ("id", "audioUrl", "streamAudioUrl", "imageUrl", "prompt", "modelName", "title", "tags")
            assert all(isinstance(track[key], str) for key in texts), track
            assert isinstance(track["duration"], int | float | None)
            assert isinstance(track["createTime"], int)
            assert track["createTime"] > 10**12, "milliseconds"
        assert isinstance(record["errorCode"], int | None)
        assert isinstance(record["errorMessage"], str | None)
        assert isinstance(json.loads(record["param"]), dict)
        assert record["parentMusicId"] == "" or name in ("extend", "inherit", "replace-section")


@pytest.mark.parametrize("name", MUSIC)
def test_two_tracks_are_there_in_the_end_each_with_audio_a_length_and_a_model(studio, name):
    tracks = records(studio, name)[-1]["response"]["sunoData"]
    assert len({track["id"] for track in tracks}) == 2
    for track in tracks:
        assert track["audioUrl"].endswith(".mp3")
        assert track["duration"] > 0
        assert track["modelName"].startswith("chirp-")
        assert track["title"]


def test_who_stops_at_the_first_track_finds_one_address_of_two(studio):
    first = next(record for record in records(studio, "generate") if record["status"] == "FIRST_SUCCESS")
    assert [bool(track["audioUrl"]) for track in first["response"]["sunoData"]] == [True, False]
    text = next(record for record in records(studio, "generate") if record["status"] == "TEXT_SUCCESS")
    assert all(track["streamAudioUrl"] and not track["audioUrl"] for track in text["response"]["sunoData"])


def test_who_inherits_takes_everything_from_the_source_whatever_texts_come_along(studio):
    for track in records(studio, "inherit")[-1]["response"]["sunoData"]:
        assert (track["title"], track["tags"]) == ("Rain", "folk")


# ── products ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("name", "links"),
    [
        ("wav", {"audioWavUrl": b"RIFF"}),
        ("mp4", {"videoUrl": b"ftyp"}),
        ("two stems", {"vocalUrl": b"", "instrumentalUrl": b""}),
        ("twelve stems", {"vocalUrl": b"", "drumsUrl": b"", "bassUrl": b"", "woodwindsUrl": b""}),
    ],
)
def test_links_stand_under_response_and_lead_to_files_of_their_kind(studio, name, links):
    response = records(studio, name)[-1]["response"]
    for key, mark in links.items():
        reply = studio.ask("GET", response[key])
        assert reply.status == 200
        assert mark in reply.body[:12]
        assert len(reply.body) > 1000


def test_cover_images_are_addresses_of_pictures(studio):
    images = records(studio, "cover")[-1]["response"]["images"]
    assert len(images) == 2
    assert all(studio.ask("GET", url).headers["content-type"].startswith("image/") for url in images)


def test_integer_flags_mean_what_their_family_says(studio):
    assert [record["successFlag"] for record in records(studio, "cover")][-1] == 1
    assert {record["successFlag"] for record in records(studio, "cover")} <= {0, 1, 2}
    assert {record["successFlag"] for record in records(studio, "midi")} <= {0, 1}


def test_notes_are_numbers_by_instrument(studio):
    midi = records(studio, "midi")[-1]["midiData"]
    assert midi["state"] == "complete"
    notes = [note for instrument in midi["instruments"] if instrument["name"] for note in instrument["notes"]]
    assert notes
    assert all(0 <= note["pitch"] < 128 and float(note["start"]) < float(note["end"]) for note in notes)
    assert all(0 <= note["velocity"] <= 1 for note in notes)


def test_lyrics_stand_under_response_data(studio):
    variants = records(studio, "lyrics")[-1]["response"]["data"]
    assert 2 <= len(variants) <= 3
    assert all({"text", "title", "status", "errorMessage"} <= set(variant) for variant in variants)


def test_recovery_is_flat_and_its_codes_are_states(studio):
    codes = [answer["code"] for answer in studio.looked_up["recovery"]]
    assert list(dict.fromkeys(codes)) == [201, 200]
    assert all(answer["task_id"] == studio.tasks["recovery"] for answer in studio.looked_up["recovery"])
    recovered = studio.looked_up["recovery"][-1]["data"]
    assert [found["status"] for found in recovered] == ["success", "success"]
    assert all(studio.ask("GET", found["audio_url"]).status == 200 for found in recovered)


# ── at once ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_calls_without_a_task_answer_with_their_value(studio):
    values = {name: answer["data"] for name, answer in studio.at_once.items()}
    assert all(answer["code"] == 200 for answer in studio.at_once.values())
    assert isinstance(values["credits"], int | float)
    assert values["available"] == {"isAvailable": True}
    assert {"personaId", "name", "description"} <= set(values["persona"])
    assert isinstance(values["style"]["result"], str)
    assert values["style"]["successFlag"] == "1"
    words = values["timed lyrics"]["alignedWords"]
    assert all(isinstance(word["palign"], int) and word["startS"] <= word["endS"] for word in words)
    assert words[0]["word"].startswith("[Verse]\n")


def test_an_upload_has_every_field_that_strict_clients_read(studio):
    answer = studio.at_once["upload"]
    assert answer["success"] is True
    fields = {"fileName", "filePath", "downloadUrl", "fileSize", "mimeType", "uploadedAt"}
    assert fields <= set(answer["data"])
    stored = studio.ask("GET", answer["data"]["downloadUrl"]).body
    assert stored == base64.b64decode(UPLOADED["base64Data"])
    assert int(answer["data"]["fileSize"]) == len(stored)
