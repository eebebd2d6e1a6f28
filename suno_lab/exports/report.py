"""One session as one HTML page: what was asked, what came, what was measured, how the models compare.

The page loads nothing from outside; pictures are inside it, audio is played from the files beside it. Every string
that came from a service or a user is escaped, and the page's own policy allows no script.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from suno_lab.errors import StudyError
from suno_lab.exports._view import SessionView, audio_name
from suno_lab.exports.card import counts
from suno_lab.studies.comparison import LEAST_PROMPTS_N

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUMMARY = "report.html: the overview as one page"

#: what is compared in the overview, where it was measured
COMPARED = ("tempo_bpm", "duration_s", "loudness_integrated_lufs")
#: columns of the table of clips, where they exist
SHOWN = (
    "model", "title", "requested_tempo_bpm", "tempo_bpm", "requested_key", "musical_key", "duration_s",
    "loudness_integrated_lufs", "status", "error",
)  # fmt: skip

_STYLE = """
:root{color-scheme:light dark;--line:#8886}
body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:.35rem .6rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}
audio{width:14rem;height:2rem}
.banner{border:2px solid;padding:.6rem 1rem;font-weight:600}
figure{margin:1.5rem 0}img{max-width:100%;height:auto;background:#fff}
figcaption{font-size:.9rem}
.scroll{overflow-x:auto;margin-bottom:1.5rem}
"""
_POLICY = "default-src 'none'; img-src data:; media-src 'self' file:; style-src 'unsafe-inline'"


def write(view: SessionView, folder: Path) -> list[Path]:
    """Write ``report.html`` into a data set, beside its ``audio/``."""
    links = {clip_id: audio_name(clip_id, path) for clip_id, path in view.audio_files()}
    return [_write(view, folder / "report.html", links)]


def write_beside(view: SessionView, target: str | Path) -> Path:
    """Write the page for a session folder; audio is linked where it lies."""
    page = Path(target).expanduser().resolve()
    page.parent.mkdir(parents=True, exist_ok=True)
    links = {clip_id: os.path.relpath(path.resolve(), page.parent) for clip_id, path in view.audio_files()}
    return _write(view, page, links)


def _write(view: SessionView, target: Path, links: dict[str, str]) -> Path:
    target.write_text(page_html(view, links), encoding="utf-8", errors="backslashreplace")
    return target


def page_html(view: SessionView, links: dict[str, str]) -> str:
    """The whole page; ``links`` maps clip ids to addresses relative to the page."""
    banner = (
        '<p class="banner" role="note">emulated – not Suno: these clips were made by the emulator that comes with '
        "suno_lab. Nothing here says anything about Suno’s models.</p>"
        if view.emulated
        else ""
    )
    parts = (_summary(view), _clip_table(view, links), _comparisons(view), _figures(view), _trust(view))
    body = banner + "".join(parts)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(view.name)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>{escape(view.name)}</h1>{body}</body></html>\n"
    )


# ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _summary(view: SessionView) -> str:
    items = "".join(f"<li>{value} {escape(name)}</li>" for name, value in counts(view.clips.reset_index()).items())
    return f"<p>Service: {escape(view.service)}</p><ul>{items}</ul>"


def _clip_table(view: SessionView, links: dict[str, str]) -> str:
    frame = view.clips.reset_index()
    columns = [name for name in SHOWN if name == "model" or (name in frame and frame[name].notna().any())]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns) + '<th scope="col">listen</th>'
    rows = "".join(
        f"<tr>{''.join(_cell(row, name) for name in columns)}{_player(row, links)}</tr>"
        for row in frame.to_dict(orient="records")
    )
    return f'<h2>Clips</h2><div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def model_name(row: Mapping[Any, Any]) -> str:
    """``V5``, or ``V5 (emulated)``."""
    name = _text(row.get("model_requested"))
    return f"{name} (emulated)" if row.get("service") == "emulator" else name


def _cell(row: Mapping[Any, Any], name: str) -> str:
    if name == "model":
        return f"<td>{escape(model_name(row))}</td>"
    value = row.get(name)
    if isinstance(value, float) and value == value:
        return f'<td class="n">{value:.1f}</td>'
    return f"<td>{escape(_text(value))}</td>"


def _text(value: Any) -> str:
    """What a cell shows; a missing value is a dash."""
    import pandas as pd

    return "–" if pd.api.types.is_scalar(value) and pd.isna(value) else str(value)


def _player(row: Mapping[Any, Any], links: dict[str, str]) -> str:
    link = links.get(str(row.get("clip_id")))
    if not link:
        return "<td>–</td>"
    label = escape(f"play {_text(row.get('title'))}, {model_name(row)}", quote=True)
    return f'<td><audio controls preload="none" src="{quote(link)}" aria-label="{label}"></audio></td>'


def _comparisons(view: SessionView) -> str:
    from suno_lab.studies import compare

    frame = view.clips.reset_index()
    parts = []
    for feature in COMPARED:
        if feature not in frame or frame[feature].notna().sum() == 0 or frame["model_requested"].nunique() < 2:
            continue
        try:
            parts.append(f'<div class="scroll">{compare(frame, feature)._repr_html_()}</div>')
        except StudyError as problem:
            parts.append(f"<h3>{escape(feature)}</h3><p>Not compared: {escape(str(problem))}</p>")
    few = counts(frame)["prompts"] < LEAST_PROMPTS_N
    note = "<p>With so few prompts these comparisons decide nothing.</p>" if few and parts else ""
    return f"<h2>Models compared</h2>{note}{''.join(parts)}" if parts else ""


def _figures(view: SessionView) -> str:
    figures = "".join(
        f'<figure><img alt="{escape(caption, quote=True)}" src="{picture}"><figcaption>{escape(caption)}</figcaption>'
        "</figure>"
        for caption, picture in pictures(view)
    )
    return f"<h2>Plots</h2>{figures}" if figures else ""


def _trust(view: SessionView) -> str:
    card = view.error_card_html
    return f'<h2>How far the measures can be trusted</h2><div class="scroll">{card}</div>' if card else ""


def pictures(view: SessionView) -> Iterable[tuple[str, str]]:
    """Captions and pictures (PNG data addresses) of the overview."""
    from suno_lab.plots import plot_alignment, plot_feature_by

    frame = view.clips.reset_index()
    for feature in COMPARED:
        if feature in frame and frame[feature].notna().any():
            caption = f"{feature} by model; siblings of a task are joined"
            yield caption, _png(lambda ax, name=feature: plot_feature_by(frame, name, ax=ax))
    words = view.frames.get("words")
    sung = set(words.reset_index()["clip_id"]) if words is not None and len(words) else set()
    for clip_id, path in view.audio_files():
        if clip_id in sung:
            yield f"words over the waveform, clip {clip_id}", _alignment(view, clip_id, path, plot_alignment)
            return


def _alignment(view: SessionView, clip_id: str, path: Path, plot: Callable[..., object]) -> str:
    from suno_lab.audio import Audio

    words = view.frames["words"].reset_index()
    own = words[words["clip_id"] == clip_id]
    return _png(lambda ax: plot(Audio.load(path), own, ax=ax, emulated=view.emulated), width_in=11)


def _png(draw: Callable[..., object], *, width_in: float = 7) -> str:
    import base64
    import io

    from matplotlib.figure import Figure

    figure: Figure = Figure(figsize=(width_in, 4), layout="constrained")
    draw(ax=figure.subplots())
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
