"""Callbacks: read in every shape, written in each host's own, signed and verified."""

from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.api import operations
from suno_lab.api.callbacks import (
    CallbackHint,
    callback_payload,
    market_callback_payload,
    read_callback,
    signature,
    signature_headers,
    signed_by,
)
from suno_lab.api.examples import CLIP, EXAMPLES, FILES, SECOND_CLIP, TASK
from tests.api.strategies import json_values, objects_with

NOW_S = 1_790_000_000.4


def payload(name: str, *, host: str = "kie", stage: str = "complete", **more: object) -> dict:
    row = operations()[name]
    assert row.record is not None
    data = row.record.unwrap(EXAMPLES[name].record).data
    return callback_payload(row, task_id=TASK, data=data, host=host, stage=stage, **more)  # type: ignore[arg-type]


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("sent", "stage", "code"),
    [
        ({"code": 200, "msg": "m", "data": {"callbackType": "text", "task_id": TASK, "data": []}}, "text", 200),
        ({"code": 200, "msg": "m", "data": {"callbackType": "first", "task_id": TASK, "data": [{}]}}, "first", 200),
        ({"code": 200, "msg": "m", "data": {"callbackType": "complete", "taskId": TASK, "data": []}}, "complete", 200),
        ({"code": 501, "msg": "m", "data": {"callbackType": "error", "task_id": TASK, "data": None}}, "error", 501),
        ({"code": 400, "msg": "m", "data": {"callbackType": "complete", "task_id": TASK, "data": None}}, "error", 400),
        ({"code": 200, "msg": "m", "data": {"taskId": TASK, "images": []}}, "complete", 200),
        ({"code": 500, "msg": "m", "data": {"task_id": TASK, "audioWavUrl": None}}, "error", 500),
        ({"code": 200, "msg": "m", "task_id": TASK, "data": [{"id": CLIP}]}, "complete", 200),
        ({"code": 500, "msg": "m", "task_id": TASK, "data": None}, "error", 500),
        ({"code": 200, "msg": "m", "data": {"taskId": TASK, "state": "fail"}}, "error", 200),
        ({"msg": "m", "taskId": TASK}, "error", 0),
    ],
)  # fmt: skip
def test_a_callback_names_task_and_stage(sent: dict, stage: str, code: int) -> None:
    assert read_callback(sent) == CallbackHint(task_id=TASK, stage=stage, code=code, message="m")


@settings(max_examples=100, deadline=None)
@given(sent=json_values | objects_with(["code", "data", "task_id", "taskId", "callbackType", "state", "msg"]))
def test_no_callback_is_too_strange(sent: object) -> None:
    hint = read_callback(sent)
    assert hint is None or (hint.task_id and hint.stage in ("text", "first", "complete", "error"))


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_songs_come_in_stages_in_snake_case() -> None:
    done = payload("generate")
    assert (done["code"], done["msg"]) == (200, "All generated successfully.")
    assert (done["data"]["callbackType"], done["data"]["task_id"]) == ("complete", TASK)
    first, second = done["data"]["data"]
    assert (first["id"], first["audio_url"], second["id"]) == (CLIP, f"{FILES}/first.mp3", SECOND_CLIP)
    assert (second["source_audio_url"], second["createTime"]) == (f"{FILES}/source/second.mp3", 1776499082098)
    assert "createTime" in first
    assert "audioUrl" not in first
    assert [track["id"] for track in payload("generate", stage="first")["data"]["data"]] == [CLIP]
    assert payload("generate", stage="text")["data"]["data"] == []


@pytest.mark.parametrize(
    ("name", "data"), [("generate", None), ("add_vocals", None), ("extend", []), ("cover", []), ("upload_extend", [])]
)
def test_a_failed_song_has_no_tracks(name: str, data: object) -> None:
    failed = payload(name, stage="error")
    assert (failed["code"], failed["msg"]) == (501, "Audio generation failed")
    assert failed["data"] == {"callbackType": "error", "task_id": TASK, "data": data}


