from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.widgets.listening.material import ClipsOnDisk


@pytest.fixture
def session(tmp_path: Path) -> Iterator[ClipsOnDisk]:
    made = ClipsOnDisk(tmp_path)
    yield made
    made.close()
