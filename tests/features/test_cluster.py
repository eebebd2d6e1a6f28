"""Measuring on a Dask cluster: the rows of one machine, whatever happens to a worker."""

import os
import signal
import sys

import numpy as np
import pandas as pd
import pytest
import soundfile

from suno_lab import features
from suno_lab.errors import InvalidRequest
from suno_lab.features._cluster import _answers
from suno_lab.features._measuring import Measured, Source, Work, measure_all

FAMILIES = ("level", "file", "loudness")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("songs")
    rng = np.random.default_rng(0)
    for number in range(12):
        soundfile.write(folder / f"{number:02d}.wav", rng.normal(scale=0.1, size=8000), 8000)
    (folder / "broken.mp3").write_bytes(b"not a song")
    return folder


def test_a_killed_worker_changes_no_row(folder):
    distributed = pytest.importorskip("distributed", reason='needs the extra "dask"')
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        with distributed.Client(cluster, set_as_default=False) as client:
            victim = next(iter(client.run(os.getpid).values()))

        def kill_one(done_n, total_n):
            if done_n == 1:
                os.kill(victim, signal.SIGKILL)

        there = features.analyze(folder, families=FAMILIES, dask=cluster.scheduler_address, progress=kill_one)
        with distributed.Client(cluster, set_as_default=False) as client:
            part = features.analyze(folder / "00.wav", families="file", excerpt=(0.25, 0.5), dask=client)
            assert client.status == "running"
    pd.testing.assert_frame_equal(there, features.analyze(folder, families=FAMILIES))
    assert part.loc[0, "duration_s"] == 0.25


class Killed:
    """A future whose task took every worker down."""

    def result(self):
        from distributed import KilledWorker

        raise KilledWorker("task", None, 3)


class Done:
    def __init__(self, answers):
        self._answers = answers

    def result(self):
        return self._answers


class Client:
    """A client whose workers die of one file."""

    def submit(self, function, works, *, pure):
        return Killed() if any("deadly" in work.source.path for work in works) else Done(function(works))


def test_a_file_that_kills_every_worker_is_one_row(folder):
    pytest.importorskip("distributed", reason='needs the extra "dask"')
    versions = {"level": features.families()["level"].VERSION}
    works = [
        Work(source=Source(path=str(folder / name)), families=versions) for name in ("00.wav", "deadly.wav", "01.wav")
    ]
    answers = _answers(Client(), works, Killed())
    assert [answer.error is None for answer in answers] == [True, False, True]
    assert answers[1].error == "KilledWorker: 4 workers died of it"
    assert answers[::2] == measure_all(works[::2])


def test_another_version_is_not_mixed_in(folder):
    answer = measure_all([Work(source=Source(path=str(folder / "00.wav")), families={"level": -1})])[0]
    assert answer == Measured(
        error="RuntimeError: another version of suno_lab measures here: level would not be comparable"
    )


def test_without_the_extra_it_is_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidRequest, match=r"suno-lab\[dask\]"):
        features.analyze(folder, dask="tcp://127.0.0.1:1")
