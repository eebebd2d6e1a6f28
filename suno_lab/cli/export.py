"""``suno-lab export``: a session as a data set."""

from __future__ import annotations

import argparse
from typing import Any

from suno_lab.cli._options import add_json, add_session, open_existing, print_json


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "export", help="write a session as a data set: audio, tables, card, checksums",
        description="Write a data set: audio, CSV, Parquet, requests as JSON, a report page, a data card, checksums.",
        epilog="example:\n  suno-lab export studies/first datasets/first",
    )  # fmt: skip
    add_session(parser)
    parser.add_argument("target", metavar="FOLDER", help="where to write; an earlier data set there is replaced")
    parser.add_argument("--only", help="comma-separated formats (default: all)")
    parser.add_argument("--by", choices=("service",), help="allow a mixture of services")
    add_json(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Write the data set and say where it is."""
    with open_existing(args.session, progress=False) as session:
        folder = session.export(args.target, only=args.only.split(",") if args.only else None, by=args.by)
    if args.json:
        print_json({"path": str(folder)})
    else:
        print(folder)
    return 0
