"""Notebooks as "Run All" runs them: every cell queued at once.

Runners such as nbclient send one cell at a time and cannot see a patched event loop drop the queue; this test can.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
PATIENCE_S = 240


def code_cells(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[BlockingKernelClient]:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(tmp_path))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run_queued(client: BlockingKernelClient, cells: list[str]) -> list[dict[str, Any]]:
    """Queue every cell at once; the replies' contents in the order of the cells."""
    waiting = {client.execute(cell, stop_on_error=True): number for number, cell in enumerate(cells)}
    replies: list[dict[str, Any]] = [{"status": "no reply"}] * len(cells)
    deadline = time.monotonic() + PATIENCE_S
    while waiting and time.monotonic() < deadline:
        message = client.get_shell_msg(timeout=max(0.1, deadline - time.monotonic()))
        number = waiting.pop(message["parent_header"].get("msg_id"), None)
        if number is not None:
            replies[number] = message["content"]
    return replies


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_queued_cell_answers(path: Path, kernel: BlockingKernelClient, tmp_path: Path) -> None:
    shutil.copytree(path.parent, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("studies", ".*"))
    cells = code_cells(path)
    replies = run_queued(kernel, cells)
    problems = [
        (cell, reply.get("ename"), reply.get("evalue"), "\n".join(reply.get("traceback", ())))
        for cell, reply in zip(cells, replies, strict=True)
        if reply["status"] != "ok"
    ]
    assert not problems


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_small_plain_and_stateless(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = "\n".join(code_cells(path))
    assert "widgets" not in notebook["metadata"]
    assert path.stat().st_size < 500_000
    assert "\ndef " not in f"\n{code}"
    assert "\nclass " not in f"\n{code}"
    assert 'service="emulator"' in code
