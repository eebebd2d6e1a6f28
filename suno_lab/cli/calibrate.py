"""``suno-lab calibrate``: hold the estimators against truth and write an error card."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.cli._options import add_json, check_target, open_existing

if TYPE_CHECKING:
    from suno_lab.calibration import ErrorCard

EXAMPLES = """\
examples:
  suno-lab calibrate --songs 48 --out card.json          # songs made by the engine
  suno-lab calibrate --corpus labelled/ --out mine.json  # a folder with truth.csv
  suno-lab calibrate --session studies/first             # your own labels (session.annotate()); kept in the session
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "calibrate", help="measure songs of known truth and write an error card", epilog=EXAMPLES,
        description="Measure songs whose tempo and key are known, with every estimator, and write how wrong each is. "
        "A card speaks about its own domain only: engine, a folder's name, or annotated:<study>.",
    )  # fmt: skip
    parser.add_argument("--songs", type=int, default=24, metavar="N", help="songs to make with the engine (default 24)")
    parser.add_argument("--seed", type=int, default=0, help="of those songs (default 0)")
    parser.add_argument("--corpus", metavar="DIR", help="a folder with truth.csv: path, tempo, tonic, mode, dur, off")
    parser.add_argument("--session", metavar="SESSION", help="a session folder with labels of yours")
    parser.add_argument("--study", help="with --session: what the labels belong to (default: the folder's name)")
    parser.add_argument("--domain", help="with --corpus: what the card speaks about (default: the folder's name)")
    parser.add_argument("--estimators", default="suno_lab,librosa", help="comma-separated (default both)")
    parser.add_argument("--out", metavar="JSON", help="where to write the card")
    add_json(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Measure, sum up, write."""
    _check(args)
    card = _from_labels(args) if args.session else _from_truth(args)
    if args.out:
        Path(args.out).write_text(card.as_json() + "\n", encoding="utf-8")
    print(json.dumps(json.loads(card.as_json())) if args.json else card)
    return 0


def _check(args: argparse.Namespace) -> None:
    """Refuse what does not go together."""
    from suno_lab.errors import InvalidRequest
    from suno_lab.features import ESTIMATORS

    if args.session and args.corpus:
        raise InvalidRequest("--session and --corpus: ask for one of the two", field="session", given=args.session)
    if args.study and not args.session:
        raise InvalidRequest("--study belongs to --session", field="study", given=args.study)
    if args.domain and not args.corpus:
        raise InvalidRequest("--domain belongs to --corpus: engine songs and labels name their own", field="domain")
    if args.songs < 1:
        raise InvalidRequest(f"--songs {args.songs}: expected at least one", field="songs", given=args.songs)
    if unknown := [name for name in args.estimators.split(",") if name not in ESTIMATORS]:
        message = f"unknown estimator {', '.join(unknown)}, expected some of {', '.join(ESTIMATORS)}"
        raise InvalidRequest(message, field="estimators", given=args.estimators)
    if args.out:
        check_target(args.out, "out")


def _from_labels(args: argparse.Namespace) -> ErrorCard:
    """A card of a session's own labels."""
    from tqdm import tqdm

    with (
        open_existing(args.session, progress=False) as session,
        tqdm(desc="measuring", unit="clip", disable=args.json or None, file=sys.stderr) as bar,
    ):
        return session.calibrate(
            args.study, estimators=args.estimators.split(","), progress=lambda done: bar.update(done - bar.n)
        )


def _from_truth(args: argparse.Namespace) -> ErrorCard:
    """A card of engine songs, or of a folder with a truth table."""
    from tqdm import tqdm

    from suno_lab.calibration import engine_songs, error_card, measure, read_truth

    source = read_truth(args.corpus) if args.corpus else list(engine_songs(args.songs, seed=args.seed))
    domain = args.domain or (Path(args.corpus).resolve().name if args.corpus else "engine")
    with tqdm(total=len(source), desc="measuring", unit="song", disable=args.json or None, file=sys.stderr) as bar:
        measured = measure(
            source, estimators=args.estimators.split(","), progress=lambda done: bar.update(done - bar.n)
        )
    return error_card(measured, domain=domain)
