"""What the doctor says about session folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from suno_lab import SunoSession
from suno_lab.api.music import Generate
from suno_lab.cli import main
from suno_lab.client.receiver import receivers_of, spawn
from suno_lab.store import requests as ledger
from suno_lab.store.requests import Draft, RequestState


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A session with one call whose outcome nobody knows."""
    with SunoSession(tmp_path / "songs", "emulator", progress=False) as session:
        draft = Draft(request=Generate(description="a tune"), service="emulator", credits_estimated=12.0)
        row = ledger.record(session.journal, draft, now=1.0)
        ledger.mark(session.journal, row.request_id, RequestState.NEEDS_USER, now=2.0)
        return session.folder


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    main(["doctor", "--json", *arguments])
    return {check["name"].strip(): check for check in json.loads(capsys.readouterr().out)}


def test_unresolved_requests_are_listed_with_the_credits_at_risk(folder: Path, capsys) -> None:
    checks = told(capsys, str(folder))
    [open_one] = [check for check in checks.values() if check["state"] == "open"]
    assert "generate, 12 credits at risk" in open_one["found"]
    assert "resolve" in open_one["advice"]
    assert checks["receivers"]["found"] == "none listen"


def test_receivers_are_listed_while_they_listen(folder: Path, capsys) -> None:
    with spawn(folder) as receiver:
        assert told(capsys, str(folder))["receivers"]["found"] == receiver.address
        receiver.process.kill()
        receiver.process.wait()
        assert receivers_of(folder) == []


def test_a_folder_without_a_session_is_wrong_and_stays_as_it_is(tmp_path: Path, capsys) -> None:
    assert main(["doctor", str(tmp_path)]) == 1
    assert "no session" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []
