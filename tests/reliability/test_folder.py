"""The folder: private files, a full disk, hostile names, processes that die, and several at once."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
from suno_lab.errors import OutcomeUnknown, StorageFull
from suno_lab.exports._view import audio_name
from suno_lab.models import HttpReply, HttpRequest
from suno_lab.store import locks
from suno_lab.store.blobs import BlobStore
from suno_lab.store.locks import Presence
from suno_lab.transport import InProcessTransport
from tests.reliability.conftest import Clock, hurried

QUICK = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None)
PIANO = {"model": "V5", "instrumental": True}


@contextmanager
def embedded(folder: Path, **about: Any) -> Iterator[SunoSession]:
    about = {"emulator": QUICK, "songs": PlainSongs(), "progress": False, **about}
    with SunoSession(folder, "emulator", **about) as session:
        yield session


# ── who may read it ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.skipif(os.name == "nt", reason="no such modes there")
def test_nobody_else_can_read_any_of_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with embedded(tmp_path / "session") as session:
            session.generate("a tune", **PIANO)
            session.analyze("integrity")
            session.snapshot(tmp_path / "session" / "snapshot.db")
            found = [session.folder, *(path for path in session.folder.rglob("*") if path.is_file())]
            modes = {str(path): stat.S_IMODE(path.stat().st_mode) for path in found}
    finally:
        os.umask(before)
    assert len(modes) > 5
    assert not {path: oct(mode) for path, mode in modes.items() if mode & 0o077}


# ── a full disk ──────────────────────────────────────────────────────────────────────────────────────────────────────
class FillsUp:
    """A service behind which the disk fills up while a creation is answered."""

    def __init__(self) -> None:
        self.session: SunoSession | None = None
        self.posts_n = 0

    def __call__(self, request: HttpRequest) -> HttpReply:
        if request.method != "POST":
            return reply(1000.0)
        self.posts_n += 1
        assert self.session is not None
        limit_pages(self.session, 0)
        return reply({"taskId": "a" * 10_000})  # more than fits into pages that are there


def hurried_session(folder: Path, service: Any) -> SunoSession:
    """A session on a service of the test's, whose time moves only when it sleeps."""
    transport = InProcessTransport(service)
    return SunoSession(
        folder, "http://service.test", transport=transport, progress=False, surroundings=hurried(Clock())
    )


def reply(data: Any) -> HttpReply:
    return HttpReply(status=200, body=json.dumps({"code": 200, "msg": "success", "data": data}).encode())


def limit_pages(session: SunoSession, more_n: int) -> None:
    """Let the database grow by so many pages and no further."""
    writer = session.journal._writer
    assert writer is not None
    now_n = writer.execute("pragma page_count").fetchone()[0]
    writer.execute(f"pragma max_page_count = {now_n + more_n}")


def test_a_full_disk_before_sending_is_one_clear_error_and_nothing_is_sent(tmp_path: Path) -> None:
    service = FillsUp()
    with hurried_session(tmp_path, service) as session:
        limit_pages(session, 0)
        with pytest.raises(StorageFull, match="free some space"):
            session.generate("x" * 400, **PIANO, n=40)
        kept_n = len(session.requests)
        assert service.posts_n <= kept_n
        limit_pages(session, 10_000)
        assert session.journal.value("pragma integrity_check") == "ok"
        session.tag(session.requests.index[0], "still writable")


def test_a_disk_that_fills_up_after_sending_leaves_the_intent(tmp_path: Path) -> None:
    """The answer cannot be written: the journal still tells that it was sent, and it is not sent again."""
    service = FillsUp()
    session = hurried_session(tmp_path, service)
    service.session = session
    with pytest.raises(StorageFull):
        session.generate("a tune", **PIANO, timeout_s=5)
    limit_pages(session, 10_000)
    with pytest.raises(OutcomeUnknown):
        session.submit_generate("a tune", **PIANO).result(20)
    assert session.requests["state"].tolist() == ["NEEDS_USER"]
    session.close()
    with hurried_session(tmp_path, service) as again:
        assert again.unresolved()["state"].tolist() == ["NEEDS_USER"]
        assert again.unresolved()["credits_at_risk"].tolist() == [12.0]
    assert service.posts_n == 1


