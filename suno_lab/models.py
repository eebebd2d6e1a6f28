"""Plain frozen values that travel between the steps of the road.

What is asked for (request values) lives in :mod:`suno_lab.api`; the objects a user holds (clip, task, job, with
methods) live in :mod:`suno_lab.session`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlsplit


def minutes(duration_s: float) -> str:
    """A length as it is read.

    >>> minutes(125)
    '2:05'
    """
    whole = round(duration_s)
    return f"{whole // 60}:{whole % 60:02d}"


# ── the wire ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """One HTTP question. Header names are lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold the key: never shown
    body: bytes = field(default=b"", repr=False)
    address: str | None = None  #: IP address to connect to; nobody is asked again where the host is

    @property
    def path(self) -> str:
        """The path alone, e.g. ``/api/v1/generate``."""
        return urlsplit(self.url).path or "/"

    @property
    def origin(self) -> str:
        """Scheme, host and port, e.g. ``http://127.0.0.1:8000``."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def query(self) -> dict[str, str]:
        """The query parameters; of repeated ones the last counts."""
        return dict(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))


@dataclass(frozen=True, kw_only=True)
class HttpReply:
    """One HTTP answer, body complete. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


# ── the service's side ───────────────────────────────────────────────────────────────────────────────────────────────
class TaskState(StrEnum):
    """Where a task is, in words that hold for every family of operations.

    Each family's own words are mapped to these by its record endpoint; the raw word is kept beside it.
    """

    PENDING = "PENDING"
    TEXT = "TEXT"  #: words are written, no audio yet
    FIRST = "FIRST"  #: one clip of several is ready; never returned as done
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"

    @property
    def done(self) -> bool:
        """Whether nothing will change any more."""
        return self in (TaskState.SUCCESS, TaskState.FAILED)


@dataclass(frozen=True, kw_only=True)
class ClipRecord:
    """One piece of audio as the service describes it. ``None`` is what the service did not say."""

    clip_id: str
    task_id: str
    sibling: int  #: place within the task, from 0
    title: str | None = None
    tags: str | None = None
    lyrics: str | None = None  #: what is sung, as the service says
    model_reported: str | None = None
    audio_url: str | None = None
    source_audio_url: str | None = None
    stream_url: str | None = None
    image_url: str | None = None
    duration_s: float | None = None
    created_at: float | None = None  #: Unix seconds


@dataclass(frozen=True, kw_only=True)
class Product:
    """Anything else a task made: a file (by URL) or a value.

    ``kind`` is one of ``wav``, ``video``, ``cover``, ``stem``, ``midi``, ``lyrics``, ``persona``, ``voice``,
    ``phrase``, ``style``, ``audio`` (a fresh link to a clip), ``upload``.
    """

    kind: str
    name: str = ""  #: stem name, title of the lyrics, …
    url: str | None = None
    value: Any = None  #: text, notes, id — whatever has no URL
    clip_id: str | None = None  #: the clip it was made from
    item_id: str | None = None  #: the service's own id of it


@dataclass(frozen=True, kw_only=True)
class TaskRecord:
    """What a record endpoint says about a task at one moment."""

    task_id: str
    state: TaskState
    status: str  #: the service's own word for the state
    clips: tuple[ClipRecord, ...] = ()
    products: tuple[Product, ...] = ()
    error_code: int | None = None
    error_message: str | None = None
    parent_clip_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Word:
    """One sung word with its time within the clip, in seconds."""

    word: str
    start_s: float
    end_s: float
    success: bool = True
    palign: float | None = None


@dataclass(frozen=True, kw_only=True)
class TimedLyrics:
    """Time-stamped words of one clip."""

    words: tuple[Word, ...]
    hoot_cer: float | None = None  #: the service's own alignment error score
    waveform: tuple[float, ...] = ()
    streamed: bool | None = None
