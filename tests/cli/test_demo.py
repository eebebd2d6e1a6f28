"""The main job, end to end, with real songs: what a newcomer's first command does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from suno_lab.calibration import octave_ratio
from suno_lab.cli import main
from suno_lab.exports import verify
from suno_lab.session import SunoSession


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def told(out: Path) -> dict[str, Any]:
    import contextlib
    import io

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["demo", "--out", str(out), "--json"]) == 0
    return dict(json.loads(said.getvalue()))


def test_every_clip_is_music_that_keeps_to_its_words(told: dict[str, Any]) -> None:
    clips = told["clips"]
    assert len(clips) == 12
    assert all(20 <= clip["duration_s"] <= 40 for clip in clips)
    in_tempo = [octave_ratio(clip["tempo_bpm"], clip["requested_tempo_bpm"]) in (0.5, 1.0, 2.0) for clip in clips]
    in_key = [clip["musical_key"] == clip["requested_key"] for clip in clips]
    assert sum(in_tempo) >= 10
    assert sum(in_key) >= 10
    assert {clip["model"] for clip in clips} == {"V4_5 (emulated)", "V5 (emulated)"}


def test_report_plots_and_data_set_are_there(told: dict[str, Any]) -> None:
    assert "emulated – not Suno" in Path(told["report"]).read_text(encoding="utf-8")
    assert verify(told["dataset"]) == []
    assert len(told["plots"]) == 4
    assert all(Path(plot).stat().st_size > 5_000 for plot in told["plots"])


def test_the_same_demo_again_asks_for_nothing(told: dict[str, Any], out: Path) -> None:
    with SunoSession(out / "first-study", progress=False) as session:
        before = len(session.exchanges), len(session.requests)
    assert main(["demo", "--out", str(out), "--json"]) == 0
    with SunoSession(out / "first-study", progress=False) as session:
        assert (len(session.exchanges), len(session.requests)) == before
        assert "not enough prompts" in session.compare("tempo_bpm").verdict
