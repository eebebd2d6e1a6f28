"""Timed words over the waveform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from suno_lab.audio import Audio
from suno_lab.lyrics import SungWord, clean_words
from suno_lab.models import TimedLyrics, Word
from suno_lab.plots.canvas import (
    colour_of,
    faint_colour,
    legend,
    mark_emulated,
    new_axes,
    on_dark,
    text_colour,
    time_x,
    title,
    width_in,
    write,
)

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

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_alignment(audio, words, start_s=0, end_s=5)
    """
    ax = new_axes(ax, width_in=10, height_in=3.2)
    end_s = audio.duration_s if end_s is None else end_s
    given = (audio.words or ()) if words is None else words
    time_x(ax, start_s, end_s)
    ax.set_ylim(-1.35, 2.1)
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
        ax.axvspan(left, right, color=colour_of(number), alpha=0.25 if on_dark() else 0.13, linewidth=0)
        write(ax, left, -1.32, f" {band['label']}", va="bottom", fontsize="x-small", clip_on=True)


def _draw_words(ax: Axes, words: Words, start_s: float, end_s: float) -> None:
    rows = shape_words(words)
    rows = rows[(rows["end_s"] >= start_s) & (rows["start_s"] <= end_s)].sort_values("start_s")
    draw_spans(ax, rows, at=WORD_FLOOR)
    ax.vlines(rows["start_s"], -1, WORD_FLOOR, color=colour_of(0), alpha=0.35, linewidth=0.6)
    shown = legible(rows["start_s"].tolist(), gap_s=INCHES_A_WORD * (end_s - start_s) / width_in(ax))
    for word, legible_here in zip(rows.to_dict("records"), shown, strict=True):
        if legible_here:
            style: dict[str, Any] = {"rotation": 60, "rotation_mode": "anchor", "fontsize": "small"}
            write(
                ax,
                word["start_s"],
                WORD_FLOOR + 0.09,
                word["word"],
                va="bottom",
                clip_on=True,
                color=text_colour(),
                **style,
            )


SPAN = 0.09  #: how high the spans of words are drawn, with the waveform from -1 to 1


def draw_spans(ax: Axes, rows: pd.DataFrame, *, at: float, colour: str | None = None) -> None:
    """A bar a word at this height, words that follow each other set apart; hatched where the service failed."""
    from matplotlib.patches import Rectangle

    failed = False
    for word in rows.to_dict("records"):
        good = bool(word["success"])
        style: dict[str, Any] = (
            {"facecolor": colour or colour_of(0)} if good else {"facecolor": "none", "hatch": "//////"}
        )
        label = None if good or failed else "not aligned by the service"
        failed |= not good
        span = (word["start_s"], at - SPAN / 2), word["end_s"] - word["start_s"], SPAN
        edge = ax.get_facecolor() if good else colour_of(1)
        ax.add_patch(Rectangle(*span, edgecolor=edge, linewidth=0.8, label=label, zorder=2, **style))
    if failed:
        legend(ax, fontsize="x-small", loc="upper right")
