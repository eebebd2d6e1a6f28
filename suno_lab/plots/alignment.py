"""Timed words over the waveform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from suno_lab.audio import Audio
from suno_lab.lyrics import SungWord, clean_words
from suno_lab.models import TimedLyrics, Word
from suno_lab.plots.canvas import colour_of, faint_colour, mark_emulated, new_axes, text_colour, time_x, title, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Words = TimedLyrics | Sequence[Word] | Sequence[SungWord] | pd.DataFrame

WORD_COLUMNS = {
    "word": "string",
    "start_s": "float64",
    "end_s": "float64",
    "line": "Int64",
    "section": "Int64",
    "section_label": "string",
    "success": "boolean",
}
WORD_FLOOR = 1.06  #: words begin above the waveform, which spans -1 to 1
INCHES_A_WORD = 0.13  #: slanted words closer than this would touch


def sung_words(words: Words) -> tuple[SungWord, ...]:
    """Words in any of the forms they come in, as clean words; a frame has word, start_s, end_s (index or columns)."""
    if isinstance(words, TimedLyrics):
        return clean_words(words)
    if isinstance(words, pd.DataFrame):
        table = words.reset_index()[["word", "start_s", "end_s"]].dropna()
        return clean_words(Word(word=w, start_s=a, end_s=b) for w, a, b in table.itertuples(index=False))
    sung = tuple(word for word in words if isinstance(word, SungWord))
    return sung if len(sung) == len(words) else clean_words(word for word in words if isinstance(word, Word))


def shape_words(words: Words) -> pd.DataFrame:
    """One row a clean word: word, start_s, end_s, line, section, section_label, success."""
    rows = sung_words(words)
    columns = {name: [getattr(word, name) for word in rows] for name in WORD_COLUMNS}
    return pd.DataFrame({name: pd.Series(values, dtype=WORD_COLUMNS[name]) for name, values in columns.items()})


def shape_waveform(
    audio: Audio, *, start_s: float = 0.0, end_s: float | None = None, columns_n: int = 1200
) -> pd.DataFrame:
    """Lowest and highest sample of the mono mix in each of at most ``columns_n`` stretches: time_s, low, high."""
    first = max(round(start_s * audio.sr), 0)
    last = audio.frames_n if end_s is None else min(round(end_s * audio.sr), audio.frames_n)
    part = audio.mono[first:last]
    if len(part) == 0:
        return pd.DataFrame({"time_s": [], "low": [], "high": []}, dtype="float64")
    starts = np.unique(np.linspace(0, len(part), columns_n, endpoint=False).astype(int))
    low, high = np.minimum.reduceat(part, starts), np.maximum.reduceat(part, starts)
    return pd.DataFrame({"time_s": (first + starts) / audio.sr, "low": low, "high": high}).astype("float64")


def shape_sections(words: Words) -> pd.DataFrame:
    """One row a section that is sung: label, start_s, end_s (the next one's start; the last one's last word)."""
    rows = shape_words(words).sort_values("start_s", kind="stable")
    groups = rows.groupby("section", sort=False).agg(
        label=("section_label", "first"), start_s=("start_s", "min"), end_s=("end_s", "max")
    )
    groups["end_s"] = groups["start_s"].shift(-1).fillna(groups["end_s"])
    return groups.reset_index(drop=True)


def legible(starts_s: Sequence[float], *, gap_s: float) -> list[bool]:
    """Which labels to draw so that none begins less than ``gap_s`` after the one drawn before it."""
    shown, last_s = [], -np.inf
    for start_s in starts_s:
        shown.append(bool(start_s - last_s >= gap_s))
        last_s = start_s if shown[-1] else last_s
    return shown


def plot_alignment(
    audio: Audio,
    words: Words | None = None,
    *,
    ax: Axes | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
    emulated: bool = False,
    heading: str | None = None,
) -> Axes:
    """Draw the waveform with the words above it, each over its time; sections are bands of colour.

    Parameters
    ----------
    audio : Audio
        The clip.
    words : TimedLyrics or sequence of Word or SungWord, optional
        Its timed words; those of ``audio`` by default. Where they stand too close, some are left out (their spans
        are drawn all the same): pass ``start_s`` and ``end_s`` to see a part.
    ax : Axes, optional
        Where to draw; a new figure by default.
    start_s, end_s : float, optional
        The part to draw.
    emulated : bool
        Whether the clip is the emulator's; the picture then says so.
    heading : str, optional
        A title.
    """
    ax = new_axes(ax, width_in=10, height_in=3.2)
    end_s = audio.duration_s if end_s is None else end_s
    given = (audio.words or ()) if words is None else words
    time_x(ax, start_s, end_s)
    ax.set_ylim(-1.05, 2.1)
    _draw_sections(ax, given, start_s, end_s)
    wave = shape_waveform(audio, start_s=start_s, end_s=end_s)
    loudest = max(wave["high"].max(), -wave["low"].min(), 1e-9) if len(wave) else 1.0
    ax.fill_between(wave["time_s"], wave["low"] / loudest, wave["high"] / loudest, color=faint_colour(), linewidth=0.4)
    _draw_words(ax, given, start_s, end_s)
    ax.set_yticks([])
    ax.set_ylabel("waveform")
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax


def _draw_sections(ax: Axes, words: Words, start_s: float, end_s: float) -> None:
    for number, band in enumerate(shape_sections(words).to_dict("records")):
        left, right = max(band["start_s"], start_s), min(band["end_s"], end_s)
        if left >= right:
            continue
        ax.axvspan(left, right, color=colour_of(number), alpha=0.13, linewidth=0)
        write(ax, left, 2.06, f" {band['label']}", va="top", fontsize="x-small", clip_on=True)


def _draw_words(ax: Axes, words: Words, start_s: float, end_s: float) -> None:
    rows = shape_words(words)
    rows = rows[(rows["end_s"] >= start_s) & (rows["start_s"] <= end_s)].sort_values("start_s")
    width_in = ax.get_window_extent().width / ax.figure.dpi
    shown = legible(rows["start_s"].tolist(), gap_s=INCHES_A_WORD * (end_s - start_s) / max(width_in, 0.1))
    for word, legible_here in zip(rows.to_dict("records"), shown, strict=True):
        colour = colour_of(0) if word["success"] else colour_of(1)
        style: dict[str, Any] = {"color": colour, "linewidth": 3, "solid_capstyle": "butt"}
        ax.plot([word["start_s"], word["end_s"]], [WORD_FLOOR] * 2, linestyle="-" if word["success"] else ":", **style)
        ax.plot([word["start_s"]] * 2, [-1, WORD_FLOOR], color=colour, alpha=0.35, linewidth=0.6)
        if legible_here:
            style = {"rotation": 60, "rotation_mode": "anchor", "fontsize": "small", "color": text_colour()}
            write(ax, word["start_s"], WORD_FLOOR + 0.07, word["word"], va="bottom", clip_on=True, **style)
