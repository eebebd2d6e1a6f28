"""Clips, tasks, ids, paths and addresses → the fields a request value has for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from suno_lab.api import Operation, Request
from suno_lab.client.sources import local_source
from suno_lab.errors import InvalidRequest
from suno_lab.models import Product
from suno_lab.session.asking import SOURCES, source_of
from suno_lab.session.clip import Clip
from suno_lab.session.task import Task

if TYPE_CHECKING:
    from suno_lab.session.session import SunoSession


def request_from(session: SunoSession, operation: Operation, arguments: Mapping[str, Any]) -> Request:
    """The request value for what a user passed.

    Raises
    ------
    InvalidRequest
        A source that is nothing known.
    """
    fields = dict(arguments)
    names = {f.name for f in dataclasses.fields(operation.request)}
    source = source_of(operation.request)
    if source is not None and source in fields:
        given = fields.pop(source)
        if given is None and not names & set(fields):
            raise InvalidRequest(f"{operation.name} needs {SOURCES[source][1]}, got None", field=source)
        if given is not None:
            for name, value in _resolved(session, source, given, names - set(fields)).items():
                fields.setdefault(name, value)
    for name in ("source_url", "image_url", "voice_url", "verify_url"):
        if isinstance(fields.get(name), Path | str) and name in names:
            fields[name] = _address(session, fields[name])
    known = {name: _plain(value) for name, value in fields.items() if name in names}
    try:
        return operation.request(**known)
    except TypeError as problem:
        raise InvalidRequest(f"{operation.name}: {problem}", field="") from None


def _plain(value: Any) -> Any:
    """A field's value as requests hold it: a path as text, a product by its id, lists as tuples."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Product):
        return value.item_id or value.value or value.url
    return tuple(value) if isinstance(value, list) else value


def _resolved(session: SunoSession, source: str, given: Any, names: set[str]) -> dict[str, Any]:
    if source == "task":
        return {"task_id": _task_id(session, given)}
    if source == "sources":
        return {"source_urls": tuple(_address(session, item) for item in given)}
    if source == "source":
        return {"source_url": _address(session, given)}
    clip_id, task_id = _clip_ids(session, given)
    if clip_id is None and "source_url" in names:
        return {"source_url": _address(session, given)}
    if task_id is None and "task_id" in names and "source_url" not in names:
        message = f"clip {given!r} is not in this session, so its task is not known: give task_id= as well"
        raise InvalidRequest(message, field="clip", given=given)
    ids = {"clip_id": clip_id or str(given), "task_id": task_id}
    return {name: value for name, value in ids.items() if name in names and value is not None}


def _clip_ids(session: SunoSession, given: Any) -> tuple[str | None, str | None]:
    if isinstance(given, Clip):
        return given.clip_id, given.task_id
    if isinstance(given, str):
        task_id = session.journal.value("select task_id from clips where clip_id = ?", (given,))
        if task_id is not None:
            return given, str(task_id)
        looks_local = urlsplit(given).scheme in ("http", "https") or Path(given).suffix != ""
        return (None, None) if looks_local else (given, None)
    if isinstance(given, Path):
        return None, None
    raise InvalidRequest(f"expected a Clip, its id, a path or an address, got {given!r}", field="clip", given=given)


def _task_id(session: SunoSession, given: Any) -> str:
    if isinstance(given, Task):
        return given.task_id
    if isinstance(given, Clip):
        return given.task_id
    if isinstance(given, str) and given:
        owner = session.journal.value("select task_id from clips where clip_id = ?", (given,))
        return str(owner) if owner is not None else given
    raise InvalidRequest(f"expected a Task, a Clip, or an id, got {given!r}", field="task", given=given)


def _address(session: SunoSession, given: Any) -> str:
    """An address the service can fetch, or a mark for a local file that is uploaded when its turn comes."""
    if isinstance(given, str) and session.journal.value("select 1 from clips where clip_id = ?", (given,)):
        given = Clip(session, given)
    if isinstance(given, Clip):
        path = given.path
        if path is None:
            address = given.record.audio_url or given.record.source_audio_url
            if address is None:
                raise InvalidRequest(f"clip {given.clip_id} has neither a file nor an address", field="source")
            return address
        given = path
    if isinstance(given, str) and urlsplit(given).scheme in ("http", "https"):
        return given
    if isinstance(given, str | Path):
        return local_source(session.folder, Path(given).expanduser())
    raise InvalidRequest(f"expected a Clip, its id, a path or an address, got {given!r}", field="source", given=given)
