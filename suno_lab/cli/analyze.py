"""``suno-lab analyze``: measure audio files, no session needed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from suno_lab.cli._options import check_target
from suno_lab.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

DESCRIPTION = """\
Measure audio files: tempo, key, duration, loudness, structure and more; one row a file. A file that cannot be read is
a row whose column "error" says why; the others are measured all the same. No session is needed, nothing is fetched.
"""
EPILOG = """\
exits 0 when at least one file was measured, 1 when none was, 2 when it was asked wrongly.

examples:
  suno-lab analyze songs/ --out features.csv
  suno-lab analyze songs/ --families help                # which there are
  suno-lab analyze a.mp3 b.flac --families rhythm,tonality --json
  suno-lab analyze songs/ --beats beats.csv --jobs 2 --out features.parquet
  suno-lab analyze songs/ --excerpt 30,60 --long --out parts.parquet
  suno-lab analyze songs/ --cache measures.sqlite --out features.csv
  suno-lab analyze /shared/songs --dask tcp://scheduler:8786 --out features.parquet
      # workers see the same paths; what a lost worker had is given to another
"""
SUFFIXES = (".csv", ".parquet")
SHOWN_FAILED_N = 20


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "analyze", help="measure tempo, key, duration, loudness and more of audio files", description=DESCRIPTION,
        epilog=EPILOG,
    )  # fmt: skip
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_FOLDER", help="audio files, or folders of them")
    parser.add_argument("--out", metavar="TABLE", help="write .csv or .parquet (default: print a short table)")
    parser.add_argument("--beats", metavar="CSV", help="write beat times: path, time_s")
    parser.add_argument("--families", help="comma-separated feature families (default: all; help: list them)")
    parser.add_argument(
        "--estimator", default="suno_lab", choices=("suno_lab", "librosa"),
        help="whose tempo and key: ours, or librosa's with its defaults",
    )  # fmt: skip
    parser.add_argument("--excerpt", type=_part, metavar="START,END", help="measure this part of each file (seconds)")
    parser.add_argument("--long", action="store_true", help="one row a file and feature, with unit and version")
    parser.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="processes to use (default 1)")
    parser.add_argument("--dask", metavar="ADDRESS", help="measure on the Dask cluster of this scheduler")
    parser.add_argument("--cache", metavar="FILE", help="keep the measures in this file: a second run computes nothing")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON and nothing else")
    return parser


def _part(text: str) -> tuple[float, float]:
    try:
        start_s, end_s = (float(one) for one in text.split(","))
    except ValueError:
        start_s = end_s = 0.0
    if not 0 <= start_s < end_s:
        raise argparse.ArgumentTypeError(f"{text!r}: expected two times in seconds, such as 30,60")
    return start_s, end_s


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: expected a number of processes, at least 1")
    return int(text)


def run(args: argparse.Namespace) -> int:
    """Measure, write, and fail when no file could be read."""
    from suno_lab.features import analyze

    if args.families == "help":
        return _list_families()
    _check(args)
    with _progress(args.json) as progress:
        frame = analyze(
            [Path(path) for path in args.paths],
            families=args.families.split(",") if args.families else None,
            estimator=args.estimator,
            excerpt=args.excerpt,
            long=args.long,
            beats=bool(args.beats),
            jobs=args.jobs,
            dask=args.dask,
        cache=args.cache,
            progress=progress,
        )
    if args.beats:
        frame = _without_beats(frame, Path(args.beats))
    if args.out:
        _write(frame, Path(args.out))
    if args.json:
        print(frame.to_json(orient="records", force_ascii=False))
    else:
        _tell(frame, args)
    return 0 if len(frame) and frame["error"].isna().any() else 1


def _list_families() -> int:
    from suno_lab.features import families

    for name, module in families().items():
        columns = ", ".join(feature.name for feature in module.FEATURES)
        print(f"{name}: {(module.__doc__ or '').splitlines()[0]}\n    {columns}")
    return 0


# ── before anything is measured ──────────────────────────────────────────────────────────────────────────────────────
def _check(args: argparse.Namespace) -> None:
    """Everything that would only be found out after an hour of work."""
    from suno_lab.features import families

    if args.out and Path(args.out).suffix.lower() not in SUFFIXES:
        _misused(f"--out {args.out!r}: expected a name ending in .csv or .parquet", field="out", given=args.out)
    if args.long and args.beats:
        _misused("--long and --beats: ask for one of the two", field="long")
    if args.jobs > 1 and args.dask:
        _misused("--jobs and --dask: ask for one of the two", field="jobs", given=args.jobs)
    if missing := [path for path in args.paths if not Path(path).exists()]:
        _misused(f"there is no file or folder {', '.join(map(repr, missing))}", field="paths", given=missing)
    if args.families:
        try:
            families(args.families.split(","))
        except ValueError as problem:
            _misused(f"--families: {problem}", field="families", given=args.families)
    for field in ("out", "beats"):
        if getattr(args, field):
            check_target(getattr(args, field), field)


def _misused(message: str, *, field: str, given: object = None) -> None:
    raise InvalidRequest(message, field=field, given=given)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error; none where nobody watches."""
    from tqdm import tqdm

    if quiet or not sys.stderr.isatty():
        yield None
        return
    with tqdm(desc="measuring", unit="file", file=sys.stderr) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


