"""A task without a thread: where it stands is a question to the clock."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from suno_lab.api import Body
from suno_lab.models import TaskState

#: shares of a music task's time after which its words, and its first clip, are ready
TEXT_AT, FIRST_AT = 0.35, 0.7


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How a task ends badly."""

    status: str  #: the family's own word
    code: int
    message: str

    @property
    def refunds(self) -> bool:
        """Failed work is not billed; only CALLBACK_EXCEPTION leaves a product behind."""
        return self.status != "CALLBACK_EXCEPTION"


@dataclass(frozen=True, kw_only=True)
class Task:
    """One accepted task, as kept.

    Attributes
    ----------
    body : dict
        The wire body on per-operation paths, without the callback address.
    accepted_at, takes_s : float
        Unix seconds, seconds.
    detail : mapping
        What was found out when it was accepted, in JSON types (the source clip, the upload, …).
    faults : frozenset of str
        Faults of this task.
    """

    task_id: str
    operation: str
    family: str
    body: Body = field(repr=False)
    accepted_at: float
    takes_s: float
    seed: int
    credits: float = 0.0
    callback_url: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    faults: frozenset[str] = frozenset()
    failure: Failure | None = None

    @property
    def model(self) -> str:
        """The song model: asked for, else what acceptance found out (the source's, or the service's own choice)."""
        return str(self.body.get("model") or self.detail.get("model") or "")

    @property
    def asked(self) -> Body:
        """What counts of the body: an extension that inherits takes all from its source, whatever was sent along."""
        return {**self.body, **self.detail.get("inherited", {})}

    @property
    def ends_at(self) -> float:
        """When the end state is reached, Unix seconds."""
        return self.accepted_at + self.takes_s

    def state_at(self, now: float) -> TaskState:
        """Where the task stands at ``now`` (Unix seconds)."""
        share = 1.0 if self.takes_s <= 0 else (now - self.accepted_at) / self.takes_s
        if share >= 1:
            return TaskState.FAILED if self.failure and self.failure.refunds else TaskState.SUCCESS
        if self.failure or self.family != "music" or "skipped_states" in self.faults:
            return TaskState.PENDING
        if share >= FIRST_AT:
            return TaskState.FIRST
        return TaskState.TEXT if share >= TEXT_AT else TaskState.PENDING


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One thing a task makes that has an id of its own: a clip, a stem, a picture, a file.

    ``facts`` are filled when it is composed, once, and never change afterwards.
    """

    piece_id: str
    task_id: str
    kind: str
    place: int = 0
    name: str = ""
    facts: Mapping[str, Any] | None = None


def digest(*parts: object) -> bytes:
    """32 bytes that depend on every part and on their order."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode("utf-8", "replace")).digest()


def task_id_of(seed: int, body_hash: str, repeat: int) -> str:
    """32 hex digits: equal for the equal request, asked for the same time."""
    return digest("task", seed, body_hash, repeat).hex()[:32]


def piece_id_of(task_id: str, kind: str, place: int) -> str:
    """A UUID of version 4's shape, made from what it names."""
    return str(uuid.UUID(bytes=digest("piece", task_id, kind, place)[:16], version=4))


def seed_of(task_id: str) -> int:
    """The seed of everything that is drawn for a task."""
    return int.from_bytes(digest("seed", task_id)[:6], "big")
