"""Many files on a Dask cluster (extra ``dask``): the same rows as from one machine."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from suno_lab.errors import InvalidRequest
from suno_lab.features._measuring import Measured, Work, measure_all

CHUNK_N = 8  #: files a task, at most
CHUNKS_A_THREAD = 4  #: tasks a thread, where there are files enough: so that none waits long for the last


def measured_on_cluster(works: Sequence[Work], cluster: Any) -> Iterator[Measured]:
    """Measure files on a cluster; answers in order.

    A worker that dies is the scheduler's business: what it had is given to another. Files that take down every worker
    they are given to come back as rows that say so.

    Parameters
    ----------
    works : sequence of Work
        Their paths as the workers see them.
    cluster : str or distributed.Client
        The scheduler's address, or a client, which is left open.

    Raises
    ------
    InvalidRequest
        Where ``distributed`` is not installed.
    """
    with _client(cluster) as client:
        threads_n = max(sum(client.nthreads().values()), 1)
        size = min(max(math.ceil(len(works) / threads_n / CHUNKS_A_THREAD), 1), CHUNK_N)
        chunks = [works[i : i + size] for i in range(0, len(works), size)]
        futures = [client.submit(measure_all, chunk, pure=False) for chunk in chunks]
        try:
            for chunk, future in zip(chunks, futures, strict=True):
                yield from _answers(client, chunk, future)
        finally:
            client.cancel(futures)


def _answers(client: Any, chunk: Sequence[Work], future: Any) -> list[Measured]:
    """A chunk's answers; one by one where one of its files kills workers."""
    from distributed import KilledWorker

    try:
        return future.result()
    except KilledWorker as error:
        if len(chunk) == 1:
            return [Measured(error=f"KilledWorker: {error.allowed_failures + 1} workers died of it")]
    singles = [client.submit(measure_all, [work], pure=False) for work in chunk]
    return [answer for work, single in zip(chunk, singles, strict=True) for answer in _answers(client, [work], single)]


@contextmanager
def _client(cluster: Any) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as error:
        message = 'measuring on a Dask cluster needs distributed; pip install "suno-lab[dask]"'
        raise InvalidRequest(message, field="dask", given=str(cluster)) from error
    if not isinstance(cluster, str):
        yield cluster
        return
    with Client(cluster, set_as_default=False) as client:
        yield client
