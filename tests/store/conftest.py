"""A journal of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from suno_lab.store import Journal, SessionFolder


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "session.db")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[SessionFolder]:
    made = SessionFolder(tmp_path / "songs")
    yield made
    made.close()
