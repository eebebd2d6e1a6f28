"""``suno-lab report``: one session as one HTML page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from suno_lab.cli._options import add_json, add_session, open_existing, print_json


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "report", help="write one session as one HTML page",
        description="Write the overview page: clips with players, measured features, comparisons, plots. "
        "It loads nothing from outside.",
        epilog="example:\n  suno-lab report studies/first --out first.html",
    )  # fmt: skip
    add_session(parser)
    parser.add_argument("--out", metavar="HTML", help="where to write (default: SESSION/report.html)")
    add_json(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Write the page and say where it is."""
    with open_existing(args.session, progress=False) as session:
        page = session.report(args.out or Path(args.session) / "report.html")
    if args.json:
        print_json({"path": str(page)})
    else:
        print(page)
    return 0
