"""What the tests of families share: making a product, and hearing it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import soundfile

from suno_lab.api import operations


def samples_of(body: bytes) -> np.ndarray:
    return soundfile.read(io.BytesIO(body), dtype="float32", always_2d=True)[0]


def product(desk, name: str, body: dict[str, Any]) -> tuple[str, Any]:
    """Create, wait, look up."""
    operation = operations()[name]
    task_id = desk.create(operation.path, body)
    desk.wait(5)
    return task_id, desk.record(operation.record.path, task_id)


@pytest.fixture
def clip(desk):
    """Body fields that name a finished clip, and its track."""
    task_id, tracks = desk.finished()
    return {"taskId": task_id, "audioId": tracks[0]["id"]}, tracks[0]
