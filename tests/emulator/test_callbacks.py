"""Callbacks: stages, repetitions, signatures, and where they may go."""

from __future__ import annotations

import json

import pytest

from suno_lab.api.callbacks import read_callback, signed_by
from suno_lab.emulator.addresses import is_loopback, may_follow
from suno_lab.emulator.callbacks import PAUSES_S, deliver_due

HERE = "http://127.0.0.1:5/cb/intent"


class Receiver:
    """Takes callbacks; answers with the given status, 0 for silence."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.got, self.headers = status, [], []

    def __call__(self, url, body, headers):
        self.got.append((url, json.loads(body)))
        self.headers.append(headers)
        if not self.status:
            raise OSError("nobody there")
        return self.status


def deliver(desk, receiver):
    return deliver_due(desk.emulator.service, now=desk.clock[0], post=receiver)


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch):
    """Callbacks are sent when a test says so."""
    monkeypatch.setattr("suno_lab.emulator.core.Emulator._call_back_soon", lambda self: None)


def song(desk, url=HERE, **about):
    body = {"prompt": "a song", "customMode": False, "instrumental": False, "model": "V5", **about}
    return desk.post("/api/v1/generate", body, callback=url)["data"]["taskId"]


def test_the_stages_come_when_they_are_due(desk):
    task_id, receiver = song(desk), Receiver()
    sent = []
    for _ in range(4):
        sent.append(deliver(desk, receiver))
        desk.wait(1.05)
    assert sent == [0, 1, 1, 1]
    assert [payload["data"]["callbackType"] for _, payload in receiver.got] == ["text", "first", "complete"]
    assert {url for url, _ in receiver.got} == {HERE}
    last = receiver.got[-1][1]
    assert [read_callback(last).task_id, read_callback(last).stage] == [task_id, "complete"]
    assert len(last["data"]["data"]) == 2
    assert last["data"]["data"][0]["audio_url"].endswith(".mp3")
    assert deliver(desk, receiver) == 0


def test_a_failure_is_reported_with_its_code(open_desk):
    desk, receiver = open_desk(faults=(("refunded_531", 1.0),)), Receiver()
    song(desk)
    desk.wait(3)
    deliver(desk, receiver)
    ((_, payload),) = receiver.got
    assert (payload["code"], payload["data"]["callbackType"], payload["data"]["data"]) == (531, "error", None)


@pytest.mark.parametrize("status", [500, 0])
def test_nobody_answering_is_tried_four_times(open_desk, status):
    desk, receiver = open_desk(faults=(("skipped_states", 1.0),)), Receiver(status)
    task_id = song(desk)
    desk.wait(3)
    for pause_s in (*PAUSES_S, 60.0, 60.0):
        deliver(desk, receiver)
        assert deliver(desk, receiver) == 0
        desk.wait(pause_s)
    assert len(receiver.got) == 4
    assert desk.music(task_id)["status"] == "SUCCESS"
    notes = [e["note"] for e in desk.get("/_emulator/ledger")["entries"] if e["kind"] == "callback"]
    assert len(notes) == 4


def test_what_cannot_be_told_is_given_up(desk, monkeypatch):
    song(desk)
    desk.wait(3)
    monkeypatch.setattr(desk.emulator.service.songs, "compose", None)
    receiver = Receiver()
    deliver(desk, receiver)
    assert (receiver.got, deliver(desk, receiver)) == ([], 0)
    assert [e["kind"] for e in desk.get("/_emulator/ledger")["entries"]].count("broken") == 3


def test_duplicates_and_late_ones(open_desk):
    desk, receiver = open_desk(faults=(("duplicate_callback", 1.0), ("late_callback", 1.0))), Receiver()
    song(desk)
    desk.wait(3)
    assert deliver(desk, receiver) == 0
    desk.wait(3)
    assert deliver(desk, receiver) == 6


def test_signatures_hold(open_desk):
    desk, receiver = open_desk(webhook_hmac_key="whk"), Receiver()
    task_id = song(desk)
    desk.wait(3)
    deliver(desk, receiver)
    for headers in receiver.headers:
        assert signed_by(headers, task_id=task_id, now_s=desk.clock[0], hmac_key="whk")
        assert not signed_by(headers, task_id=task_id, now_s=desk.clock[0], hmac_key="other")


@pytest.mark.parametrize(
    "url", ["https://callback.invalid/1", "http://10.0.0.1/x", "http://[::2]/", "ftp://127.0.0.1/", "http://[", "x"]
)
def test_other_machines_are_not_called(desk, url):
    receiver = Receiver()
    song(desk, url)
    desk.wait(9)
    assert deliver(desk, receiver) == 0
    notes = [e["note"] for e in desk.get("/_emulator/ledger")["entries"] if e["kind"] == "callback"]
    assert len(notes) == 1
    assert notes[0].startswith("not sent: ")


def test_what_is_this_machine():
    assert all(map(is_loopback, ("127.0.0.1", "127.8.9.1", "::1", "localhost", "x.localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "127.0.0.1.nip.io", "2130706433", "", "example.com", "::ffff:8.8.8.8")))
    assert may_follow("https://hooks.example/x", ("hooks.example",))


@pytest.mark.parametrize(("profile", "id_name"), [("kie", "task_id"), ("sunoapi", "taskId")])
def test_lyrics_are_reported_in_the_hosts_casing(open_desk, profile, id_name):
    desk, receiver = open_desk(host_profile=profile), Receiver()
    task_id = desk.post("/api/v1/lyrics", {"prompt": "tea"}, callback=HERE)["data"]["taskId"]
    desk.wait(3)
    deliver(desk, receiver)
    assert receiver.got[0][1]["data"][id_name] == task_id


def test_every_family_can_be_reported(desk):
    """One callback of each family, read back to its task."""
    task_id, tracks = desk.finished()
    named = {"taskId": task_id, "audioId": tracks[0]["id"]}
    receiver = Receiver()
    made = {
        path: desk.post(path, body, callback=HERE)["data"]["taskId"]
        for path, body in (
            ("/api/v1/wav/generate", named),
            ("/api/v1/mp4/generate", named),
            ("/api/v1/vocal-removal/generate", named),
            ("/api/v1/suno/cover/generate", {"taskId": task_id}),
        )
    }
    recovery = {"task_id": task_id, "call_back_url": HERE}
    made["recovery"] = desk.post("/api/v1/suno/recovery", recovery, callback=None)["data"]["task_id"]
    desk.wait(5)
    stems_id = made["/api/v1/vocal-removal/generate"]
    made["midi"] = desk.post("/api/v1/midi/generate", {"taskId": stems_id}, callback=HERE)["data"]["taskId"]
    desk.wait(5)
    deliver(desk, receiver)
    assert {read_callback(payload).task_id for _, payload in receiver.got} == set(made.values())
    assert {read_callback(payload).stage for _, payload in receiver.got} == {"complete"}
