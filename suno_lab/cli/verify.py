"""``suno-lab verify``: hold a data set, or a session folder, against its checksums."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from suno_lab.cli._options import add_json, open_existing, print_json


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "verify", help="check files of a data set or a session against their checksums",
        description="Check every file. Exit code 0 when all is as it was written, 1 with one line per finding.",
        epilog="examples:\n  suno-lab verify datasets/first\n  suno-lab verify studies/first",
    )  # fmt: skip
    parser.add_argument("folder", metavar="FOLDER", help="a data set (with SHA256SUMS) or a session folder")
    add_json(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Check and list the findings."""
    findings = _findings(Path(args.folder))
    if args.json:
        print_json({"findings": findings})
    else:
        print("\n".join(findings) if findings else "every file is as it was written")
    return 1 if findings else 0


def _findings(folder: Path) -> list[str]:
    from suno_lab.exports import verify
    from suno_lab.exports._checksums import SUMS_NAME

    if (folder / SUMS_NAME).is_file():
        return verify(folder)
    with open_existing(str(folder), progress=False) as session:
        return [str(finding) for finding in session.verify()]
