from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
from suno_lab.widgets import matrix
from suno_lab.widgets.grids import attenuations_db, grid, with_unit
from tests.widgets.sessions import MeasuredSession

DF = pd.DataFrame(
    {
        "clip_id": ["a", "b", "c", None],
        "title": ["Sea", "Sea", "Sand", None],
        "service": ["emulator", "kie", "kie", "kie"],
        "description": ["calm piano", None, None, "failed"],
        "style": [None, "folk", "folk", None],
        "model_requested": ["V5", "V5", "V4", "V5"],
        "sibling": pd.array([0, 1, pd.NA, pd.NA], dtype="Int64"),
        "requested_key": ["D minor", None, None, None],
        "tempo_bpm": [92.31, None, 120.0, None],
        "requested_tempo_bpm": [90.0, None, None, None],
        "loudness_integrated_lufs": [-14.0, -20.0, None, None],
    }
)


@pytest.fixture
def session(tone_mp3: Path) -> MeasuredSession:
    loud = {"a": -12.0, "b": -18.0}
    return MeasuredSession({"a": tone_mp3, "b": tone_mp3}, loudness_lufs=loud, tempo_bpm=[90.0, 120.0])


def test_what_a_session_was_asked_stands_on_its_clips(tmp_path: Path) -> None:
    quick = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None)
    with SunoSession(tmp_path, "emulator", emulator=quick, songs=PlainSongs(), progress=False) as session:
        session.generate(style="folk, 92 bpm, in A minor", title="Tide", instrumental=True)
        shown = matrix(session)
    asked = [{chip["name"]: chip["asked"] for chip in clip["chips"]} for clip in shown.clips]
    assert [(chips["tempo_bpm"], chips["musical_key"]) for chips in asked] == [("92 bpm", "A minor")] * 2


def test_clips_stand_where_prompt_and_model_meet() -> None:
    made = grid(DF, rows="prompt", columns="model")
    assert (made.rows, made.columns) == (["calm piano", "folk"], ["V5", "V4"])
    assert [(clip["clip_id"], clip["row"], clip["column"]) for clip in made.clips] == [
        ("a", 0, 0),
        ("b", 1, 0),
        ("c", 1, 1),
    ]


def test_what_is_odd_with_a_file_stands_on_its_clip(session: MeasuredSession) -> None:
    odd, plain = matrix(session).clips
    assert (odd["finding"], plain["finding"]) == ("the file holds 1:02, the service says 2:03", "")


def test_a_clip_says_what_it_is_and_what_was_asked() -> None:
    first, second, third = grid(DF, rows="take", columns="model").clips
    assert (first["title"], first["name"], first["emulated"]) == ("Sea", "V5 (emulated) · take 1", True)
    assert first["chips"][0] == {"name": "tempo_bpm", "text": "92.31 bpm", "asked": "90 bpm", "value": 92.31}
    assert first["chips"][1] == {"name": "musical_key", "text": "?", "asked": "D minor", "value": None}
    assert [chip["name"] for chip in second["chips"]] == ["loudness_integrated_lufs"]
    assert third["name"] == "V4"


def test_loudness_is_matched_by_turning_down_only() -> None:
    assert attenuations_db([-14.0, -20.0, None, float("nan"), -99.0]) == [-6.0, 0.0, 0.0, 0.0, 0.0]
    assert attenuations_db([]) == []
    assert [clip["gain_db"] for clip in grid(DF, rows="prompt", columns="model").clips] == [-6.0, 0.0, 0.0]


def test_a_column_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="no column 'mood'"):
        grid(DF, rows="mood", columns="model")


def test_no_clips_are_an_empty_grid() -> None:
    assert grid(DF.iloc[:0], rows="prompt", columns="model").clips == []


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("duration_s", 92.4, "1:32"),
        ("loudness_integrated_lufs", -14.26, "−14.26 LUFS"),
        ("musical_key", "Eb minor", "Eb minor"),
        ("truncated", True, "True"),
        ("repetition", 0.5, "0.5"),
    ],
)
def test_values_are_read_with_their_unit(name: str, value: Any, text: str) -> None:
    assert with_unit(name, value) == text


def test_what_is_not_yet_measured_is_measured_and_the_note_says_emulated(session: MeasuredSession) -> None:
    shown = matrix(session)
    assert session.measured
    assert [clip["gain_db"] for clip in shown.clips] == [-6.0, 0.0]
    assert shown.note == "emulated – not Suno"


def test_new_clips_appear_when_the_page_looks(session: MeasuredSession, tone_mp3: Path) -> None:
    shown = matrix(session)
    session.paths["c"], session.loudness_lufs["c"] = tone_mp3, -10.0
    session.columns["tempo_bpm"].append(70.0)
    shown.behind._receive(shown, {"type": "look"}, [])
    assert [clip["clip_id"] for clip in shown.clips] == ["a", "b", "c"]


def test_sound_is_sent_on_demand_for_its_own_clips_only(
    session: MeasuredSession, tone_mp3: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    shown = matrix(session)
    monkeypatch.setattr(type(shown), "send", lambda self, content, buffers=None: sent.append((content, buffers)))
    shown.behind._receive(shown, {"type": "sound", "clip_id": "a"}, [])
    shown.behind._receive(shown, {"type": "sound", "clip_id": "../../etc/passwd"}, [])
    assert sent[0] == ({"clip_id": "a", "type": "sound"}, [tone_mp3.read_bytes()])
    assert sent[1][0]["type"] == "no sound"


def test_stars_and_notes_are_kept_and_come_back(session: MeasuredSession) -> None:
    shown = matrix(session, rater="ann", clock=lambda: 5.0)
    shown.stars = ["a"]
    shown.notes = {"b": "too loud"}
    shown.stars = []
    assert [
        (row["scale"], row["clip_id"], row["value"], row["note"], row["at"]) for row in session.journal.written
    ] == [
        ("star", "a", 1.0, None, 5.0),
        ("remark", "b", None, "too loud", 5.0),
        ("star", "a", 0.0, None, 5.0),
    ]
    again = matrix(session, rater="ann")
    assert (again.stars, again.notes) == ([], {"b": "too loud"})


def test_a_misspelled_keyword_is_an_error(session: MeasuredSession) -> None:
    with pytest.raises(TypeError, match="did you mean 'sort'"):
        matrix(session, srt="tempo_bpm")