# ── hostile names ────────────────────────────────────────────────────────────────────────────────────────────────────
ODD = (
    "..",
    "../..",
    "/etc/passwd",
    "C:\\x",
    "CON",
    "nul.mp3",
    "a\x00b",
    "a/b",
    "\u202egnp.exe",
    "~",
    "$HOME",
    "x" * 300,
)
ALPHABET = 'ab./\\:~$%\x00\n\r\t\u202e\u200b\ud800é龍 -_*?"<>|'


def odd_names(n: int) -> Iterator[str]:
    """Names that mean harm, alone and mixed."""
    rng = random.Random(1)
    yield from ODD
    for _ in range(n - len(ODD)):
        parts = rng.choices((*ODD, "".join(rng.choices(ALPHABET, k=rng.randint(0, 12)))), k=rng.randint(1, 3))
        yield "".join(parts)


def test_ten_thousand_odd_ids_do_not_lead_out_of_a_data_set() -> None:
    seen: dict[str, str] = {}
    for clip_id in odd_names(10_000):
        name = audio_name(clip_id, Path("x.mp3"))
        assert re.fullmatch(r"audio/[0-9A-Za-z_][0-9A-Za-z_-]{0,63}\.mp3", name), clip_id
        assert seen.setdefault(name, clip_id) == clip_id


@pytest.mark.parametrize("suffix", [".mp3", "", ".", ".MP3", ".m p3", ".mp3\n", ".abcdefgh", ".\u202e3pm", ".exe;x"])
def test_an_odd_ending_is_not_kept(suffix: str) -> None:
    assert re.fullmatch(r"audio/a\.([0-9a-z]{1,5})", audio_name("a", Path("x" + suffix)))


def test_hostile_ids_and_titles_stay_inside_the_folder(tmp_path: Path) -> None:
    """A service that gives its tasks and clips names like paths."""
    task_id, clip_ids = "../../outside", ("../../../etc/passwd\x00", "/abs\u202e/x" + "y" * 300)
    audio = b"ID3" + bytes(2000)

    def service(request: HttpRequest) -> HttpReply:
        if request.method == "POST":
            return reply({"taskId": task_id})
        if request.path.endswith("record-info"):
            clips = [{"id": clip_id, "title": "../../x", "duration": 1.0, "modelName": "../m", "tags": "..",
                      "audioUrl": "http://service.test/../../../x.mp3"} for clip_id in clip_ids]  # fmt: skip
            return reply({"taskId": task_id, "status": "SUCCESS", "response": {"taskId": task_id, "sunoData": clips}})
        return HttpReply(status=200, body=audio) if request.path.endswith(".mp3") else reply(1000.0)

    root = tmp_path / "deep" / "session"
    with hurried_session(root, service) as session:
        task = session.generate("../../../x", title="../../../../tmp/x", **PIANO)
        assert {clip.clip_id for clip in task.clips} == set(clip_ids)
        session.export(tmp_path / "deep" / "dataset", only=("audio", "parquet"))
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert all(path.is_relative_to(tmp_path / "deep") for path in written)
    assert not [path for path in written if "passwd" in path.name and path.suffix == ""]


def test_part_files_are_named_by_digests_only(tmp_path: Path) -> None:
    part = BlobStore(tmp_path).temporary("0123abcd-0123456789abcdef01234567-89abcdef")
    assert part.parent == tmp_path / "audio" / ".parts"


# ── processes ────────────────────────────────────────────────────────────────────────────────────────────────────────
STUDY = """
import sys, time
from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
settings = EmulatorSettings(latency_s=float(sys.argv[2]), default_duration_s=3.0, rate_limit=None)
session = SunoSession(sys.argv[1], "emulator", emulator=settings, songs=PlainSongs(), progress=False)
job = session.submit_generate("a tune", model="V5", instrumental=True)
while job.task_id is None and not job.done():
    time.sleep(0.01)
print(job.task_id, flush=True)
print(job.result().status, flush=True)
"""


