"""Options that several subcommands share, and how they print."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from suno_lab.session import SunoSession


def add_session(parser: argparse.ArgumentParser, *, existing: bool = True) -> None:
    """The positional SESSION: a session folder."""
    words = "a session folder" if existing else "the session folder: made when absent, continued when present"
    parser.add_argument("session", metavar="SESSION", help=words)


def add_service(parser: argparse.ArgumentParser) -> None:
    """Which service to ask."""
    parser.add_argument(
        "--service",
        help="kie, kie-market, sunoapi, emulator or a base address (default: from the environment, else the emulator)",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """The switch to machine-readable output."""
    parser.add_argument("--json", action="store_true", help="print one JSON value and nothing else")


def open_existing(path: str, **options: Any) -> SunoSession:
    """A session that must be there already."""
    from pathlib import Path

    from suno_lab.errors import InvalidRequest
    from suno_lab.session import SunoSession

    if not Path(path).expanduser().is_dir():
        raise InvalidRequest(f"there is no session folder {path!r}; suno-lab generate or demo makes one", given=path)
    return SunoSession(path, **options)


def print_json(value: Any) -> None:
    """One JSON value on standard output; missing values are null."""
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str, allow_nan=False))


def check_target(name: str, field: str) -> None:
    """Refuse a file that could not be written, before anything is worked out; its folder is made."""
    import os
    from pathlib import Path

    from suno_lab.errors import InvalidRequest

    folder = Path(name).expanduser().resolve().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        message = f"--{field} {name!r}: {problem.strerror} ({folder})"
        raise InvalidRequest(message, field=field, given=name) from problem
    if not os.access(folder, os.W_OK) or Path(name).is_dir():
        raise InvalidRequest(f"--{field} {name!r}: nothing can be written there", field=field, given=name)
