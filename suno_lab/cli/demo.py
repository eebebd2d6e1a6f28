"""``suno-lab demo``: the main job, end to end, on the embedded emulator."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from suno_lab.cli._options import add_json, print_json

if TYPE_CHECKING:
    import pandas as pd

    from suno_lab.api.music import Generate
    from suno_lab.session import SunoSession

Thing = TypeVar("Thing")

MODELS = ("V4_5", "V5")
COMPARED = ("tempo_bpm", "loudness_integrated_lufs")


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One musical idea; its words name a tempo and a key."""

    item: str
    style: str
    lyrics: str = ""

    def request(self, model: str) -> Generate:
        """The idea as a request to one model."""
        from suno_lab.api.music import Generate

        sung = bool(self.lyrics)
        return Generate(
            title=self.item, style=self.style, model=model, lyrics=self.lyrics or None, instrumental=not sung
        )


PROMPTS = (
    Prompt(
        item="Harbour lights", style="indie pop, warm guitars, 104 bpm, in C major, male voice",
        lyrics="[Verse]\nThe harbour lights are calling me\nA quiet song across the sea\n"
        "[Chorus]\nSo carry me over the water\nCarry me into the day",
    ),
    Prompt(
        item="Rain on the window", style="slow piano, calm, solo, 72 bpm, in A minor",
    ),
    Prompt(
        item="Night train", style="house, driving drums, synth bass, 124 bpm, in G minor",
    ),
)  # fmt: skip


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "demo", help="make songs on the emulator, measure, compare and export them",
        description="Two models, three prompts, two sibling clips a task, all on the embedded emulator: no key, no "
        "network, no credits. Ends with a table and the paths of a report, plots and a data set.",
        epilog="example:\n  suno-lab demo --out demo-output",
    )  # fmt: skip
    parser.add_argument("--out", default="demo-output", metavar="DIR", help="where everything goes")
    parser.add_argument(
        "--seed", type=int, default=2, help="the emulator's seed (default 2: both models keep to what is asked)"
    )
    add_json(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """The road, step by step."""
    from suno_lab.emulator import EmulatorSettings
    from suno_lab.session import SunoSession

    out, quiet = Path(args.out).expanduser().resolve(), args.json
    settings = EmulatorSettings(latency_s=1.0, seed=args.seed)
    with SunoSession(out / "first-study", service="emulator", emulator=settings, progress=False) as session:
        _make_songs(session, quiet=quiet)
        _time_words(session, quiet=quiet)
        session.analyze(progress=None if quiet else _bar("measuring"))
        comparisons = [session.compare(feature, by="model") for feature in COMPARED]
        plots = _draw(session, out / "plots", quiet=quiet)
        dataset = session.export(out / "dataset")
        report = session.report(out / "report.html")
        table = summary(session.df)
    if args.json:
        paths = {"report": str(report), "dataset": str(dataset), "plots": [str(p) for p in plots]}
        print_json({"clips": table.to_dict(orient="records"), **paths})
        return 0
    _tell(table, comparisons, report=report, dataset=dataset, plots=out / "plots", session=out / "first-study")
    return 0


# ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _make_songs(session: SunoSession, *, quiet: bool) -> None:
    requests = [prompt.request(model) for prompt in PROMPTS for model in MODELS]
    jobs = [session.submit(request) for request in requests]
    for job in _watched(jobs, "making songs", "task", quiet=quiet):
        job.result()


def _time_words(session: SunoSession, *, quiet: bool) -> None:
    """Ask for the timed words of the sung clips; kept ones are not asked for again."""
    sung = [clip for clip in _clips(session) if clip.lyrics and clip.words.empty]
    for clip in _watched(sung, "timing words", "clip", quiet=quiet):
        clip.timed_lyrics()


def _clips(session: SunoSession) -> list[Any]:
    return [session[clip_id] for clip_id in session.clips.index]


def _draw(session: SunoSession, folder: Path, *, quiet: bool) -> list[Path]:
    """The plots of the demo as PNG files."""
    from matplotlib.figure import Figure

    from suno_lab.plots import plot_chroma, plot_feature_by

    folder.mkdir(parents=True, exist_ok=True)
    sung = next(clip for clip in _clips(session) if not clip.words.empty)
    drawings = {
        "alignment": lambda ax: sung.plot_alignment(ax=ax),
        "chroma": lambda ax: plot_chroma(sung.audio, ax=ax, emulated=True),
        "tempo-by-model": lambda ax: plot_feature_by(session.df, "tempo_bpm", ax=ax),
        "loudness-by-model": lambda ax: plot_feature_by(session.df, "loudness_integrated_lufs", ax=ax),
    }
    paths = []
    for name, draw in _watched(list(drawings.items()), "drawing", "plot", quiet=quiet):
        figure = Figure(figsize=(11 if name in ("alignment", "chroma") else 6, 4), layout="constrained")
        draw(figure.subplots())
        paths.append(folder / f"{name}.png")
        figure.savefig(paths[-1], dpi=120)
    return paths


def summary(df: pd.DataFrame) -> pd.DataFrame:
    """One row a clip: model, prompt, tempo and key as asked and as measured, duration."""
    table = df[df["title"].isin([p.item for p in PROMPTS])].sort_values(["title", "model_requested", "sibling"])
    table = table.assign(model=table["model_requested"] + " (emulated)")
    columns = ["model", "title", "requested_tempo_bpm", "tempo_bpm", "requested_key", "musical_key", "duration_s"]
    return table[columns].rename(columns={"title": "prompt"}).reset_index(drop=True)


def _tell(table: pd.DataFrame, comparisons: Sequence[Any], **paths: Path) -> None:
    print("\nEmulated – not Suno: made by the emulator on this machine.\n")
    print(table.to_string(index=False, float_format=lambda value: f"{value:.1f}", na_rep="–"))
    for comparison in comparisons:
        print(f"\n{comparison}")
    print()
    for name, path in paths.items():
        print(f"{name + ':':<9} {path}")


# ── progress ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def _watched(things: Iterable[Thing], words: str, unit: str, *, quiet: bool) -> Iterator[Thing]:
    from tqdm import tqdm

    yield from tqdm(list(things), desc=words, unit=unit, disable=quiet, file=sys.stderr)


def _bar(words: str) -> Any:
    """A callable (done, total) that draws a bar."""
    from tqdm import tqdm

    bar = tqdm(desc=words, unit="clip", file=sys.stderr)

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)
        if done >= total:
            bar.close()

    return show