@contextmanager
def study(folder: Path, latency_s: float) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", STUDY, str(folder), str(latency_s)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_a_killed_process_is_continued_with_the_same_task(tmp_path: Path) -> None:
    """Killed while the embedded emulator's task is pending; the reopened folder brings it to its end, paid once."""
    with study(tmp_path, latency_s=3600.0) as process:
        assert process.stdout is not None
        task_id = process.stdout.readline().strip()
        process.send_signal(signal.SIGKILL)
        process.wait()
    later = LaterClock(7200.0)
    with embedded(tmp_path, emulator=None, clock=later) as session:
        assert [task.task_id for task in session.open_tasks] == [task_id]
        assert [task.status for task in session.resume()] == ["SUCCESS"]
        assert session.generate("a tune", **PIANO).task_id == task_id
        assert session.requests["attempts_n"].tolist() == [1]
    with sqlite3.connect(f"file:{tmp_path / 'emulator' / 'emulator.db'}?mode=ro", uri=True) as con:
        assert con.execute("select count(*) from ledger where credits > 0").fetchone() == (1,)
    con.close()


class LaterClock:
    """This machine's time, some seconds later."""

    def __init__(self, by_s: float) -> None:
        self.by_s = by_s

    def __call__(self) -> float:
        import time

        return time.time() + self.by_s


def test_two_processes_on_one_folder_see_the_same(tmp_path: Path) -> None:
    with embedded(tmp_path) as here, study(tmp_path, latency_s=0.0) as there:
        assert there.stdout is not None
        task_id = there.stdout.readline().strip()
        assert there.stdout.readline().strip() == "SUCCESS"
        assert here.generate("a tune", **PIANO).task_id == task_id
        assert here.df["task_id"].tolist() == [task_id] * 2
        assert here.requests["attempts_n"].tolist() == [1]
        own = here.generate("another tune", **PIANO)
        assert {task_id, own.task_id} == set(here.tasks.index)


def test_growing_files_of_the_living_stay_and_of_the_dead_go(tmp_path: Path) -> None:
    with hurried_session(tmp_path, lambda request: reply(1000.0)) as session:
        session.balance()
        mine = BlobStore(tmp_path).temporary(f"{session._store.owner}-download")
        dead = BlobStore(tmp_path).temporary(f"{'0' * 16}-download")
        for part in (mine, dead):
            part.write_bytes(b"ID3")
        with hurried_session(tmp_path, lambda request: reply(1000.0)):
            assert (mine.exists(), dead.exists()) == (True, False)


@pytest.mark.skipif(os.name == "nt", reason="no such locks there")
def test_a_sign_of_life_is_never_seen_without_its_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks at any moment between the making of the sign and its lock sees no sign, or a living one."""
    seen: list[tuple[bool, bool]] = []
    flock = locks.fcntl.flock

    def looked_at(handle: Any, operation: int) -> None:
        if not seen:
            seen.append((False, False))  # the look itself locks
            alive = tmp_path / "me.alive"
            seen.append((alive.exists(), Presence.is_alive(tmp_path, "me")))
        flock(handle, operation)

    monkeypatch.setattr(locks.fcntl, "flock", looked_at)
    sign = Presence(tmp_path, "me")
    assert seen[1] == (False, False)
    assert Presence.is_alive(tmp_path, "me")
    sign.end()
    assert list(tmp_path.iterdir()) == []


def test_a_call_of_a_killed_process_is_at_risk_and_not_repeated(tmp_path: Path) -> None:
    """Killed between the intent and the answer."""
    posts: list[HttpRequest] = []

    def service(request: HttpRequest) -> HttpReply:
        posts.extend([request] if request.method == "POST" else [])
        return reply(1000.0)

    with hurried_session(tmp_path, service) as session:
        session.balance()
        leave_sent(session)
    with hurried_session(tmp_path, service) as again:
        with pytest.raises(OutcomeUnknown):
            again.generate("a tune", **PIANO)
        assert again.unresolved()["credits_at_risk"].tolist() == [12.0]
    assert posts == []


def leave_sent(session: SunoSession) -> None:
    """A request as a process leaves it that dies while the answer is on its way."""
    from suno_lab.api.music import Generate
    from suno_lab.store import requests as ledger

    request = Generate(description="a tune", instrumental=True, model="V5")
    draft = ledger.Draft(request=request, service="http://service.test", credits_estimated=12.0)
    row = ledger.record(session.journal, draft, now=1.0)
    assert ledger.mark_sent(session.journal, row.request_id, owner="dead", body=b"{}", now=2.0, max_credits=None)
