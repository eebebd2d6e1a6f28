"""A canary for a key, through a session's whole life: it must be found nowhere but in the header that carries it."""

from __future__ import annotations

import io
import logging
import pickle
import socket
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from suno_lab import SunoSession
from suno_lab.emulator import Emulator, EmulatorSettings, PlainSongs, running
from suno_lab.errors import SunoLabError
from suno_lab.settings import Secret
from suno_lab.transport import HttpTransport, Timeouts

CANARY = "sk-canary-5f3c9a71d2"
PIANO = {"model": "V5", "instrumental": True}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[str]:
    """The emulator over HTTP, with the canary for its key."""
    settings = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None)
    with (
        Emulator(tmp_path / "service", settings, api_key=CANARY, songs=PlainSongs()) as emulator,
        running(emulator) as url,
    ):
        yield url


def found_in(folder: Path) -> list[str]:
    """Files below a folder with the canary in them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [str(path) for path in files if CANARY.encode() in path.read_bytes()]


def shown(problem: BaseException) -> str:
    """An error as a notebook shows it, the values of local variables included."""
    from IPython.core.ultratb import VerboseTB

    with_locals = traceback.TracebackException.from_exception(problem, capture_locals=True)
    verbose = VerboseTB(include_vars=True)
    return "".join(with_locals.format()) + verbose.text(type(problem), problem, problem.__traceback__)


def raised(call: Any) -> str:
    """What a failing call shows."""
    try:
        call()
    except SunoLabError as problem:
        return shown(problem)
    raise AssertionError("it was meant to fail")


def test_the_canary_is_found_nowhere(service: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    root, before = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        texts = live(service, tmp_path)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    said = capfd.readouterr()
    assert "httpx" in logged.getvalue() or "HTTP" in logged.getvalue()  # the library did log
    assert any("HttpRequest(method=" in text for text in texts)  # values of local variables were shown
    assert not [text[:200] for text in [*texts, logged.getvalue(), said.out, said.err] if CANARY in text]
    assert found_in(tmp_path) == []


def live(service: str, tmp_path: Path) -> list[str]:
    """Everything a session does, and everything it shows while it does."""
    with SunoSession(tmp_path / "session", service, api_key=CANARY, progress="log") as session:
        task = session.generate("a tune", **PIANO)
        clip = task.clips[0]
        task.clips[0].timed_lyrics()
        session.analyze("integrity")
        session.export(tmp_path / "dataset")
        session.report(tmp_path / "report.html")
        session.compact(tmp_path / "parquet")
        session.snapshot(tmp_path / "snapshot.db")
        line = session._line()
        things = [session, task, clip, line, line.account, line.asker, line.transport, session._choice, line.sender]
        texts = [text for thing in things for text in (repr(thing), str(thing), repr(vars(thing)))]
        texts += [thing._repr_html_() for thing in (session, task, clip)]
        texts += [getattr(session, name).to_csv() for name in ("df", "requests", "exchanges", "events", "credits")]
        texts.append(raised(lambda: session.generate("a forbidden-word", **PIANO)))
        texts.append(raised(lambda: session.generate("")))
        with pytest.raises(TypeError):
            pickle.dumps(session)
        with pytest.raises(TypeError):
            pickle.dumps(line.account)
    texts += broken_lines(service, tmp_path)
    return texts


def broken_lines(service: str, tmp_path: Path) -> list[str]:
    """Errors of the wire: an answer that never comes, nobody there, a key that is refused."""
    texts = []
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        hurried = HttpTransport(timeouts=Timeouts(read_s=0.2))
        with SunoSession(tmp_path / "mute", url, api_key=CANARY, transport=hurried, progress=False) as session:
            texts.append(raised(lambda: _ask_once(session)))
    with SunoSession(tmp_path / "nobody", url, api_key=CANARY, progress=False) as session:
        texts.append(raised(lambda: _ask_once(session)))
    with SunoSession(tmp_path / "wrong", service, api_key=CANARY + "x", progress=False) as session:
        texts.append(raised(lambda: session.generate("a tune", **PIANO)))
    return texts


def _ask_once(session: SunoSession) -> None:
    from suno_lab.client.calls import plain_get
    from suno_lab.client.loop import io_loop

    line = session._line()
    http = plain_get(f"{line.account.base_url}{line.account.host.credit_path}", line.account)
    io_loop().run(line.asker.send(http))


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret(CANARY)
    assert CANARY not in f"{secret} {secret!r} {secret!s} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert not hasattr(secret, "__dict__")