def test_a_failed_section_says_why_in_its_own_field() -> None:
    failed = payload("replace_section", stage="error", code=413, message="matches existing work")
    assert failed == {
        "code": 413, "msg": "matches existing work",
        "data": {"callbackType": "error", "task_id": TASK, "error": "matches existing work"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("host", "id_name", "error_name"), [("kie", "task_id", "error_message"), ("sunoapi", "taskId", "errorMessage")]
)
def test_lyrics_are_spelled_by_host(host: str, id_name: str, error_name: str) -> None:
    data = payload("write_lyrics", host=host)["data"]
    assert data[id_name] == TASK
    assert set(data["data"][0]) == {"text", "title", "status", error_name}


@pytest.mark.parametrize(
    ("host", "name", "message"),
    [
        ("kie", "vocal_separation_info", "vocal separation generated successfully."),
        ("sunoapi", "vocal_removal_info", "vocal Removal generated successfully."),
    ],
)
def test_stems_are_named_by_host(host: str, name: str, message: str) -> None:
    done = payload("separate", host=host)
    assert done["msg"] == message
    assert done["data"] == {
        "task_id": TASK,
        name: {"origin_url": "", "vocal_url": f"{FILES}/x_Vocals.mp3", "instrumental_url": f"{FILES}/x_Band.mp3"},
    }
    assert payload("separate", host=host, stage="error")["data"] == {"task_id": TASK, name: None}


def test_one_named_stem_is_sent_as_a_pair() -> None:
    pair = {"extract": {"audio_url": "a", "id": "1"}, "remove": {"audio_url": "b", "id": "2"}}
    sent = callback_payload(
        operations()["separate"], task_id=TASK, data={"response": {"originData": [pair]}}, host="kie"
    )
    assert sent["data"] == {"task_id": TASK, "vocal_removal_info": {"origin_data": [pair]}}


@pytest.mark.parametrize(
    ("name", "stage", "code", "data"),
    [
        ("convert_wav", "complete", 200, {"task_id": TASK, "audioWavUrl": f"{FILES}/a.wav"}),
        ("convert_wav", "error", 500, {"task_id": TASK, "audioWavUrl": None}),
        ("make_video", "complete", 200, {"task_id": TASK, "video_url": f"{FILES}/a.mp4"}),
        ("make_video", "error", 500, {"task_id": TASK, "video_url": None}),
        ("draw_cover", "complete", 200, {"taskId": TASK, "images": [f"{FILES}/1.png", f"{FILES}/2.png"]}),
        ("draw_cover", "error", 501, {"taskId": TASK, "images": None}),
        ("transcribe_midi", "error", 500, {"taskId": TASK}),
        ("write_lyrics", "error", 400, {"callbackType": "complete", "task_id": TASK, "data": None}),
        (
            "make_voice", "complete", 200,
            {"taskId": TASK, "voiceId": "voice-1", "status": "success", "errorCode": 0, "errorMessage": ""},
        ),
        (
            "voice_phrase", "complete", 200,
            {"taskId": TASK, "validateInfo": "The river carries morning home", "status": "wait_validating",
             "errorCode": 0, "errorMessage": ""},
        ),
    ],
)  # fmt: skip
def test_products_are_sent_as_documented(name: str, stage: str, code: int, data: dict) -> None:
    sent = payload(name, stage=stage)
    assert (sent["code"], sent["data"]) == (code, data)


def test_notes_and_fresh_links() -> None:
    notes = payload("transcribe_midi")["data"]
    assert (notes["taskId"], notes["state"], notes["instruments"][0]["name"]) == (TASK, "complete", "Drums")
    links = payload("recover")
    assert (links["task_id"], links["code"], links["data"][0]["id"]) == (TASK, 200, CLIP)


def test_the_market_sends_its_record() -> None:
    record = {"taskId": TASK, "state": "fail", "failCode": "501", "failMsg": "x"}
    sent = market_callback_payload(record)
    assert (sent["code"], sent["data"]) == (501, record)
    assert read_callback(sent) == CallbackHint(task_id=TASK, stage="error", code=501, message="fail")
    assert market_callback_payload({"taskId": TASK, "state": "success"})["code"] == 200


# ── the signature ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_signature_covers_task_and_second() -> None:
    digest = hmac.new(b"secret", f"{TASK}.1790000000".encode(), hashlib.sha256).digest()
    assert signature(TASK, timestamp_s=1_790_000_000, hmac_key="secret") == base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True),
        ({"task_id": "other"}, False),
        ({"hmac_key": "other"}, False),
        ({"now_s": NOW_S + 299}, True),
        ({"now_s": NOW_S + 302}, False),
        ({"now_s": NOW_S - 302}, False),
        ({"now_s": NOW_S + 302, "tolerance_s": 400.0}, True),
    ],
)
def test_a_signature_holds_for_its_task_key_and_time(change: dict, good: bool) -> None:
    headers = signature_headers(TASK, now_s=NOW_S, hmac_key="secret")
    asked = {"task_id": TASK, "now_s": NOW_S, "hmac_key": "secret", **change}
    assert signed_by(headers, **asked) is good
    assert signed_by({name.lower(): value for name, value in headers.items()}, **asked) is good


@settings(max_examples=60, deadline=None)
@given(stamp=st.text(max_size=15), given_signature=st.text(max_size=60))
def test_no_forged_header_passes_or_raises(stamp: str, given_signature: str) -> None:
    headers = {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": given_signature}
    assert not signed_by(headers, task_id=TASK, now_s=NOW_S, hmac_key="secret")
    assert not signed_by({}, task_id=TASK, now_s=NOW_S, hmac_key="secret")
