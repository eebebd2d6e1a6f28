"""A session that answers from memory: what widgets need of one, without store or service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from suno_lab.api import Request
from suno_lab.errors import SunoLabError


@dataclass
class PlainJob:
    """A job whose fate the test decides."""

    request: Request
    stage: str = "PENDING"
    elapsed_s: float = 1.0
    outcome: Any = None
    cancelled: bool = False

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

    def submit(self, request: Request, *, fresh: bool = False) -> PlainJob:
        job = PlainJob(request, outcome=self.answer(request) if self.answer else None)
        self.jobs.append(job)
        return job
