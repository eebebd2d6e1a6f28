"""``suno-lab generate``: ask for songs from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from suno_lab.cli._options import add_json, add_service, add_session, print_json

EXAMPLES = """\
examples:
  suno-lab generate studies/first "calm relaxing piano" --instrumental
  suno-lab generate studies/first --lyrics song.txt --style "folk, 92 bpm, in D major" --title "Home" --model V5
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "generate", help="ask for songs and keep them in a session folder", epilog=EXAMPLES,
        description="Ask for songs, wait, and keep request, answers and audio in the session folder. "
        "Asking the same again returns what is kept and costs nothing; --fresh asks anew.",
    )  # fmt: skip
    add_session(parser, existing=False)
    parser.add_argument("description", nargs="?", help="what the song should be about")
    parser.add_argument("--lyrics", metavar="FILE", help="a text file with the words to sing, - for standard input")
    parser.add_argument("--style", help="genre, mood, instruments, tempo, key")
    parser.add_argument("--title")
    parser.add_argument("--model", help="song model, e.g. V5")
    parser.add_argument("--instrumental", action="store_true", help="no singing")
    parser.add_argument("-n", type=int, default=1, metavar="N", help="so many tasks (two clips each)")
    parser.add_argument("--fresh", action="store_true", help="pay again even if the same was asked before")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="stop watching after this long")
    add_service(parser)
    add_json(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Ask, wait, list the clips."""
    from suno_lab.session import SunoSession

    with SunoSession(args.session, service=args.service, progress=False if args.json else "auto") as session:
        given = {
            "lyrics": _lyrics(args.lyrics), "style": args.style, "title": args.title, "model": args.model,
            "timeout_s": args.timeout,
        }  # fmt: skip
        wanted = {name: value for name, value in given.items() if value is not None}
        made = session.generate(args.description, instrumental=args.instrumental, n=args.n, fresh=args.fresh, **wanted)
        tasks = made if isinstance(made, list) else [made]
        rows = [
            {"task_id": task.task_id, "clip_id": clip.clip_id, "title": clip.title, "path": str(clip.path)}
            for task in tasks
            for clip in task.clips
        ]
    if args.json:
        print_json(rows)
    else:
        print("\n".join(f"{row['clip_id']}  {row['path']}" for row in rows))
    return 0 if rows else 1


def _lyrics(source: str | None) -> str | None:
    if source is None:
        return None
    return sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
