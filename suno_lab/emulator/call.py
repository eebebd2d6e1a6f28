"""What a handler is given: the question, the moment, and the collaborators."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from suno_lab.api import Body
from suno_lab.api.hosts import Host
from suno_lab.emulator.replies import No, Refusal
from suno_lab.models import HttpReply, HttpRequest
from suno_lab.settings import Secret

if TYPE_CHECKING:
    from suno_lab.emulator.composing import Composer
    from suno_lab.emulator.limiter import ReadLimiter
    from suno_lab.emulator.media import MediaCache
    from suno_lab.emulator.recordings import BlobStore
    from suno_lab.emulator.settings import EmulatorSettings
    from suno_lab.emulator.songs import SongMaker
    from suno_lab.emulator.state import State
    from suno_lab.emulator.tasks import Failure, Piece, Task


@dataclass(frozen=True, kw_only=True)
class Service:
    """The collaborators of every handler."""

    settings: EmulatorSettings
    state: State
    songs: SongMaker
    media: MediaCache
    composer: Composer
    blobs: BlobStore
    reads: ReadLimiter
    key: Secret | None = None

    @property
    def host(self) -> Host:
        """The service that is imitated."""
        return self.settings.host


@dataclass(frozen=True)
class Call:
    """One question at one moment."""

    request: HttpRequest
    now: float
    service: Service

    @cached_property
    def query(self) -> dict[str, str]:
        """The query parameters."""
        return self.request.query

    @property
    def host(self) -> Host:
        """The service that is imitated."""
        return self.service.host

    @property
    def state(self) -> State:
        """What the emulator remembers."""
        return self.service.state

    def link(self, path: str) -> str:
        """An address of this emulator, as the caller reaches it."""
        return self.request.origin + path

    def body(self) -> Body:
        """The JSON object that was sent; raises :class:`~suno_lab.emulator.replies.Refusal`."""
        return json_object(self.request.body)


def json_object(body: bytes) -> Body:
    """Read a JSON object strictly: no NaN, no infinities, nothing nested out of reach."""
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal(No.BAD_JSON) from None
    if not isinstance(value, dict):
        raise Refusal(No.BAD_JSON)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What an operation wants kept when its task is accepted.

    Attributes
    ----------
    detail : dict
        JSON values that later questions need (the source clip, the upload …).
    pieces : tuple of (kind, name)
        What the task will make; ids are given when it is accepted.
    checked_text : str
        Words that moderation reads.
    once : (str, str) or None
        Kind and name of a product of which there is only one.
    refuse_again : callable
        Id of the task that made it → how a second one is refused.
    """

    detail: dict[str, Any] = field(default_factory=dict)
    pieces: tuple[tuple[str, str], ...] = ()
    checked_text: str = ""
    once: tuple[str, str] | None = None
    refuse_again: Callable[[str], Refusal] = lambda task_id: Refusal(No.EXISTS)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a call that answers at once says."""

    data: Any = None
    reply: HttpReply | None = None  #: the whole reply, where it is no ordinary envelope


@dataclass(frozen=True, kw_only=True)
class Family:
    """A family of tasks: how they are accepted, looked up, called back and served.

    Attributes
    ----------
    name : str
        As in :class:`~suno_lab.api.contract.RecordEndpoint`.
    share : float
        Part of ``latency_s`` that a task takes.
    record : callable
        What the record endpoint says about a task.
    prepare : dict of str to callable
        By operation: look at the wire body, refuse it or say what to keep.
    stages : tuple of str
        Callbacks of a task that goes well, in order.
    produce : dict of (str, str) to callable
        By kind of piece and extension: make the bytes of the file.
    flat : bool
        Whether the record is the whole answer, without an envelope.
    failures : dict of str to Failure
        By fault: how such a task ends here. Faults that are not named do nothing to the end state.
    broken_status : Any
        The family's own word for work that could not be done.
    """

    name: str
    record: Callable[[Call, Task], Any]
    prepare: Mapping[str, Callable[[Call, Body], Prepared]]
    share: float = 0.3
    stages: tuple[str, ...] = ("complete",)
    produce: Mapping[tuple[str, str], Callable[[Service, Task, Piece], bytes]] = field(default_factory=dict)
    flat: bool = False
    id_name: str = "taskId"  #: the spelling of the id in the answer to a creation
    failures: Mapping[str, Failure] = field(default_factory=dict)
    broken_status: str = "GENERATE_AUDIO_FAILED"


@dataclass(frozen=True, kw_only=True)
class Immediate:
    """A call that answers at once, by operation name."""

    operation: str
    answer: Callable[[Call, Body], Answer]
    reads_json: bool = True  #: off where the body is something else, e.g. a form with a file