# ── afterwards ───────────────────────────────────────────────────────────────────────────────────────────────────────
def _write(frame: pd.DataFrame, target: Path) -> None:
    if target.suffix.lower() == ".csv":
        frame.to_csv(target, index=False)
    else:
        frame.to_parquet(target, index=False)


def _without_beats(frame: pd.DataFrame, target: Path) -> pd.DataFrame:
    """Write the beat times, one row a beat; the table without them."""
    times = frame[["path", "beats_s"]].explode("beats_s").dropna().rename(columns={"beats_s": "time_s"})
    times.to_csv(target, index=False)
    return frame.drop(columns="beats_s")


SHORT = ("path", "tempo_bpm", "musical_key", "duration_s", "loudness_integrated_lufs")
SHORT_LONG = ("path", "feature", "value", "text", "unit")


def _tell(frame: pd.DataFrame, args: argparse.Namespace) -> None:
    """What was measured (or where its rows are) on standard output; on standard error, what could not be."""
    if not len(frame):
        print(f"no audio file in {', '.join(args.paths)}", file=sys.stderr)
        return
    good = frame[frame["error"].isna()]
    if not args.out:
        print(_short(good) if len(good) else "nothing was measured")
    failed = frame[frame["error"].notna()].drop_duplicates("path")
    for path, error in failed[["path", "error"]].head(SHOWN_FAILED_N).itertuples(index=False):
        print(f"not measured: {path}: {error.replace(f'{path}: ', '')}", file=sys.stderr)
    if len(failed) > SHOWN_FAILED_N:
        print(f"not measured: {len(failed) - SHOWN_FAILED_N} more", file=sys.stderr)
    if args.out:
        measured_n = good["path"].nunique()
        print(f"{len(frame)} rows in {args.out}: {measured_n} files measured, {len(failed)} not")
    if args.beats:
        print(f"beats in {args.beats}")


def _short(frame: pd.DataFrame) -> str:
    names = [name for name in (SHORT_LONG if "feature" in frame else SHORT) if name in frame]
    shown = frame[names].astype({name: "object" for name in names if frame[name].dtype == "string"})
    folder = os.path.commonpath([os.path.dirname(path) for path in shown["path"]])
    shown["path"] = [os.path.relpath(path, folder) if folder else path for path in shown["path"]]
    texts: Any = {name: _or_dash for name in shown if shown[name].dtype == object}
    return shown.to_string(index=False, na_rep="–", formatters=texts, float_format=lambda value: f"{value:.2f}")


def _or_dash(value: object) -> str:
    return value if isinstance(value, str) else "–"
