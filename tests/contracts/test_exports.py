"""Every format says what it is and writes files into the folder it is given, nowhere else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from suno_lab.exports import SessionView, formats
from suno_lab.session import SunoSession


@pytest.fixture
def empty_view(tmp_path: Path) -> SessionView:
    """A session in which nothing was asked yet: the schema without rows."""
    with SunoSession(tmp_path / "empty", "emulator", progress=False) as session:
        return session.view()


@pytest.mark.parametrize("name", formats())
def test_a_format_writes_an_empty_session(name: str, empty_view: SessionView, tmp_path: Path) -> None:
    module = formats()[name]
    assert module.SUMMARY
    folder = tmp_path / "out"
    folder.mkdir()
    written = module.write(empty_view, folder)
    assert all(folder in path.parents and path.is_file() for path in written)


def test_an_empty_table_has_the_columns_of_a_full_one(empty_view: SessionView, tmp_path: Path) -> None:
    formats()["parquet"].write(empty_view, tmp_path)
    columns = set(pd.read_parquet(tmp_path / "clips.parquet").columns)
    assert {"file_name", "model_requested", "tempo_bpm", "requested_tempo_bpm", "error"} <= columns
