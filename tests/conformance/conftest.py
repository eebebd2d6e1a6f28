"""A studio per host profile in which every operation was asked for once, as clients of the service ask."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from suno_lab.emulator import Emulator, EmulatorSettings, PlainSongs, callbacks
from suno_lab.models import HttpReply, HttpRequest

ORIGIN = "http://127.0.0.1:4711"
HOOK = "http://127.0.0.1:9/hook"
WEBHOOK_KEY = "a-webhook-key"
UPLOADED = {"base64Data": "SUQzBAAAAAAAI1RTU0U=", "uploadPath": "in", "fileName": "a.mp3"}
#: long enough for ten seconds of it to be replaced
LYRICS = "[Verse]\n" + "The rain came down on us\n" * 5 + "[Chorus]\n" + "Oh the rain again\n" * 5


@dataclass
class Arrived:
    """One callback, as its receiver saw it."""

    body: Any
    headers: Mapping[str, str]


@dataclass
class Studio:
    """A client of one emulator whose clock it holds, with what its callbacks brought."""

    emulator: Emulator
    moment: list[float]
    arrived: list[Arrived] = field(default_factory=list)
    tasks: dict[str, str] = field(default_factory=dict)
    looked_up: dict[str, list[Any]] = field(default_factory=dict)
    at_once: dict[str, Any] = field(default_factory=dict)

    @property
    def profile(self) -> str:
        return self.emulator.settings.host_profile

    @property
    def vocabulary(self) -> str:
        return self.emulator.settings.host.vocabulary

    def ask(self, method: str, url: str, *, body: bytes = b"", **headers: str) -> HttpReply:
        whole = url if url.startswith("http") else ORIGIN + url
        reply = self.emulator.answer(HttpRequest(method=method, url=whole, headers=headers, body=body))
        assert isinstance(reply, HttpReply)
        return reply

    def get(self, path: str) -> Any:
        return json.loads(self.ask("GET", path).body)

    def post(self, path: str, body: Any) -> Any:
        return json.loads(self.ask("POST", path, body=json.dumps(body).encode()).body)

    def create(self, name: str, path: str, body: Any, *, hook: str = "callBackUrl") -> str:
        """Ask for a task and keep its id under ``name``."""
        answer = self.post(path, {**body, hook: HOOK})
        assert answer["code"] == 200, (name, answer)
        self.tasks[name] = next(iter(answer["data"].values()))
        return self.tasks[name]

    def follow(self, name: str, path: str, id_param: str = "taskId") -> Any:
        """Look a task up until its time is over, as a poller does; every whole answer is kept."""
        seen = self.looked_up.setdefault(name, [])
        for _ in range(9):
            seen.append(self.get(f"{path}?{id_param}={self.tasks[name]}"))
            self.moment[0] += self.emulator.settings.latency_s / 8
            callbacks.deliver_due(self.emulator.service, now=self.moment[0], origin=ORIGIN, post=self._receive)
        return seen[-1]["data"]

    def _receive(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.arrived.append(Arrived(json.loads(body), {name.lower(): value for name, value in headers.items()}))
        return 200

    def callbacks_of(self, name: str) -> list[Arrived]:
        """What came for a task, found as receivers find it: by the id in ``data``, or beside it."""
        return [came for came in self.arrived if task_of(came.body) == self.tasks[name]]


def task_of(payload: Any) -> str | None:
    """The task a callback is about, in the order of places that receivers try."""
    data = payload.get("data") if isinstance(payload.get("data"), dict) else {}
    places = (data.get("task_id"), data.get("taskId"), payload.get("task_id"), payload.get("taskId"))
    return next((found for found in places if found), None)


def work(studio: Studio) -> None:
    """Ask for everything once."""
    music = "/api/v1/generate"
    own = {"prompt": LYRICS, "style": "folk", "title": "Rain", "model": "V5"}
    song_id = studio.create("generate", music, {**own, "customMode": True, "instrumental": False})
    song = studio.follow("generate", f"{music}/record-info")["response"]["sunoData"][0]
    of_song = {"taskId": song_id, "audioId": song["id"]}
    source = {"uploadUrl": song["audioUrl"]}

    asked = {
        "extend": {**own, "audioId": song["id"], "defaultParamFlag": True, "continueAt": 1},
        "upload-cover": {**own, **source, "customMode": True, "instrumental": False},
        "upload-extend": {**own, **source, "defaultParamFlag": True, "continueAt": 1, "instrumental": False},
        "add-vocals": {**source, "prompt": LYRICS, "title": "V", "style": "folk", "negativeTags": "metal"},
        "add-instrumental": {**source, "title": "I", "tags": "folk", "negativeTags": "metal"},
        "mashup": {**own, "uploadUrlList": [song["audioUrl"]] * 2, "customMode": True},
        "sounds": {"prompt": "rain on a roof", "model": "V5", "soundLoop": True, "soundTempo": 90, "soundKey": "Am"},
    }
    for name, body in asked.items():
        studio.create(name, f"{music}/{name}", body)
        studio.follow(name, f"{music}/record-info")
    inherits = {"audioId": song["id"], "defaultParamFlag": False, "model": "V5", "prompt": "", "style": "", "title": ""}
    studio.create("inherit", f"{music}/extend", inherits)
    studio.follow("inherit", f"{music}/record-info")
    replaced = {"prompt": "new", "tags": "folk", "title": "R", "infillStartS": 1.0, "infillEndS": 11.0}
    studio.create("replace-section", f"{music}/replace-section", {**of_song, **replaced, "fullLyrics": LYRICS})
    studio.follow("replace-section", f"{music}/record-info")

    products = {
        "lyrics": ("/api/v1/lyrics", "/api/v1/lyrics/record-info", {"prompt": "a song about tea"}),
        "wav": ("/api/v1/wav/generate", "/api/v1/wav/record-info", of_song),
        "mp4": ("/api/v1/mp4/generate", "/api/v1/mp4/record-info", of_song),
        "two stems": ("/api/v1/vocal-removal/generate", "/api/v1/vocal-removal/record-info", of_song),
        "twelve stems": (
            "/api/v1/vocal-removal/generate", "/api/v1/vocal-removal/record-info", {**of_song, "type": "split_stem"},
        ),
        "cover": ("/api/v1/suno/cover/generate", "/api/v1/suno/cover/record-info", {"taskId": song_id}),
        "phrase": (
            "/api/v1/voice/validate", "/api/v1/voice/validate-info",
            {"voiceUrl": song["audioUrl"], "vocalStartS": 0, "vocalEndS": 2, "language": "en"},
        ),
    }  # fmt: skip
    for name, (path, record_path, body) in products.items():
        studio.create(name, path, body)
        studio.follow(name, record_path)
    studio.create("midi", "/api/v1/midi/generate", {"taskId": studio.tasks["two stems"]})
    studio.follow("midi", "/api/v1/midi/record-info")
    said = {"taskId": studio.tasks["phrase"], "verifyUrl": song["audioUrl"], "voiceName": "me"}
    studio.create("voice", "/api/v1/voice/generate", said)
    studio.follow("voice", "/api/v1/voice/record-info")
    again = {"task_id": song_id} if studio.vocabulary == "kie" else {"sunoTaskId": song_id}
    hook = "call_back_url" if studio.vocabulary == "kie" else "callBackUrl"
    studio.create("recovery", "/api/v1/suno/recovery", again, hook=hook)
    studio.follow("recovery", "/api/v1/suno/recovery/record-info", "task_id")

    studio.at_once["timed lyrics"] = studio.post(f"{music}/get-timestamped-lyrics", of_song)
    studio.at_once["style"] = studio.post("/api/v1/style/generate", {"content": "Pop, Mysterious"})
    persona = {**of_song, "name": "Ann", "description": "soft", "vocalStart": 0, "vocalEnd": 10}
    studio.at_once["persona"] = studio.post(f"{music}/generate-persona", persona)
    studio.at_once["available"] = studio.post("/api/v1/voice/check-voice", {"task_id": studio.tasks["voice"]})
    studio.at_once["credits"] = studio.get(studio.emulator.settings.host.credit_path)
    studio.at_once["upload"] = studio.post("/api/file-base64-upload", UPLOADED)


@pytest.fixture(scope="session", params=["kie", "sunoapi", "market"])
def studio(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """The studio of one profile, with everything done."""
    moment = [1_790_000_000.0]
    settings = EmulatorSettings(
        host_profile=request.param, rate_limit=None, latency_s=8.0, default_duration_s=24.0,
        webhook_hmac_key=WEBHOOK_KEY,
    )  # fmt: skip
    folder: Path = tmp_path_factory.mktemp(request.param)
    with Emulator(folder, settings, clock=lambda: moment[0], songs=PlainSongs(most_s=24.0)) as emulator:
        done = Studio(emulator=emulator, moment=moment)
        work(done)
        yield done
