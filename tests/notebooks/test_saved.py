"""What is left of a session in a notebook that was saved without widgets: small, and to be read and heard."""

from __future__ import annotations

import re

import nbformat
import nbformat.v4 as v4
import pytest
from nbclient import NotebookClient

SETUP = """
from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
quick = EmulatorSettings(latency_s=0.0, default_duration_s=3.0, rate_limit=None)
session = SunoSession("songs", service="emulator", emulator=quick, songs=PlainSongs())
"""
SONGS_N = 10


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of a notebook that asked for ten sung songs and showed each."""
    lyrics = "\\n".join(f"[Verse {i}]\\nSlow tide, come in over the dark sand" for i in range(1, 7))
    asks = [f"session.generate(lyrics='{lyrics}', style='folk', title='Tide {i}')" for i in range(SONGS_N)]
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code) for code in (SETUP, *asks, "session.df")])
    folder = tmp_path_factory.mktemp("saved")
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute()  # fmt: skip
    return str(nbformat.writes(notebook))


def test_ten_songs_stay_small(saved: str) -> None:
    assert len(saved.encode()) < 200_000
    assert "application/vnd.jupyter.widget-view+json" not in saved


def test_every_clip_is_there_to_be_heard_where_the_notebook_lies(saved: str) -> None:
    sources = re.findall(r'<audio[^>]* src=\\"([^"\\]+)\\"', saved)
    assert len(set(sources)) == 2 * SONGS_N
    assert all(re.fullmatch(r"songs/[\w./-]+\.mp3", source) for source in sources)
    assert saved.count("data:image/png;base64,") == 2 * SONGS_N


def test_the_words_can_be_read(saved: str) -> None:
    assert saved.count("<summary>lyrics</summary>") == 2 * SONGS_N
    assert "emulated – not Suno" in saved
