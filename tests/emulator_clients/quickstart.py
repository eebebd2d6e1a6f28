"""A client such as the service's quickstart teaches: ``requests``, a class, a loop that waits. It knows nothing of
suno_lab, so that what works here works at the service's own address too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import requests

RATE_LIMITED = {"kie": {429}, "sunoapi": {405, 430}}
MUSIC = ("/api/v1/generate/record-info", "status")
LYRICS = ("/api/v1/lyrics/record-info", "status")
WAV = ("/api/v1/wav/record-info", "successFlag")
STEMS = ("/api/v1/vocal-removal/record-info", "successFlag")
VIDEO = ("/api/v1/mp4/record-info", "successFlag")
FAILED = ("FAILED", "ERROR", "EXCEPTION")


class ServiceSaysNo(Exception):
    """The body's code was not 200."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class SunoApi:
    """One account at one address."""

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        host: str = "kie",
        callback_url: str = "https://callback.invalid/quickstart",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.base_url, self.host, self.callback_url, self.sleep = base_url, host, callback_url, sleep
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Authorization"] = f"Bearer {api_key}"

    # ── the wire ──
    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, tries: int = 3) -> Any:
        """``data`` of the answer; a call that came too fast is repeated after a pause that doubles."""
        pause_s = 10.0
        for attempt in range(tries):
            reply = self.http.request(method, self.base_url + path, json=body, timeout=30)
            answer = reply.json()
            if answer["code"] == 200:
                return answer["data"]
            if answer["code"] not in RATE_LIMITED[self.host] or attempt == tries - 1:
                raise ServiceSaysNo(answer["code"], answer["msg"])
            self.sleep(pause_s)
            pause_s *= 2
        raise AssertionError("unreachable")

    def create(self, path: str, body: Mapping[str, Any]) -> str:
        return self.call("POST", path, {**body, "callBackUrl": self.callback_url})["taskId"]

    def wait(self, kind: tuple[str, str], task_id: str, *, most_s: float = 600.0, every_s: float = 10.0) -> Any:
        """The record of a finished task."""
        path, field = kind
        waited_s = 0.0
        while waited_s <= most_s:
            record = self.call("GET", f"{path}?taskId={task_id}")
            state = record[field] if record else "PENDING"
            if state == "SUCCESS":
                return record
            if state.endswith(FAILED):
                raise RuntimeError(f"{state}: {record.get('errorMessage')}")
            self.sleep(every_s)
            waited_s += every_s
        raise TimeoutError(task_id)

    def credits(self) -> float:
        return self.call("GET", "/api/v1/chat/credit" if self.host == "kie" else "/api/v1/generate/credit")

    # ── what the quickstart shows ──
    def generate_music(self, prompt: str, *, model: str = "V4_5", instrumental: bool = False, **more: Any) -> str:
        body = {"prompt": prompt, "customMode": False, "instrumental": instrumental, "model": model, **more}
        return self.create("/api/v1/generate", body)

    def extend_music(self, audio_id: str, **own: Any) -> str:
        return self.create("/api/v1/generate/extend", {"audioId": audio_id, "defaultParamFlag": True, **own})

    def generate_lyrics(self, prompt: str) -> str:
        return self.create("/api/v1/lyrics", {"prompt": prompt})

    def convert_to_wav(self, task_id: str, audio_id: str) -> str:
        return self.create("/api/v1/wav/generate", {"taskId": task_id, "audioId": audio_id})

    def separate_vocals(self, task_id: str, audio_id: str, kind: str = "separate_vocal") -> str:
        body = {"taskId": task_id, "audioId": audio_id, "type": kind}
        return self.create("/api/v1/vocal-removal/generate", body)

    def create_music_video(self, task_id: str, audio_id: str, **more: Any) -> str:
        return self.create("/api/v1/mp4/generate", {"taskId": task_id, "audioId": audio_id, **more})

    def boost_style(self, content: str) -> Any:
        return self.call("POST", "/api/v1/style/generate", {"content": content})

    def timestamped_lyrics(self, task_id: str, audio_id: str) -> Any:
        body = {"taskId": task_id, "audioId": audio_id}
        return self.call("POST", "/api/v1/generate/get-timestamped-lyrics", body)

    def download(self, url: str) -> bytes:
        """A file by its address; the key stays at home."""
        with requests.Session() as http:
            http.trust_env = False
            reply = http.get(url, timeout=30)
        reply.raise_for_status()
        return reply.content
