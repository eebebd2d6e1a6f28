"""``suno-lab calibrate``: hold the estimators against truth and write an error card."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from suno_lab.cli._options import add_json

EXAMPLES = """\
examples:
  suno-lab calibrate --songs 48 --out card.json          # songs made by the engine
  suno-lab calibrate --corpus labelled/ --out mine.json  # a folder with truth.csv
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "calibrate", help="measure songs of known truth and write an error card", epilog=EXAMPLES,
        description="Measure songs whose tempo and key are known, with every estimator, and write how wrong each is. "
        "A card speaks about its own domain only.",
    )  # fmt: skip
    parser.add_argument("--songs", type=int, default=24, metavar="N", help="songs to make with the engine (default 24)")
    parser.add_argument("--seed", type=int, default=0, help="of those songs (default 0)")
    parser.add_argument("--corpus", metavar="DIR", help="a folder with truth.csv: path, tempo, tonic, mode, dur, off")
    parser.add_argument("--domain", help="what the card speaks about (default: engine, or the folder's name)")
    parser.add_argument("--estimators", default="suno_lab,librosa", help="comma-separated (default both)")
    parser.add_argument("--out", metavar="JSON", help="where to write the card")
    add_json(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Measure, sum up, write."""
    from tqdm import tqdm

    from suno_lab.calibration import engine_songs, error_card, measure, read_truth

    source = read_truth(args.corpus) if args.corpus else list(engine_songs(args.songs, seed=args.seed))
    domain = args.domain or (Path(args.corpus).resolve().name if args.corpus else "engine")
    with tqdm(total=len(source), desc="measuring", unit="song", disable=args.json, file=sys.stderr) as bar:
        measured = measure(source, estimators=args.estimators.split(","), progress=lambda done: bar.update(1))
    card = error_card(measured, domain=domain)
    if args.out:
        Path(args.out).parent.mkdir(parents=True, exist_ok=True)
        Path(args.out).write_text(card.as_json() + "\n", encoding="utf-8")
    print(json.dumps(json.loads(card.as_json())) if args.json else card)
    return 0
