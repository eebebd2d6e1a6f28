"""When a task is over: pure rules about what its record says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from suno_lab.models import TaskRecord, TaskState

#: the end state in which the service only failed to reach our callback address; the audio may be there
CALLBACK_EXCEPTION = "CALLBACK_EXCEPTION"


class Verdict(StrEnum):
    """What to do about a record."""

    WAIT = "WAIT"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How many more looks a record gets that says it is over but does not hold what it should."""

    looks_n: int = 5

    def spent(self) -> Patience:
        """One look less."""
        return replace(self, looks_n=self.looks_n - 1)


def verdict(record: TaskRecord, patience: Patience, *, makes: str = "clips") -> tuple[Verdict, Patience]:
    """Whether a task is over.

    ``FIRST`` never is. ``SUCCESS`` without audio addresses and ``CALLBACK_EXCEPTION`` are looked at a few times more:
    the first usually fills up, the second keeps what its record holds.
    """
    if record.state is TaskState.SUCCESS:
        if _complete(record, makes) or patience.looks_n <= 0:
            return (Verdict.DONE if _holds_something(record, makes) else Verdict.FAILED), patience
        return Verdict.WAIT, patience.spent()
    if record.status == CALLBACK_EXCEPTION:
        if _complete(record, makes):
            return Verdict.DONE, patience
        if patience.looks_n <= 0:
            return (Verdict.DONE if _holds_audio(record) or record.products else Verdict.FAILED), patience
        return Verdict.WAIT, patience.spent()
    if record.state is TaskState.FAILED:
        return Verdict.FAILED, patience
    return Verdict.WAIT, patience


def _complete(record: TaskRecord, makes: str) -> bool:
    if makes == "clips":
        return bool(record.clips) and all(clip.audio_url for clip in record.clips)
    return bool(record.products)


def _holds_something(record: TaskRecord, makes: str) -> bool:
    return bool(record.clips) if makes == "clips" else True


def _holds_audio(record: TaskRecord) -> bool:
    return any(clip.audio_url or clip.source_audio_url for clip in record.clips)
