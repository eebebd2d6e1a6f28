"""Where a running Jupyter server offers a file of this machine, for audio too large to hand over as bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote


def server_roots() -> list[Path]:
    """The folders that the Jupyter servers of this user serve, as their info files say."""
    from jupyter_core.paths import jupyter_runtime_dir

    infos = sorted(Path(jupyter_runtime_dir()).glob("jpserver-*.json"))
    return [root for root in map(_root, infos) if root is not None]


def _root(info: Path) -> Path | None:
    try:
        folder = json.loads(info.read_text(encoding="utf-8")).get("root_dir")
    except (OSError, ValueError):  # a server that is just going away
        return None
    return Path(folder) if folder else None


def served_address(path: Path, *, roots: Iterable[Path]) -> str:
    """``files/…`` below the server's base address, or "" where no root holds the file.

    >>> served_address(Path("/srv/lab/a b.mp3"), roots=[Path("/srv")])
    'files/lab/a%20b.mp3'
    """
    for root in sorted(roots, key=lambda root: len(root.parts)):
        if path.is_relative_to(root):
            return "files/" + quote(path.relative_to(root).as_posix())
    return ""
