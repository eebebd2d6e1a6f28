"""A session's folder: where everything is, and which service it is bound to."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from suno_lab.errors import StoreError
from suno_lab.store.blobs import PARTS
from suno_lab.store.journal import Journal
from suno_lab.store.locks import Presence

#: how the name of a downloader's part file begins
_OWNER = re.compile(r"([0-9a-f]{16})-")


@dataclass(frozen=True, kw_only=True)
class Binding:
    """The service a folder belongs to. It is written once and holds no secret.

    Attributes
    ----------
    service : str
        ``kie``, ``kie-market``, ``sunoapi``, ``emulator``, or ``base_url``.
    base_url, profile : str
        Where calls go, and whose vocabulary is spoken there.
    keyed : bool
        Whether the folder was made with a key; then it takes one to ask again.
    """

    service: str
    base_url: str
    profile: str
    keyed: bool = False


class SessionFolder:
    """The files of one session.

    ::

        session.db       the journal             audio/<2 hex>/<sha256>.<ext>   files by content
        session.lock     the writers' lock       emulator/                      the embedded emulator's own state
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser().resolve()
        if self.path.exists() and not self.path.is_dir():
            raise StoreError(f"{self.path} is a file; a session is a folder")
        self.is_new = not self.journal_path.exists()
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.journal = Journal(self.journal_path)
        self.owner = secrets.token_hex(8)
        self._presence: Presence | None = None

    @property
    def journal_path(self) -> Path:
        """The database."""
        return self.path / "session.db"

    @property
    def emulator_path(self) -> Path:
        """Where the embedded emulator keeps its state."""
        return self.path / "emulator"

    # ── facts that are written once ──────────────────────────────────────────────────────────────────────────────────
    def binding(self) -> Binding | None:
        """The service this folder belongs to, or None before it is bound."""
        text = self.journal.value("select value from meta where key = 'binding'")
        return Binding(**json.loads(text)) if text else None

    def bind(self, binding: Binding) -> None:
        """Bind the folder; an earlier binding stays."""
        with self.journal.write(durable=True) as writing:
            writing.execute(
                "insert or ignore into meta (key, value) values ('binding', ?)", (json.dumps(asdict(binding)),)
            )

    def fact(self, key: str) -> Any:
        """A kept JSON value, or None."""
        text = self.journal.value("select value from meta where key = ?", (key,))
        return json.loads(text) if text else None

    def keep_fact(self, key: str, value: Mapping[str, Any] | str | float) -> None:
        """Keep a JSON value under a name."""
        with self.journal.write(durable=True) as writing:
            writing.execute(
                "insert into meta (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
                (key, json.dumps(value)),
            )

    # ── who is at work here ──────────────────────────────────────────────────────────────────────────────────────────
    def present(self) -> str:
        """Show other processes that this one is at work; its name."""
        if self._presence is None:
            self._presence = Presence(self.path / ".owners", self.owner)
        return self.owner

    def is_alive(self, owner: str | None) -> bool:
        """Whether the process of that name is still at work."""
        if not owner:
            return False
        return owner == self.owner or Presence.is_alive(self.path / ".owners", owner)

    def sweep(self) -> None:
        """Take away what dead processes left: their signs of life, and files that never became complete."""
        for sign in (self.path / ".owners").glob("*.alive"):
            if not self.is_alive(sign.stem):
                sign.unlink(missing_ok=True)
        for part in (self.path / PARTS).glob("*.part"):
            owner = _OWNER.match(part.name)
            if owner is not None and not self.is_alive(owner[1]):
                part.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the journal."""
        if self._presence is not None:
            self._presence.end()
            self._presence = None
        self.journal.close()
