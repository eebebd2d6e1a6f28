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
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes to use (default 1)")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON and nothing else")
    return parser


def run(args: argparse.Namespace) -> int:
    """Measure, write, and fail when no file could be read."""
    from suno_lab.features import analyze

    _check_target(args.out)
    families = args.families.split(",") if args.families else None
    frame = analyze(
        [Path(path) for path in args.paths],
        families=families,
        estimator=args.estimator,
        jobs=args.jobs,
        progress=_progress(args.json),
    )
    if args.beats:
        _write_beats(frame, Path(args.beats), args.estimator)
    if args.out:
        _write(frame, Path(args.out))
    if args.json:
        print(frame.reset_index().to_json(orient="records", force_ascii=False))
    elif args.out:
        print(f"{len(frame)} rows in {args.out}")
    else:
        print(_short(frame))
    return 0 if len(frame) and frame["error"].isna().any() else 1


def _check_target(out: str | None) -> None:
    from suno_lab.errors import InvalidRequest

    if out and Path(out).suffix.lower() not in (".csv", ".parquet"):
        raise InvalidRequest(f"--out {out!r}: expected a name ending in .csv or .parquet", field="out", given=out)


def _write(frame: pd.DataFrame, target: Path) -> None:
    table = frame.reset_index().drop(columns="index", errors="ignore")
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix.lower() == ".csv":
        table.to_csv(target, index=False)
    else:
        table.to_parquet(target, index=False)


def _write_beats(frame: pd.DataFrame, target: Path, estimator: str) -> None:
    import pandas as pd

    from suno_lab.audio import Audio
    from suno_lab.features import beats

    good = frame.reset_index().query("error.isna()")["path"]
    rows = [(path, time_s) for path in good for time_s in beats(Audio.load(path), estimator=estimator)]
    pd.DataFrame(rows, columns=["path", "time_s"]).to_csv(target, index=False)


def _short(frame: pd.DataFrame) -> str:
    shown = ["path", "tempo_bpm", "musical_key", "duration_s", "loudness_integrated_lufs", "error"]
    table = frame.reset_index()[shown]
    return table.to_string(index=False, na_rep="–", float_format=lambda value: f"{value:.2f}")


def _progress(quiet: bool) -> Any:
    """A callable (done, total) for standard error, or None where nobody watches."""
    if quiet or not sys.stderr.isatty():
        return None
    return lambda done, total: print(f"\r{done}/{total}", end="" if done < total else "\n", file=sys.stderr)
