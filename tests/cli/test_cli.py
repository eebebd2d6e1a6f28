"""The command line: help that teaches, exit codes that mean something, JSON that is only JSON."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from suno_lab.cli import commands, main
from suno_lab.exports._checksums import write_sums


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    folder = tmp_path / "songs"
    folder.mkdir()
    time_s = np.arange(5 * 22050) / 22050
    soundfile.write(folder / "tone.wav", 0.2 * np.sin(2 * np.pi * 220 * time_s), 22050)
    (folder / "broken.mp3").write_bytes(b"this is no audio" * 10)
    return folder


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_has_help_that_names_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([name, "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert f"usage: suno-lab {name}" in text
    assert len(text.splitlines()) > 6


def test_no_command_and_an_unknown_one_are_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["sing"]):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 2
    assert "analyze" in capsys.readouterr().err


def test_analyze_writes_a_row_for_every_file(songs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = songs.parent / "out" / "t.csv"
    assert main(["analyze", str(songs), "--out", str(target)]) == 0
    table = pd.read_csv(target)
    assert len(table) == 2
    assert table["error"].notna().sum() == 1
    good = table[table["error"].isna()].iloc[0]
    assert good["duration_s"] == pytest.approx(5.0)
    assert Path(good["path"]).name == "tone.wav"
    said = capsys.readouterr()
    assert "2 rows" in said.out
    assert "1 files measured, 1 not" in said.out
    assert "not measured: " in said.err


def test_analyze_prints_json_and_nothing_else(songs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(songs / "tone.wav"), "--families", "level", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [Path(row["path"]).name for row in rows] == ["tone.wav"]


def test_analyze_of_nothing_readable_fails(songs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(songs / "broken.mp3")]) == 1
    assert "broken.mp3" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--families", "rythm"], "unknown family rythm, expected some of"),
        (["--excerpt", "5,x"], "expected two times in seconds"),
        (["--jobs", "0"], "at least 1"),
        (["--jobs", "2", "--dask", "tcp://x"], "ask for one of the two"),
        (["--out", "/proc/nowhere/t.csv"], "--out '/proc/nowhere/t.csv'"),
        (["no/such/song.mp3"], "there is no file or folder 'no/such/song.mp3'"),
    ],
)
def test_analyze_refuses_before_it_measures(
    options: list[str], said: str, songs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("suno_lab.features.analyze", lambda *given, **options: pytest.fail("it measured"))
    try:
        code = main(["analyze", str(songs), *options])
    except SystemExit as stop:
        code = stop.code
    assert code == 2
    assert said in capsys.readouterr().err


def test_analyze_writes_beats_and_a_short_table(songs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    beats = songs.parent / "deep" / "beats.csv"
    assert main(["analyze", str(songs), "--families", "rhythm,file", "--beats", str(beats)]) == 0
    assert list(pd.read_csv(beats)) == ["path", "time_s"]
    shown = capsys.readouterr().out
    assert "tone.wav" in shown
    assert "NA" not in shown


def test_analyze_of_an_empty_folder_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(tmp_path)]) == 1
    assert "no audio file in" in capsys.readouterr().err


def test_analyze_lists_the_families(songs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(songs), "--families", "help"]) == 0
    assert "tempo_bpm" in capsys.readouterr().out


def test_analyze_refuses_a_table_it_cannot_write(songs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(songs), "--out", "t.xlsx"]) == 2
    assert "expected a name ending in .csv or .parquet" in capsys.readouterr().err


def test_verify_finds_a_changed_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("a")
    write_sums(tmp_path)
    assert main(["verify", str(tmp_path)]) == 0
    (tmp_path / "a.txt").write_text("b")
    capsys.readouterr()
    assert main(["verify", str(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"findings": ["changed: a.txt"]}


@pytest.mark.parametrize("name", ["export", "report", "verify"])
def test_a_session_that_is_not_there_is_misuse(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [name, str(tmp_path / "nowhere")] + ([str(tmp_path / "out")] if name == "export" else [])
    assert main(arguments) == 2
    assert "there is no session folder" in capsys.readouterr().err


def test_doctor_never_shows_a_key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("KIE_API_KEY", "sk-canary-1234567890")
    assert main(["doctor", "--json"]) == 0
    text = capsys.readouterr().out
    assert "canary" not in text
    checks = {check["name"]: check for check in json.loads(text)}
    assert checks["service by default"]["found"] == "kie"
    assert re.match(r"\d+\.\d+", checks["python"]["found"])
