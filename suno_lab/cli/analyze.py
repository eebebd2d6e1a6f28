"""``suno-lab analyze``: measure audio files, no session needed."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = """\
examples:
  suno-lab analyze songs/ --out features.csv
  suno-lab analyze a.mp3 b.flac --families rhythm,tonality --json
  suno-lab analyze songs/ --beats beats.csv --jobs 2 --out features.parquet
  suno-lab analyze songs/ --excerpt 30,60 --long --out parts.parquet
  suno-lab analyze /shared/songs --dask tcp://scheduler:8786 --out features.parquet
"""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "analyze", help="measure tempo, key, duration, loudness and more of audio files", epilog=EXAMPLES,
        description="Measure audio files: one row a file. A file that cannot be read is a row with an error.",
    )  # fmt: skip
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_FOLDER", help="audio files, or folders of them")
    parser.add_argument("--out", metavar="TABLE", help="write .csv or .parquet (default: print a short table)")
    parser.add_argument("--beats", metavar="CSV", help="write beat times: path, time_s")
    parser.add_argument("--families", help="comma-separated feature families (default: all)")
    parser.add_argument("--estimator", default="suno_lab", choices=("suno_lab", "librosa"), help="whose tempo and key")
    parser.add_argument("--excerpt", type=_part, metavar="START,END", help="measure this part of each file (seconds)")
    parser.add_argument("--long", action="store_true", help="one row a file and feature")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes to use (default 1)")
    parser.add_argument("--dask", metavar="ADDRESS", help="measure on the Dask cluster of this scheduler")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON and nothing else")
    return parser


def _part(text: str) -> tuple[float, float]:
    start, comma, end = text.partition(",")
    if not comma or not 0 <= float(start) < float(end):
        raise argparse.ArgumentTypeError(f"{text!r}: expected two times in seconds, such as 30,60")
    return float(start), float(end)


def run(args: argparse.Namespace) -> int:
    """Measure, write, and fail when no file could be read."""
    from suno_lab.features import analyze

    _check_target(args.out)
    if args.long and args.beats:
        _misused("--long and --beats: ask for one of the two", field="long")
    frame = analyze(
        [Path(path) for path in args.paths],
        families=args.families.split(",") if args.families else None,
        estimator=args.estimator,
        excerpt=args.excerpt,
        long=args.long,
        beats=bool(args.beats),
        jobs=args.jobs,
        dask=args.dask,
        progress=_progress(args.json),
    )
    if args.beats:
        frame = _without_beats(frame, Path(args.beats))
    if args.out:
        _write(frame, Path(args.out))
    if args.json:
        print(frame.to_json(orient="records", force_ascii=False))
    elif args.out:
        print(f"{len(frame)} rows in {args.out}")
    else:
        print(_short(frame))
    return 0 if len(frame) and frame["error"].isna().any() else 1


def _misused(message: str, *, field: str, given: object = None) -> None:
    from suno_lab.errors import InvalidRequest

    raise InvalidRequest(message, field=field, given=given)


def _check_target(out: str | None) -> None:
    if out and Path(out).suffix.lower() not in (".csv", ".parquet"):
        _misused(f"--out {out!r}: expected a name ending in .csv or .parquet", field="out", given=out)


def _write(frame: pd.DataFrame, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix.lower() == ".csv":
        frame.to_csv(target, index=False)
    else:
        frame.to_parquet(target, index=False)


def _without_beats(frame: pd.DataFrame, target: Path) -> pd.DataFrame:
    """Write the beat times, one row a beat; the table without them."""
    times = frame[["path", "beats_s"]].explode("beats_s").dropna().rename(columns={"beats_s": "time_s"})
    times.to_csv(target, index=False)
    return frame.drop(columns="beats_s")


SHORT = ("path", "tempo_bpm", "musical_key", "duration_s", "loudness_integrated_lufs", "error")
SHORT_LONG = ("path", "feature", "value", "text", "unit", "error")


def _short(frame: pd.DataFrame) -> str:
    shown = [name for name in (SHORT_LONG if "feature" in frame else SHORT) if name in frame]
    return frame[shown].to_string(index=False, na_rep="–", float_format=lambda value: f"{value:.2f}")


def _progress(quiet: bool) -> Any:
    """A callable (done, total) for standard error, or None where nobody watches."""
    if quiet or not sys.stderr.isatty():
        return None
    return lambda done, total: print(f"\r{done}/{total}", end="" if done < total else "\n", file=sys.stderr)
