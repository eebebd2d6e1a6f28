"""A session in a real kernel: cells queued all at once, loops inside the loop, and interrupts."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

PATIENCE_S = 120
SETUP = """
import asyncio, threading, time, warnings
import suno_lab
from suno_lab.emulator import EmulatorSettings, PlainSongs
ahead_s = [0.0]
session = suno_lab.SunoSession(
    "songs", "emulator", songs=PlainSongs(), clock=lambda: time.time() + ahead_s[0], progress="notebook",
    emulator=EmulatorSettings(latency_s={latency_s}, default_duration_s=3.0, rate_limit=None),
)
"""
QUICK, SLOW = SETUP.format(latency_s=0.0), SETUP.format(latency_s=1000.0)
#: says on its own when the service has accepted something
TELL = """
def tell():
    while not session.open_tasks:
        threading.Event().wait(0.02)
    print("accepted", flush=True)
threading.Thread(target=tell, daemon=True).start()
"""
#: leaves only the package that loses cells
HIDE = """
from suno_lab.client import nested
known = nested._version
nested._version = lambda name: () if name == "nest-asyncio2" else known(name)
"""


class Kernel:
    """A kernel of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder))
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def run_queued(self, *cells: str) -> list[dict[str, Any]]:
        """Queue every cell at once; what each answered, in order."""
        waiting = [self.client.execute(cell, stop_on_error=True) for cell in cells]
        return [self.reply(message_id) for message_id in waiting]

    def reply(self, message_id: str) -> dict[str, Any]:
        """The answer to one cell; cells are answered in order."""
        while True:
            message = self.client.get_shell_msg(timeout=PATIENCE_S)
            if message["parent_header"].get("msg_id") == message_id:
                return message["content"]

    def value(self, expression: str) -> Any:
        """The value of an expression over there."""
        answer = self.reply(self.client.execute("", user_expressions={"x": expression}, stop_on_error=False))
        assert answer["status"] == "ok", answer
        return ast.literal_eval(answer["user_expressions"]["x"]["data"]["text/plain"])

    def interrupted(self, cell: str) -> dict[str, Any]:
        """What a cell answers that is interrupted once the service has accepted its request."""
        message_id = self.client.execute(cell)
        while self.client.get_iopub_msg(timeout=PATIENCE_S)["content"].get("text", "").strip() != "accepted":
            continue
        self.manager.interrupt_kernel()
        answer = self.reply(message_id)
        while self.reply(self.client.execute("", stop_on_error=False))["status"] == "aborted":
            continue  # what comes in right after an error is turned away
        return answer

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    made = Kernel(tmp_path)
    yield made
    made.close()


def test_every_way_to_ask_works_in_queued_cells_beside_loops_of_ones_own(kernel: Kernel) -> None:
    replies = kernel.run_queued(
        QUICK,
        "allowed = suno_lab.allow_nested_loops()",
        "seven = asyncio.run(asyncio.sleep(0, 7))",
        "one = session.generate('one', instrumental=True)",
        "two = await session.agenerate('two', instrumental=True)",
        "three = session.submit_generate('three', instrumental=True).result()",
        "four = asyncio.run(session.agenerate('four', instrumental=True))",
        "five = await session.submit_generate('five', instrumental=True)",
    )
    assert [reply["status"] for reply in replies] == ["ok"] * 8, replies
    assert kernel.value("(allowed, seven)") == (True, 7)
    assert kernel.value("[task.status for task in (one, two, three, four, five)]") == ["SUCCESS"] * 5


def test_the_package_that_loses_cells_is_refused_and_no_cell_is_lost(kernel: Kernel) -> None:
    replies = kernel.run_queued(
        QUICK + HIDE,
        "with warnings.catch_warnings(record=True) as said:\n    allowed = suno_lab.allow_nested_loops()",
        "one = session.generate('one', instrumental=True)",
        "two = await session.agenerate('two', instrumental=True)",
        "three = session.submit_generate('three', instrumental=True).result()",
    )
    assert [reply["status"] for reply in replies] == ["ok"] * 5, replies
    assert kernel.value("allowed") is False
    assert "drops every queued cell" in kernel.value("str(said[0].message)")
    assert kernel.value("'nest_asyncio' in __import__('sys').modules") is False
    assert kernel.value("[task.status for task in (one, two, three)]") == ["SUCCESS"] * 3


@pytest.mark.skipif(sys.platform == "win32", reason="kernels are interrupted otherwise there")
@pytest.mark.parametrize(
    "cell",
    ["session.generate('slow', instrumental=True)", "await session.agenerate('slow', instrumental=True)"],
    ids=["blocking", "awaited"],
)
def test_an_interrupted_cell_leaves_a_task_that_can_be_resumed(kernel: Kernel, cell: str) -> None:
    kernel.run_queued(SLOW)
    reply = kernel.interrupted(f"{TELL}\n{cell}")
    assert reply["status"] == "error"
    assert reply["ename"] in ("KeyboardInterrupt", "CancelledError")
    assert kernel.value("session.requests['status'].tolist()") == ["INTERRUPTED"]
    assert kernel.value("len(session.open_tasks)") == 1
    kernel.run_queued("ahead_s[0] = 2000.0", "resumed = session.resume()")
    assert kernel.value("[task.status for task in resumed]") == ["SUCCESS"]
    assert kernel.value("session.requests['attempts_n'].tolist()") == [1]
