"""The HTTP shell: the same answers over a socket, and what only a socket can do."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from suno_lab.api.callbacks import read_callback
from suno_lab.emulator import Emulator, EmulatorSettings, PlainSongs, running
from suno_lab.emulator.asgi import BODY_BYTES

SONG = {"prompt": "a song", "customMode": False, "instrumental": False, "model": "V5",
        "callBackUrl": "https://callback.invalid/1"}  # fmt: skip


@pytest.fixture
def base(tmp_path):
    """The address of a running emulator whose songs are finished at once."""
    settings = EmulatorSettings(latency_s=0.0, rate_limit=None, slow_answer_s=0.0, credits=1e6)
    with Emulator(tmp_path, settings, songs=PlainSongs(most_s=1.0)) as emulator, running(emulator) as address:
        yield address


def ask(base, method, path, body=None, **headers):
    """Status, headers (lower case), body."""
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=30)
    try:
        sent = json.dumps(body).encode() if isinstance(body, dict) else body
        connection.request(method, path, body=sent, headers={k.replace("_", "-"): v for k, v in headers.items()})
        reply = connection.getresponse()
        return reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read()
    finally:
        connection.close()


def faults(base, **rates):
    assert ask(base, "POST", "/_emulator/faults", rates)[0] == 200


def test_a_song_over_http(base):
    task_id = json.loads(ask(base, "POST", "/api/v1/generate", SONG)[2])["data"]["taskId"]
    data = json.loads(ask(base, "GET", f"/api/v1/generate/record-info?taskId={task_id}")[2])["data"]
    url = data["response"]["sunoData"][0]["audioUrl"]
    assert url.startswith(base + "/files/")
    whole = ask(base, "GET", urlsplit(url).path)
    part = ask(base, "GET", urlsplit(url).path, range="bytes=10-19")
    head = ask(base, "HEAD", urlsplit(url).path)
    assert (part[0], part[2]) == (206, whole[2][10:20])
    assert (head[0], head[2], head[1]["content-length"]) == (200, b"", str(len(whole[2])))


@pytest.mark.parametrize("fault", ["connection_reset", "lost_answer"])
def test_resets_are_resets(base, fault):
    faults(base, **{fault: 1})
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        ask(base, "POST", "/api/v1/generate", SONG)
    faults(base)
    book = json.loads(ask(base, "GET", "/_emulator/ledger")[2])
    assert book["charged"] == (12 if fault == "lost_answer" else 0)


def test_a_truncated_body_breaks_off(base):
    faults(base, truncated_body=1)
    with pytest.raises(http.client.IncompleteRead):
        ask(base, "POST", "/api/v1/generate", SONG)


def test_a_slow_answer_comes_after_all(base):
    faults(base, slow_answer=1)
    assert json.loads(ask(base, "POST", "/api/v1/generate", SONG)[2])["code"] == 200


def test_other_sites_are_turned_away(base):
    for name in ("rebound.example", "[", "", "127.0.0.1.evil.example"):
        assert ask(base, "GET", "/_emulator/health", host=name)[0] == 403
    assert ask(base, "POST", "/_emulator/faults", {}, origin="https://evil.example")[0] == 403
    assert ask(base, "POST", "/_emulator/faults", {}, origin=base)[0] == 200


def test_large_bodies_are_refused(base):
    assert ask(base, "POST", "/api/v1/generate", b"x" * (BODY_BYTES + 1))[0] == 413


@pytest.mark.parametrize(
    "raw", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x00" * 400 + b"\r\n\r\n"]
)
def test_bytes_that_are_not_http_leave_it_standing(base, raw):
    parts = urlsplit(base)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as wire:
        wire.sendall(raw)
        wire.shutdown(socket.SHUT_WR)
        while wire.recv(4096):
            pass
    assert ask(base, "GET", "/_emulator/health")[0] == 200


def test_many_at_once_are_all_booked(base):
    with ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda _: ask(base, "POST", "/api/v1/generate", SONG)[2], range(40)))
    assert len({json.loads(body)["data"]["taskId"] for body in bodies}) == 40
    assert json.loads(ask(base, "GET", "/_emulator/ledger")[2])["charged"] == 40 * 12


def test_callbacks_arrive(base):
    got, arrived = [], threading.Event()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.path, json.loads(self.rfile.read(int(self.headers["content-length"])))))
            self.send_response(200)
            self.end_headers()
            if len(got) == 3:
                arrived.set()

        def log_message(self, *about):
            pass

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/cb/intent"
            ask(base, "POST", "/api/v1/generate", {**SONG, "callBackUrl": url})
            assert arrived.wait(30)
        finally:
            server.shutdown()
            thread.join()
    assert {path for path, _ in got} == {"/cb/intent"}
    assert sorted(read_callback(payload).stage for _, payload in got) == ["complete", "first", "text"]


# ── as a process ─────────────────────────────────────────────────────────────────────────────────────────────────────
def start(folder: Path) -> tuple[subprocess.Popen, str]:
    """The command in a process of its own, and its address."""
    options = ["--plain", "--json", "--latency", "0", "--rate-limit", "off", "--data", str(folder)]
    process = subprocess.Popen(
        [sys.executable, "-m", "suno_lab", "emulator", *options], stdout=subprocess.PIPE, text=True
    )
    return process, json.loads(process.stdout.readline())["url"]


def stop(process: subprocess.Popen, how: signal.Signals) -> int:
    process.send_signal(how)
    code = process.wait(timeout=30)
    process.stdout.close()
    return code


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX here")
def test_a_killed_emulator_goes_on_from_its_folder(tmp_path):
    process, base = start(tmp_path)
    try:
        task_id = json.loads(ask(base, "POST", "/api/v1/generate", SONG)[2])["data"]["taskId"]
    finally:
        stop(process, signal.SIGKILL)
    process, base = start(tmp_path)
    try:
        data = json.loads(ask(base, "GET", f"/api/v1/generate/record-info?taskId={task_id}")[2])["data"]
        assert data["status"] == "SUCCESS"
        url = data["response"]["sunoData"][1]["audioUrl"]
        assert url.startswith(base)
        assert ask(base, "GET", urlsplit(url).path)[0] == 200
        assert json.loads(ask(base, "GET", "/api/v1/chat/credit")[2])["data"] == 988
    finally:
        assert stop(process, signal.SIGTERM) == 0
