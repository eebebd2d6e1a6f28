"""A session against an emulator over HTTP: the same road with sockets, keys and a served service."""

from __future__ import annotations

import logging
import multiprocessing
import os
import traceback
from collections.abc import Iterator

import pytest

from suno_lab import SunoSession
from suno_lab.emulator import Emulator, EmulatorSettings, PlainSongs, running
from suno_lab.errors import NotSent, ReadOnlySession, SunoLabError, Unauthorized
from suno_lab.settings import Settings

KEY = "sk-canary-9876543210"
TUNE = {"instrumental": True, "model": "V5"}


@pytest.fixture
def address(tmp_path) -> Iterator[str]:
    settings = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None)
    emulator = Emulator(tmp_path / "service", settings, api_key=KEY, songs=PlainSongs())
    with running(emulator) as base:
        yield base
    emulator.close()


def test_a_song_over_http_is_marked_by_what_the_service_says(open_session, address) -> None:
    session = open_session(service=None, base_url=address, api_key=KEY)
    task = session.generate("a tune", **TUNE)
    assert session.service == address
    assert session.emulated
    assert session.df["service"].tolist() == ["emulator", "emulator"]
    assert task.clips[0].model == "V5 (emulated)"
    assert task.clips[0].path.is_file()
    assert session.balance() == 988.0


def test_a_wrong_key_is_one_clear_error_and_a_row(open_session, address) -> None:
    session = open_session(service=None, base_url=address, api_key="sk-wrong")
    with pytest.raises(Unauthorized, match="check the key"):
        session.generate("a tune", **TUNE)
    assert session.requests["state"].tolist() == ["REFUSED"]
    assert session.requests["credits"].tolist() == [0.0]


def test_nobody_there_is_never_sent(open_session) -> None:
    session = open_session(service=None, base_url="http://127.0.0.1:9", api_key=KEY)
    with pytest.raises(NotSent, match="never reached"):
        session.generate("a tune", **TUNE)
    assert session.requests["state"].tolist() == ["REFUSED"]
    assert session.unresolved().empty


def test_the_folder_needs_its_key_again(open_session, address) -> None:
    open_session(service=None, base_url=address, api_key=KEY).close()
    with pytest.raises(ReadOnlySession, match="SUNO_LAB_API_KEY"):
        open_session(service=None).generate("a tune", **TUNE)
    settings = Settings.from_environment({"SUNO_LAB_API_KEY": KEY})
    assert open_session(service=None, settings=settings).generate("a tune", **TUNE).status == "SUCCESS"


def test_the_key_is_nowhere(open_session, address, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    session = open_session(service=None, base_url=address, api_key=KEY)
    task = session.generate("a tune", **TUNE)
    session.analyze("level")
    shown = [repr(session), repr(task), task._repr_html_(), session._repr_html_(), session.exchanges.to_csv()]
    try:
        session.generate("forbidden-word", **TUNE)
    except SunoLabError as problem:
        report = traceback.TracebackException.from_exception(problem, capture_locals=True)
        shown.append("".join(report.format()))
    exported = session.export(session.folder.parent / "set")
    session.close()
    assert not [text for text in (*shown, caplog.text) if KEY in text]
    kept = [file for root in (session.folder, exported) for file in root.rglob("*") if file.is_file()]
    assert not [file for file in kept if KEY.encode() in file.read_bytes()]
    modes = {file.stat().st_mode & 0o777 for file in session.folder.rglob("*") if file.is_file()}
    assert modes == {0o600}


def _in_the_child(session: SunoSession, answers: multiprocessing.Queue) -> None:
    answers.put(session.generate("a child's tune", **TUNE).status)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_child_goes_on_with_connections_of_its_own(open_session, address) -> None:
    session = open_session(service=None, base_url=address, api_key=KEY)
    session.generate("a tune", **TUNE)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_in_the_child, args=(session, answers))
    child.start()
    assert answers.get(timeout=60) == "SUCCESS"
    child.join(60)
    assert session.generate("a third tune", **TUNE).status == "SUCCESS"
    assert len(session.requests) == 3
