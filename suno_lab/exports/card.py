"""The data card: what the set is, how it was made, what it cannot support."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from suno_lab.exports._view import TABLES, SessionView, dataset_clips
from suno_lab.studies.comparison import LEAST_PROMPTS_N

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = "README.md: what is in the data set, how it was made, its limits"

EMULATED_NOTE = (
    "**Emulated – not Suno.** Every clip marked `emulator` was made by the emulator that comes with suno_lab, not by "
    "Suno. Nothing measured on these clips says anything about Suno's models."
)
TERMS = (
    "The tables are the work of whoever asked for the songs. The audio is subject to the terms of the service and the "
    "plan it was made under: check them before you publish, and say which plan it was. Emulated audio is synthesised "
    "from MIT- and CC0-licensed sounds and may be used freely."
)


def counts(clips: pd.DataFrame) -> dict[str, int]:
    """Numbers of prompts, tasks, clips and failed requests of the wide table."""
    with_clip = clips[clips["clip_id"].notna()] if "clip_id" in clips else clips
    return {
        "prompts": int(clips["prompt_id"].nunique()) if "prompt_id" in clips else 0,
        "tasks": int(clips["task_id"].nunique()) if "task_id" in clips else 0,
        "clips": len(with_clip),
        "failed requests": len(clips) - len(with_clip),
    }


def write(view: SessionView, folder: Path) -> list[Path]:
    """Write ``README.md``."""
    clips = dataset_clips(view)
    sections = [
        _front_matter(view, clips),
        f"# {_plain(view.name)}",
        EMULATED_NOTE if view.emulated else "",
        _what(view, clips),
        _limits(clips),
        _trust(view),
        f"## Terms\n\n{TERMS}",
        _columns(view, clips),
        "## Checking it\n\n`SHA256SUMS` lists every file: `sha256sum -c SHA256SUMS`, or `suno-lab verify <folder>`.",
    ]
    target = folder / "README.md"
    text = "\n\n".join(section for section in sections if section) + "\n"
    target.write_text(text, encoding="utf-8", errors="backslashreplace")
    return [target]


def _plain(text: str) -> str:
    """A name on one line, with nothing Markdown or HTML would act on."""
    return "".join(c if c.isalnum() or c in " -_.,()" else " " for c in text).strip() or "data set"


def _front_matter(view: SessionView, clips: pd.DataFrame) -> str:
    tags = ["music", "generated", "audio"] + (["emulated"] if view.emulated else [])
    listed = "\n".join(f"- {tag}" for tag in tags)
    return f"---\npretty_name: {_plain(view.name)}\nlicense: other\ntags:\n{listed}\nn_clips: {len(clips)}\n---"


def _what(view: SessionView, clips: pd.DataFrame) -> str:
    number = counts(clips)
    models = sorted(clips["model_requested"].dropna().unique()) if "model_requested" in clips else []
    moments = clips["requested_at"].dropna() if "requested_at" in clips else clips.iloc[:0, 0]
    asked = f"{moments.min():%Y-%m-%d} to {moments.max():%Y-%m-%d} (UTC)" if len(moments) else "–"
    rows = [
        ("service", _plain(view.service)),
        ("models asked for", ", ".join(map(_plain, models)) or "–"),
        *((name, str(value)) for name, value in number.items()),
        ("asked", asked),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    return f"## What it is\n\n| | |\n|---|---|\n{table}"


def _limits(clips: pd.DataFrame) -> str:
    number = counts(clips)
    points = [
        "The two clips of a task are siblings: they show the spread of one request and are never two independent "
        "samples. Inference resamples prompts.",
        "Measured features carry the error of their estimator; tempo may be off by an octave. "
        "`…_alternative` and `…_confidence` columns say where.",
    ]
    if number["prompts"] < LEAST_PROMPTS_N:
        few = f"{number['prompts']} prompts are too few to decide anything between models"
        points.insert(0, f"{few} (at least {LEAST_PROMPTS_N}).")
    if number["failed requests"]:
        points.append(f"{number['failed requests']} requests failed; they stay in the tables, with their error.")
    return "## What it cannot support\n\n" + "\n".join(f"- {point}" for point in points)


def _trust(view: SessionView) -> str:
    """The error card, each line indented: whatever a study is called, it is shown as it is."""
    if not view.error_card_text:
        return ""
    lines = "\n".join(f"    {line}" for line in view.error_card_text.splitlines())
    return f"## How far the measures can be trusted\n\n{lines}\n\nOutside its domain a card is a prior, not a promise."


def _columns(view: SessionView, clips: pd.DataFrame) -> str:
    parts = ["## Tables"]
    for name in TABLES:
        if name in view.frames:
            frame = clips if name == "clips" else view.frames[name].reset_index().drop(columns="index", errors="ignore")
            listed = ", ".join(f"`{column}` {dtype}" for column, dtype in frame.dtypes.items())
            parts.append(f"**{name}** ({len(frame)} rows): {listed}")
    return "\n\n".join(parts)
