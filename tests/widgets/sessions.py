"""A session that answers from memory: what widgets need of one, without store or service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd

from suno_lab.api import Request
from suno_lab.api.music import Generate
from suno_lab.audio import Audio
from suno_lab.errors import InvalidRequest, SunoLabError


@dataclass
class PlainJob:
    """A job whose fate the test decides."""

    request: Request
    stage: str = "PENDING"
    elapsed_s: float = 1.0
    outcome: Any = None
    cancelled: bool = False
    task_id: str = "task-1"

    def done(self) -> bool:
        return self.cancelled or self.outcome is not None

    def cancel(self) -> bool:
        self.cancelled = True
        return True

    def result(self, timeout: float | None = None) -> Any:
        if self.cancelled:
            raise SunoLabError("not watched any more; session.resume() looks at it again")
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@dataclass
class PlainSession:
    """Takes requests and hands out :class:`PlainJob`; ``answer`` may finish a job at once."""

    emulated: bool = True
    host: Any = field(default_factory=lambda: SimpleNamespace(vocabulary="kie"))
    answer: Callable[[Request], Any] | None = None
    jobs: list[PlainJob] = field(default_factory=list)
    asked: list[tuple[Request, bool]] = field(default_factory=list)
    ready: list[Any] = field(default_factory=list)

    def task(self, task_id: str) -> Any:
        return SimpleNamespace(clips=self.ready)

    def submit(self, request: Request, *, fresh: bool = False) -> PlainJob:
        self.asked.append((request, fresh))
        job = PlainJob(request, outcome=self.answer(request) if self.answer else None)
        self.jobs.append(job)
        return job


class ListJournal:
    """Keeps what is written, as the store's journal would, and reads ratings back."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []

    @property
    def version(self) -> int:
        return len(self.written)

    @contextmanager
    def write(self) -> Iterator[ListJournal]:
        yield self

    def insert(self, table: str, row: dict[str, Any]) -> int:
        self.written.append({"table": table, **row})
        return len(self.written)

    def rows(self, sql: str, parameters: tuple[str, str]) -> list[dict[str, Any]]:
        rater, scale = parameters
        return [row for row in self.written if (row["rater"], row["scale"]) == (rater, scale)]


class MeasuredSession:
    """A session of clips on disk: frame, clips by id, ratings. ``loudness`` is what :meth:`analyze` finds."""

    def __init__(self, clips: dict[str, Path], *, loudness_lufs: dict[str, float], **columns: list[Any]) -> None:
        self.paths, self.loudness_lufs, self.columns = clips, loudness_lufs, columns
        self.measured = False
        self.emulated = True
        self.journal = ListJournal()
        self.done: list[tuple[Any, ...]] = []
        self.risky = pd.DataFrame(
            {"operation": [], "credits_at_risk": [], "error": []}, index=pd.Index([], name="request_id")
        )

    @property
    def df(self) -> pd.DataFrame:
        n = len(self.paths)
        loudness = [self.loudness_lufs[name] if self.measured else None for name in self.paths]
        frame = pd.DataFrame(
            {
                "clip_id": pd.Series(list(self.paths), dtype="string"),
                "request_id": [f"r-{name}" for name in self.paths],
                "path": [str(path) for path in self.paths.values()],
                "title": [f"Song {name}" for name in self.paths],
                "service": ["emulator"] * n,
                "description": ["calm piano"] * n,
                "model_requested": ["V4_5", "V5"] * (n // 2) + ["V5"] * (n % 2),
                "sibling": list(range(n)),
                "loudness_integrated_lufs": pd.Series(loudness, dtype="float64"),
            }
        )
        return frame.assign(**{name: values[:n] for name, values in self.columns.items()})

    @property
    def clips(self) -> pd.DataFrame:
        """As a session's: the first file is half as long as the service says."""
        n = len(self.paths)
        about = {"file_status": ["LENGTH_DIFFERS"] + ["STORED"] * (n - 1), "decoded_s": [61.5] * n}
        return pd.DataFrame({**about, "duration_s": [123.0] * n}, index=pd.Index(list(self.paths), name="clip_id"))

    def analyze(self, families: Any = None) -> None:
        self.measured = True

    def clip(self, clip_id: str) -> Any:
        path = self.paths[clip_id]
        task = SimpleNamespace(request=Generate(description="calm piano", model="V5"))
        return SimpleNamespace(
            clip_id=clip_id, path=path, title=clip_id, audio=Audio.load(path), emulated=True, task=task
        )

    def lineage(self, clip_id: str) -> pd.DataFrame:
        """The first clip comes from outside, every other one from it."""
        steps = [(0, clip_id, "generate", "", None)]
        if clip_id != next(iter(self.paths)):
            steps = [(0, clip_id, "extend", "", None), (1, None, None, "source_url: https://x/y.mp3", 0)]
        names = ["depth", "clip_id", "operation", "source", "into"]
        return pd.DataFrame(steps, columns=names).assign(task_id="t1")

    def unresolved(self) -> pd.DataFrame:
        return self.risky

    def resolve(self) -> None:
        self.done.append(("resolve",))

    def adopt(self, request_id: str, task_id: str) -> None:
        self.done.append(("adopt", request_id, task_id))
        raise InvalidRequest(f"the service does not know a task {task_id!r}")

    def drop(self, request_id: str) -> None:
        self.done.append(("drop", request_id))
        self.risky = self.risky.drop(index=request_id)

    def resubmit(self, request_id: str, *, max_extra_credits: float) -> None:
        self.done.append(("resubmit", request_id, max_extra_credits))
