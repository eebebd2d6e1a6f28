"""Measuring in processes: the same rows, and no death stops the table."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile

from suno_lab import features
from suno_lab.features import _processes

FAMILIES = ("level", "file")

#: a worker whose decoder takes the process down at files named so
FRAGILE = """
import os, signal, sys
from pathlib import Path
from suno_lab.audio import Audio
from suno_lab.features import _worker
load = Audio.load
def fragile(path):
    name = Path(path).name
    if name.startswith("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("exit"):
        os._exit(3)
    print("a decoder that talks")
    return load(path)
Audio.load = fragile
sys.exit(_worker.main())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    rng = np.random.default_rng(0)
    for name in ("a.wav", "b.wav", "exit.wav", "f.wav", "kill.wav", "z.wav"):
        soundfile.write(folder / name, rng.normal(scale=0.1, size=4000), 8000)
    (folder / "broken.mp3").write_bytes(b"not a song")
    return folder


@pytest.fixture
def started(monkeypatch):
    """The processes that were started."""
    found = []
    popen = subprocess.Popen

    def recorded(*arguments, **options):
        found.append(popen(*arguments, **options))
        return found[-1]

    monkeypatch.setattr(_processes.subprocess, "Popen", recorded)
    return found


def test_processes_give_the_rows_of_one(folder, started):
    one, two = (features.analyze(folder, families=FAMILIES, jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert 1 <= len(started) <= 2
    assert all(worker.poll() is not None for worker in started)


def test_a_worker_that_dies_is_one_row(folder, started, monkeypatch):
    monkeypatch.setattr(_processes, "COMMAND", (sys.executable, "-P", "-c", FRAGILE))
    told = []
    table = features.analyze(
        folder, families=FAMILIES, jobs=2, progress=lambda done_n, total_n: told.append((done_n, total_n))
    )
    reasons = {path.rsplit("/")[-1]: error for path, error in zip(table["path"], table["error"], strict=True)}
    assert reasons.pop("broken.mp3").startswith("AudioError: ")
    assert reasons.pop("exit.wav") == "WorkerDied: the process that measured it ended with code 3"
    assert reasons.pop("kill.wav") == "WorkerDied: the process that measured it was ended by signal 9"
    assert all(pd.isna(reason) for reason in reasons.values())
    assert told[-1] == (7, 7)
    assert all(worker.poll() is not None for worker in started)


def test_leaving_early_leaves_no_process(folder, started):
    class Enough(Exception):
        pass

    def stop(done_n, total_n):
        raise Enough

    with pytest.raises(Enough):
        features.analyze(folder, families=FAMILIES, jobs=2, progress=stop)
    assert started
    assert all(worker.poll() is not None for worker in started)


def test_workers_end_with_the_process_that_asks(folder):
    """The standard error of a killed process ends only when its workers, who have it too, are gone as well."""
    code = f"""
import os, signal
from suno_lab import features
die = lambda done_n, total_n: os.kill(os.getpid(), signal.SIGKILL)
features.analyze({str(folder)!r}, families="level", jobs=2, progress=die)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)  # reads to the end
    assert ended.returncode == -9


def test_a_script_needs_no_guard(folder, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        f"from suno_lab import features\nprint(len(features.analyze({str(folder)!r}, families='file', jobs=2)))\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "7\n"


def test_what_was_measured_by_processes_is_cached(folder, started):
    cache = {}
    first = features.analyze(folder / "a.wav", families="level", cache=cache)
    with_one_known = features.analyze([folder / "a.wav", folder / "b.wav"], families=FAMILIES, jobs=2, cache=cache)
    assert len(cache) == 4
    assert with_one_known.loc[0, "rms_dbfs"] == first.loc[0, "rms_dbfs"]
    count = len(started)
    features.analyze([folder / "a.wav", folder / "b.wav"], families=FAMILIES, jobs=2, cache=cache)
    assert len(started) == count
