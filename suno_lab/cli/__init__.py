"""The command ``suno-lab``. A subcommand is a file of this folder with ``add_parser(subparsers)`` and ``run(args)``.

Exit codes: 0 done, 1 failed, 2 misused. ``--json`` prints one JSON value on standard output and nothing else there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from suno_lab.errors import InvalidRequest, SunoLabError

DONE, FAILED, MISUSED, INTERRUPTED = 0, 1, 2, 130


def commands() -> Mapping[str, ModuleType]:
    """The subcommands by module name."""
    names = sorted(m.name for m in iter_modules(__path__) if not m.name.startswith("_"))
    return {name: import_module(f"{__name__}.{name}") for name in names}


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="suno-lab",
        description="A research bench for generative song models: ask, keep, measure, compare, export.",
        epilog="Without a key everything runs on the embedded emulator. Start with: suno-lab demo",
    )
    top.add_argument("--version", action="version", version=f"suno-lab {_version()}")
    subparsers = top.add_subparsers(metavar="COMMAND", required=True)
    for module in commands().values():
        sub = module.add_parser(subparsers)
        sub.set_defaults(run=module.run)
        sub.formatter_class = argparse.RawDescriptionHelpFormatter
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except InvalidRequest as problem:
        return _complain(problem, MISUSED)
    except SunoLabError as problem:
        return _complain(problem, FAILED)
    except OSError as problem:
        return _complain(problem, FAILED)
    except KeyboardInterrupt:
        print("suno-lab: interrupted; what was accepted is kept and can be resumed", file=sys.stderr)
        return INTERRUPTED


def _complain(problem: Exception, code: int) -> int:
    print(f"suno-lab: {problem}", file=sys.stderr)
    return code


def _version() -> str:
    from importlib.metadata import version

    return version("suno-lab")
