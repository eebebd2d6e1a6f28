"""The service's own quickstart, in Node with ``fetch``, against the emulator over HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from suno_lab.emulator import Emulator, EmulatorSettings, PlainSongs, running
from tests.emulator_clients.conftest import KEY

SCRIPT = Path(__file__).with_name("quickstart.mjs")
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="not run: there is no node on this machine")
def test_the_whole_flow(tmp_path: Path) -> None:
    settings = EmulatorSettings(latency_s=0.2, rate_limit=(2, 1.0), credits=120.0)
    with (
        Emulator(tmp_path / "data", settings, api_key=KEY, songs=PlainSongs(most_s=3.0)) as emulator,
        running(emulator) as base_url,
    ):
        ran = subprocess.run([str(NODE), str(SCRIPT), base_url, KEY], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stdout)
    assert report.pop("audio")[0] in (0xFF, ord("I"))
    assert 2 <= report.pop("lyrics") <= 3
    assert report == {
        "tracks": 2, "parent": True, "style": True, "wav": "RIFF", "stems": True, "video": "ftyp", "invalid": 422,
        "noCallback": 422, "malformed": 400, "backedOff": True, "broke": 402,
        "callbacks": ["text", "first", "complete"], "callbackTask": True,
    }  # fmt: skip
