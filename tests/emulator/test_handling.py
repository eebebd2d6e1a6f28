"""Refusals, codes by host, credits, rates: what a caller meets before any music."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suno_lab.api import operations
from suno_lab.api.hosts import HOSTS
from suno_lab.emulator.handling import routes
from suno_lab.emulator.replies import CODES, MARK, MESSAGES
from suno_lab.errors import (
    AlreadyExists,
    InsufficientCredits,
    Maintenance,
    NotFound,
    RateLimited,
    RefusedByService,
    ServiceFailure,
    SourceUnavailable,
    Unauthorized,
)
from suno_lab.models import HttpRequest

SONG = {"prompt": "a song", "customMode": False, "instrumental": False, "model": "V5"}


# ── refusals ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("profile", "body", "code", "message"),
    [
        ("kie", {**SONG, "model": None}, 422, "model cannot be null"),
        ("kie", {k: v for k, v in SONG.items() if k != "customMode"}, 422, "customMode cannot be null"),
        ("sunoapi", {k: v for k, v in SONG.items() if k != "customMode"}, 400, "customMode cannot be null"),
        ("kie", {**SONG, "prompt": ""}, 422, "prompt cannot be null"),
        ("kie", {**SONG, "model": "V9"}, 422, "unknown model 'V9'"),
        ("kie", {**SONG, "prompt": "x" * 3001}, 422, "prompt is 3001"),
        ("kie", {**SONG, "instrumental": "no"}, 422, "instrumental must be a boolean"),
    ],
)
def test_bodies_are_held_against_the_contract(open_desk, profile, body, code, message):
    answer = open_desk(host_profile=profile).post("/api/v1/generate", body)
    assert (answer["code"], answer["data"]) == (code, None)
    assert answer["msg"].startswith(message)


@pytest.mark.parametrize(("profile", "code", "dot"), [("kie", 422, ""), ("sunoapi", 400, ".")])
def test_a_missing_callback_address_is_refused_on_both_hosts(open_desk, profile, code, dot):
    answer = open_desk(host_profile=profile).post("/api/v1/generate", SONG, callback=None)
    assert answer == {"code": code, "msg": f"Please enter callBackUrl{dot}", "data": None}


def test_disputed_limits_are_refused_only_on_request(open_desk):
    body = {**SONG, "prompt": "x" * 600}
    assert open_desk().post("/api/v1/generate", body)["code"] == 200
    assert open_desk(strict_limits=True).post("/api/v1/generate", body)["code"] == 422


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a": NaN}', b'"x"', b"[" * 100_000, b"\xff\xfe", b"null"])
def test_what_is_no_json_object_is_refused(desk, body):
    reply = desk.ask("POST", "/api/v1/generate", body=body)
    assert (reply.status, json.loads(reply.body)["code"]) == (200, 400)


def test_the_key_is_asked_for(open_desk):
    desk = open_desk(api_key="right")
    assert desk.get("/api/v1/chat/credit")["code"] == 401
    assert desk.get("/api/v1/chat/credit", authorization="Bearer wrong ✓")["code"] == 401
    assert desk.get("/api/v1/chat/credit", authorization="Bearer right")["code"] == 200


def test_every_reply_says_that_it_is_not_the_service(desk):
    paths = ("/", "/nope", "/api/v1/chat/credit", "/files/x.mp3", "/_emulator/health")
    assert all(MARK in desk.ask("GET", path).headers for path in paths)


def test_unknown_paths_and_methods_are_not_found(desk):
    for method, path in (("GET", "/api/v1/get-credits"), ("GET", "/api/v1/generate"), ("DELETE", "/api/v1/generate")):
        reply = desk.ask(method, path)
        assert (reply.status, json.loads(reply.body)["code"]) == (404, 404)


def test_unknown_tasks_and_wrong_record_paths_answer_null(desk):
    task_id = desk.generate()
    empty = {"code": 200, "msg": "success", "data": None}
    assert desk.get("/api/v1/generate/record-info?taskId=nobody") == empty
    assert desk.get(f"/api/v1/wav/record-info?taskId={task_id}") == empty
    assert desk.get("/api/v1/generate/record-info")["code"] == 400


def test_the_codes_are_those_the_client_knows():
    """Every refusal reads, by code and message, as the error it is meant to be."""
    meant = {
        "unauthorized": Unauthorized, "no credits": InsufficientCredits, "too many": RateLimited,
        "invalid": RefusedByService, "bad json": RefusedByService, "exists": AlreadyExists,
        "cannot fetch": SourceUnavailable, "maintenance": Maintenance, "server error": ServiceFailure,
        "no path": NotFound,
    }  # fmt: skip
    for host in HOSTS.values():
        for why, code in CODES[host.vocabulary].items():
            if why.value in meant:
                assert host.error_class(code, MESSAGES[why]) is meant[why.value], (host.name, why)


def test_every_operation_of_a_host_is_answered(open_desk):
    """No operation is switched off: each either asks for something or works."""
    for profile in ("kie", "sunoapi"):
        desk = open_desk(host_profile=profile)
        for operation in operations().values():
            if profile in operation.hosts and operation.method == "POST":
                assert desk.post(operation.path, {})["code"] != 505, operation.name
        assert ("GET", HOSTS[profile].credit_path) in routes(profile)


# ── credits and rates ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("profile", "code"), [("kie", 402), ("sunoapi", 429)])
def test_an_empty_account_is_refused_and_stays_as_it_is(open_desk, profile, code):
    desk = open_desk(host_profile=profile, credits=20)
    desk.generate()
    assert desk.post("/api/v1/generate", SONG)["code"] == code
    assert desk.balance == 8


@pytest.mark.parametrize(("profile", "code"), [("kie", 429), ("sunoapi", 430)])
def test_too_many_creations_are_refused_until_the_window_is_over(open_desk, profile, code):
    desk = open_desk(host_profile=profile, rate_limit=(20, 10.0))
    assert [desk.post("/api/v1/generate", SONG)["code"] for _ in range(21)] == [200] * 20 + [code]
    desk.wait(9.9)
    assert desk.post("/api/v1/generate", SONG)["code"] == code
    desk.wait(0.2)
    assert desk.post("/api/v1/generate", SONG)["code"] == 200
    assert desk.balance == 1000 - 21 * 12


def test_too_eager_look_ups_are_refused(open_desk):
    desk = open_desk(rate_limit=(20, 10.0))
    path = f"/api/v1/generate/record-info?taskId={desk.generate()}"
    codes = []
    for _ in range(20):
        codes.append(desk.get(path)["code"])
        desk.wait(0.1)
    assert codes[:8] == [200] * 8
    assert 429 in codes
    desk.wait(2)
    for _ in range(9):
        assert desk.get(path)["code"] == 200
        desk.wait(1 / 3)


def test_the_ledger_adds_up(desk):
    desk.generate()
    desk.post("/api/v1/generate", {})
    desk.create("/api/v1/lyrics", {"prompt": "tea"})
    book = desk.get("/_emulator/ledger")
    posts = [(e["path"], e["code"], e["credits"]) for e in book["entries"] if e["kind"] == "post"]
    assert posts == [
        ("/api/v1/generate", 200, 12.0),
        ("/api/v1/generate", 422, 0.0),
        ("/api/v1/lyrics", 200, 0.4),
    ]
    assert book["charged"] - book["refunded"] == pytest.approx(1000 - book["balance"])
    assert desk.get("/api/v1/chat/credit")["data"] == 987.6
    assert len(desk.get("/_emulator/ledger?after=1")["entries"]) == len(book["entries"]) - 1


# ── sameness ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_equal_seeds_give_equal_songs_and_repeats_differ(tmp_path, open_desk):
    first = open_desk()
    one, two = first.generate(), first.generate()
    assert one != two
    other = open_desk(seed=1)
    assert other.generate() not in (one, two)


def test_another_process_goes_on_from_the_same_folder(open_desk):
    desk = open_desk()
    task_id, tracks = desk.finished()
    audio = desk.fetch(tracks[0]["audioUrl"]).body
    again = open_desk(clock=desk.clock)
    assert again.music(task_id)["response"]["sunoData"] == tracks
    assert again.fetch(tracks[0]["audioUrl"]).body == audio
    assert again.balance == 988
    assert again.generate() != task_id


def test_links_are_those_of_the_present_address(desk):
    task_id, _ = desk.finished()
    reply = desk.emulator.handle(
        HttpRequest(method="GET", url=f"http://localhost:99/api/v1/generate/record-info?taskId={task_id}")
    )
    assert b"http://localhost:99/files/" in reply.body


# ── anything at all ──────────────────────────────────────────────────────────────────────────────────────────────────
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
WIRE_NAMES = sorted(
    {known.name for op in operations().values() for known in op.request.wire_fields()} | {"callBackUrl"}
)
PATHS = sorted({path for _, path in routes("kie")} | {"/", "/openapi.json", "/_emulator/faults", "/_emulator/ledger"})
AROUND = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@AROUND
@given(
    path=st.sampled_from(PATHS),
    body=st.dictionaries(st.sampled_from(WIRE_NAMES), JSON | st.just("http://127.0.0.1:9/x"), max_size=12),
)
def test_no_body_breaks_it(desk, path, body):
    reply = desk.ask("POST", path, body=json.dumps(body).encode())
    assert reply.status < 500, (path, body, reply.body)


@AROUND
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "OPTIONS"]),
    path=st.text(max_size=40)
    | st.sampled_from(PATHS).flatmap(lambda p: st.text(max_size=20).map(lambda q: f"{p}?taskId={q}")),
    body=st.binary(max_size=60),
    value=st.text(max_size=30),
)
def test_no_address_breaks_it(desk, method, path, body, value):
    reply = desk.ask(method, "/" + path, body=body, range=value, authorization=value, if_range=value)
    assert reply.status < 500, (method, path, reply.body)
    for place in ("/files/", "/stream/", "/uploads/", "/_emulator/truth/"):
        assert desk.ask(method, place + path, body=body).status < 500


def test_a_song_that_cannot_be_made_ends_and_is_paid_back(desk, monkeypatch):
    task_id = desk.generate()
    desk.wait(3)
    monkeypatch.setattr(desk.emulator.service.songs, "compose", None)
    data = desk.music(task_id)
    assert (data["status"], data["errorCode"]) == ("GENERATE_AUDIO_FAILED", 500)
    assert desk.music(task_id) == data
    assert desk.balance == 1000
