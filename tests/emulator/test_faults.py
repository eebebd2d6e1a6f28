"""Named faults: each does what it says, is charged as it says, and stands in the ledger."""

from __future__ import annotations

import json

import pytest

from suno_lab.api.music import RECORD
from suno_lab.emulator import EmulatorSettings
from suno_lab.emulator.faults import FAULTS, Dice, Strikes, sensitive_message
from suno_lab.errors import InvalidRequest, OutcomeUnknown
from suno_lab.models import TaskState

SONG = {"prompt": "a song", "customMode": False, "instrumental": False, "model": "V5"}


def ledger_faults(desk):
    return desk.get("/_emulator/ledger")["faults"]


@pytest.mark.parametrize(
    ("fault", "code"), [("rate_limit", 429), ("no_credits", 402), ("maintenance", 455), ("server_error", 500)]
)
def test_refusals_charge_nothing(open_desk, fault, code):
    desk = open_desk(faults=((fault, 1.0),))
    assert desk.post("/api/v1/generate", SONG)["code"] == code
    assert desk.balance == 1000
    assert ledger_faults(desk) == {fault: 1}


@pytest.mark.parametrize("fault", ["lost_answer", "slow_answer", "truncated_body"])
def test_answers_that_are_lost_were_charged(open_desk, fault):
    desk = open_desk(faults=((fault, 1.0),))
    with pytest.raises(OutcomeUnknown, match=fault):
        desk.post("/api/v1/generate", SONG)
    assert desk.balance == 988
    assert ledger_faults(desk) == {fault: 1}


def test_a_reset_before_anything_was_done_charges_nothing(open_desk):
    desk = open_desk(faults=(("connection_reset", 1.0),))
    with pytest.raises(OutcomeUnknown):
        desk.post("/api/v1/generate", SONG)
    assert desk.balance == 1000


def test_an_answer_that_is_no_json(open_desk):
    desk = open_desk(faults=(("wrong_json", 1.0),))
    with pytest.raises(json.JSONDecodeError):
        desk.post("/api/v1/generate", SONG)
    assert desk.balance == 988


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("refunded_531", "GENERATE_AUDIO_FAILED", 531), ("sensitive_word", "SENSITIVE_WORD_ERROR", 400)],
)
def test_failed_tasks_give_their_credits_back(open_desk, fault, status, code):
    desk = open_desk(faults=((fault, 1.0),))
    task_id = desk.generate()
    assert desk.balance == 988
    desk.wait(3)
    data = desk.music(task_id)
    assert (data["status"], data["errorCode"], data["response"]["sunoData"]) == (status, code, [])
    assert RECORD.parse(data, task_id=task_id).state is TaskState.FAILED
    assert desk.get("/api/v1/chat/credit")["data"] == 1000
    book = desk.get("/_emulator/ledger")
    assert (book["balance"], book["refunded"]) == (1000, 12)


def test_published_words_are_moderated(desk):
    task_id = desk.generate(prompt="a song about a Forbidden-Word")
    other_id = desk.create("/api/v1/lyrics", {"prompt": "like famous-artist"})
    desk.wait(3)
    assert desk.music(task_id)["status"] == "SENSITIVE_WORD_ERROR"
    message = desk.record("/api/v1/lyrics/record-info", other_id)["errorMessage"]
    assert message == sensitive_message("famous-artist") == "Song Description contained artist name: famous-artist"
    assert desk.balance == 1000


def test_success_without_audio_keeps_the_source(open_desk):
    _, tracks = open_desk(faults=(("success_without_audio", 1.0),)).finished()
    assert [t["audioUrl"] for t in tracks] == ["", ""]
    assert all(t["sourceAudioUrl"].startswith("http") for t in tracks)


def test_null_duration(open_desk):
    _, tracks = open_desk(faults=(("null_duration", 1.0),)).finished()
    assert [t["duration"] for t in tracks] == [None, None]


def test_empty_files_and_expired_links(open_desk):
    desk = open_desk(faults=(("empty_file", 1.0),))
    _, tracks = desk.finished()
    reply = desk.fetch(tracks[0]["audioUrl"])
    assert (reply.status, reply.body) == (200, b"")
    link = desk.post("/api/v1/common/download-url", {"url": tracks[0]["audioUrl"]}, callback=None)["data"]
    assert len(desk.fetch(link).body) > 1000


def test_a_callback_exception_leaves_the_audio(open_desk):
    desk = open_desk(faults=(("callback_exception", 1.0),))
    task_id, tracks = desk.finished()
    assert desk.music(task_id)["status"] == "CALLBACK_EXCEPTION"
    assert desk.fetch(tracks[0]["audioUrl"]).status == 200
    assert desk.balance == 988


def test_states_may_be_skipped(open_desk):
    desk = open_desk(faults=(("skipped_states", 1.0),))
    task_id = desk.generate()
    seen = set()
    for _ in range(10):
        seen.add(desk.music(task_id)["status"])
        desk.wait(0.4)
    assert seen == {"PENDING", "SUCCESS"}


def test_faults_are_switched_while_it_runs(desk):
    set_to = json.loads(desk.ask("POST", "/_emulator/faults", body=b'{"rate_limit": 1}').body)
    assert set_to == {"faults": {"rate_limit": 1}}
    assert desk.post("/api/v1/generate", SONG)["code"] == 429
    desk.ask("POST", "/_emulator/faults", body=b"{}")
    assert desk.post("/api/v1/generate", SONG)["code"] == 200
    assert set(desk.get("/_emulator/faults")["known"]) == set(FAULTS)


@pytest.mark.parametrize(
    "body", [b'{"nope": 1}', b'{"rate_limit": 2}', b'{"rate_limit": "x"}', b"[]", b'{"rate_limit": true}']
)
def test_faults_that_do_not_exist_are_refused(desk, body):
    assert json.loads(desk.ask("POST", "/_emulator/faults", body=body).body)["code"] in (400, 422)
    assert desk.get("/_emulator/faults")["faults"] == {}


def test_rates_are_kept_and_seeded():
    rates = {"lost_answer": 0.3, "wrong_json": 0.0}
    draws = [Dice(seed).struck(rates, [Strikes.ANSWER]) for seed in range(300)]
    assert 60 < sum(draw == ("lost_answer",) for draw in draws) < 120
    one, two = Dice(7), Dice(7)
    assert [one.struck(rates, [Strikes.ANSWER]) for _ in range(50)] == [
        two.struck(rates, [Strikes.ANSWER]) for _ in range(50)
    ]
    assert one.struck(rates, [Strikes.CALL]) == ()
    half = {"lost_answer": 0.5}
    assert len({Dice(7, start=start).struck(half, [Strikes.ANSWER]) for start in range(20)}) == 2


def test_settings_are_checked_and_come_back_from_json():
    settings = EmulatorSettings(faults=(("lost_answer", 0.1),), rate_limit=None, webhook_hmac_key="secret", latency_s=1)
    kept = json.loads(json.dumps(settings.as_json()))
    assert "secret" not in json.dumps(kept)
    assert EmulatorSettings.from_json({**kept, "unknown": 1}) == EmulatorSettings(
        faults=(("lost_answer", 0.1),), rate_limit=None, latency_s=1
    )
    assert "secret" not in repr(settings)
    for wrong in ({"host_profile": "x"}, {"latency_s": -1}, {"faults": (("x", 1.0),)}, {"default_duration_s": 0}):
        with pytest.raises(InvalidRequest):
            EmulatorSettings(**wrong)
