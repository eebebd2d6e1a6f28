"""Several processes and one folder: killed ones lose nothing, living ones see each other."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from suno_lab.client.loop import io_loop
from tests.session.conftest import jumping

ASK = """
import sys
from suno_lab import SunoSession
from suno_lab.api.music import Generate
from suno_lab.emulator import EmulatorSettings, PlainSongs

settings = EmulatorSettings(latency_s=float(sys.argv[2]), default_duration_s=3.0, rate_limit=None)
session = SunoSession(sys.argv[1], "emulator", emulator=settings, songs=PlainSongs(), progress=False)
requests = [Generate(description=f"tune {n}", instrumental=True, model="V5") for n in range(3)]
jobs = [session.submit(request) for request in requests]
while not all(job.task_id for job in jobs):
    jobs[0].done() or session.events
sys.stdout.write("accepted\\n")
sys.stdout.flush()
for job in jobs:
    job.result(100)
session.close()
"""


def ask(folder: Path, *, latency_s: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", ASK, str(folder), str(latency_s)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "accepted\n"
    return process


def end(process: subprocess.Popen[str]) -> int:
    process.communicate()
    return process.returncode


def test_a_killed_kernel_is_continued_without_a_second_call(tmp_path: Path, open_session) -> None:
    process = ask(tmp_path / "songs", latency_s=3600.0)
    process.kill()
    assert end(process) != 0
    session = open_session(service=None, surroundings=jumping(time.time() + 1))
    assert session.requests["status"].tolist() == ["PENDING"] * 3
    tasks = session.resume()
    assert [task.status for task in tasks] == ["SUCCESS"] * 3
    assert session.balance() == 1000 - 3 * 12
    assert session.requests["attempts_n"].tolist() == [1, 1, 1]
    kept = session.requests.set_index("description").loc["tune 1", "task_id"]
    assert session.generate("tune 1", instrumental=True, model="V5").task_id == kept


def test_two_kernels_on_one_folder_see_the_same(tmp_path: Path, open_session) -> None:
    mine = open_session()
    mine.generate("my tune", instrumental=True, model="V5")
    process = ask(tmp_path / "songs", latency_s=0.0)
    assert end(process) == 0
    assert len(mine.requests) == 4
    assert len(mine.df) == 8
    theirs = mine.requests.set_index("description").loc["tune 2", "task_id"]
    assert mine.generate("tune 2", instrumental=True, model="V5").task_id == theirs
    assert mine.balance() == 1000 - 4 * 12
    assert mine.requests["run_order"].tolist() == [1, 2, 3, 4]


def test_a_request_under_way_elsewhere_is_waited_for_not_repeated(session) -> None:
    """A call somebody else who is alive has in hand is not sent a second time."""
    import asyncio

    from suno_lab.api.music import Generate
    from suno_lab.store import SessionFolder
    from suno_lab.store import requests as ledger
    from suno_lab.store.requests import Draft, RequestState

    session.balance()
    request = Generate(description="a tune", instrumental=True, model="V5")
    row = ledger.record(session.journal, Draft(request=request, service="emulator", credits_estimated=12.0), now=1.0)
    elsewhere = SessionFolder(session.folder)
    about = {"owner": elsewhere.present(), "body": b"{}", "now": 2.0, "max_credits": None}
    assert ledger.mark_sent(session.journal, row.request_id, **about)
    line = session._line()

    async def meanwhile() -> None:
        asking = asyncio.ensure_future(line.sender.deliver(row.request_id))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not asking.done()
        ledger.mark(session.journal, row.request_id, RequestState.DONE, now=3.0)
        assert (await asking).state == "DONE"

    io_loop().run(meanwhile())
    elsewhere.close()


@pytest.mark.parametrize("light", ["suno_lab", "suno_lab.api"])
def test_importing_is_light(light: str) -> None:
    code = (
        f"import sys, {light}; print(*(n for n in ('numpy','pandas','httpx','IPython','librosa') if n in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
