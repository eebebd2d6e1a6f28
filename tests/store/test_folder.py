"""The folder: bound once, and who is at work in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from suno_lab.errors import StoreError
from suno_lab.store import Binding, SessionFolder

KIE = Binding(service="kie", base_url="https://api.kie.ai", profile="kie")

PRESENT = """
import sys, time
from suno_lab.store import SessionFolder
folder = SessionFolder(sys.argv[1])
sys.stdout.write(folder.present() + "\\n")
sys.stdout.flush()
sys.stdin.read()
"""


def test_a_folder_is_bound_once(folder: SessionFolder) -> None:
    assert folder.is_new
    assert folder.binding() is None
    folder.bind(KIE)
    folder.bind(Binding(service="sunoapi", base_url="https://api.sunoapi.org", profile="sunoapi"))
    assert folder.binding() == KIE
    again = SessionFolder(folder.path)
    assert not again.is_new
    again.close()


def test_facts_are_kept_and_replaced(folder: SessionFolder) -> None:
    assert folder.fact("x") is None
    folder.keep_fact("x", {"a": 1})
    folder.keep_fact("x", {"a": 2})
    assert folder.fact("x") == {"a": 2}


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(b"ID3")
    with pytest.raises(StoreError, match="a session is a folder"):
        SessionFolder(tmp_path / "song.mp3")


def test_a_killed_process_is_not_alive(folder: SessionFolder) -> None:
    assert folder.is_alive(folder.present())
    command = [sys.executable, "-c", PRESENT, str(folder.path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    name = process.stdout.readline().strip()
    assert folder.is_alive(name)
    process.kill()
    process.communicate()
    assert not folder.is_alive(name)
    assert not folder.is_alive("never-was")
    assert not folder.is_alive(None)


def test_what_dead_processes_left_is_swept_and_what_lives_is_not(folder: SessionFolder) -> None:
    mine = folder.present()
    parts = folder.path / "audio" / ".parts"
    parts.mkdir(parents=True)
    kept = [parts / f"{mine}-abc.part", parts / "someone-elses.part"]
    gone = [parts / f"{'0' * 16}-abc.part", folder.path / ".owners" / f"{'0' * 16}.alive"]
    for file in (*kept, *gone):
        file.write_bytes(b"x")
    folder.sweep()
    assert all(file.exists() for file in kept)
    assert not any(file.exists() for file in gone)
    assert folder.is_alive(mine)
