"""Canonical JSON and the hashes made from it: when two requests, or two prompts, are the same."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from suno_lab.api import Request

#: what a prompt means; everything else about a request is a setting
MEANING = (
    "description", "lyrics", "style", "title", "instrumental", "full_lyrics", "content", "sound",
    "clip_id", "task_id", "source_url", "source_urls", "continue_at_s", "start_s", "end_s",
)  # fmt: skip


def canonical(value: Any) -> str:
    """JSON with one spelling for one value: sorted names, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)


def request_fields(request: Request) -> dict[str, Any]:
    """The request's fields in this package's words, absent ones left out."""
    return {name: value for name, value in request.items() if value is not None}


def request_hash(request: Request) -> str:
    """The same for equal requests, in every process."""
    return _digest({"operation": request.operation, **request_fields(request)})


def prompt_id(request: Request) -> str:
    """The same for requests that mean the same, whatever the model and the settings."""
    meaning = {name: value for name, value in request_fields(request).items() if name in MEANING}
    words = {name: " ".join(v.split()) if isinstance(v, str) else v for name, v in meaning.items()}
    return _digest({"operation": request.operation, **words})[:16]


def _digest(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()
