"""A small session as exporters see it: two prompts, two models, one failed request, one hostile title."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile

from suno_lab.exports import SessionView

HOSTILE = '<img src=x onerror="alert(1)">=1+1 $x$'


def clips_frame(folder: Path) -> pd.DataFrame:
    rows = []
    for number, (prompt, model) in enumerate([("p1", "V4_5"), ("p1", "V5"), ("p2", "V4_5"), ("p2", "V5")]):
        for sibling in range(2):
            path = folder / f"audio-{number}-{sibling}.wav"
            soundfile.write(path, np.sin(np.arange(2205) / 5) * 0.1, 22050)
            rows.append(
                {
                    "clip_id": f"c{number}{sibling}", "task_id": f"t{number}", "prompt_id": prompt, "sibling": sibling,
                    "model_requested": model, "model_reported": "chirp", "service": "emulator", "status": "SUCCESS",
                    "title": HOSTILE if number == 0 else "=SUM(A1)", "path": path.name, "duration_s": 0.1,
                    "tempo_bpm": 100.0 + number + sibling, "loudness_integrated_lufs": -14.0 - number,
                    "requested_at": pd.Timestamp("2026-01-02", tz="UTC"), "error": None,
                }
            )  # fmt: skip
    rows.append({**rows[-1], "clip_id": None, "task_id": "t9", "path": None, "status": "FAILED", "error": "refused"})
    texts = ["clip_id", "task_id", "prompt_id", "model_requested", "service", "status", "title", "path", "error"]
    return pd.DataFrame(rows).astype(dict.fromkeys(texts, "string"))


@pytest.fixture
def view(tmp_path: Path) -> SessionView:
    folder = tmp_path / "session"
    folder.mkdir()
    clips = clips_frame(folder)
    words = pd.DataFrame(
        {"clip_id": ["c00", "c00"], "start_s": [0.0, 0.04], "end_s": [0.03, 0.09], "word": ["=slow", "tide"]}
    ).astype({"clip_id": "string", "word": "string"})
    requests = pd.DataFrame({"request_id": ["r1"], "request": ['{"style": "pop"}'], "status": ["SUCCESS"]})
    frames = {"clips": clips, "words": words, "requests": requests.astype("string")}
    return SessionView(name="first", folder=folder, service="emulator", emulated=True, frames=frames)
