"""Lyrics as a page: a line of text a line of music, every word over its time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from suno_lab.lyrics import SungWord, TimedLine, lines
from suno_lab.lyrics.placing import place_words
from suno_lab.plots.alignment import Words, sung_words
from suno_lab.plots.canvas import (
    clock,
    colour_of,
    faint_colour,
    mark_emulated,
    new_axes,
    tick_names,
    title,
    width_in,
    write,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


LONGEST_LINE_S = 12.0  #: a longer line is broken at its longest pauses
ROW_IN = 0.42  #: inches a row
LEVELS = (0.02, -0.24)  #: where words are written above their bar; those that would touch go up


def shape_karaoke(words: Words, *, lyrics: str | None = None, first_line: int = 0, lines_n: int = 16) -> pd.DataFrame:
    """One row a word of the chosen lines: row (0 at the top), word, start_s and end_s within its line, line_start_s.

    ``section_label`` says which part it is in, ``success`` whether the service aligned it. Lines end where the words
    say so, or where those of ``lyrics`` do; one of more than 12 s is broken at its longest pauses.
    """
    sung = [part for line in lines(_placed(sung_words(words), lyrics)) for part in _broken(line)]
    chosen = sung[first_line : first_line + lines_n]
    rows = [
        {
            "row": row,
            "word": word.word,
            "start_s": word.start_s - line.start_s,
            "end_s": word.end_s - line.start_s,
            "line_start_s": line.start_s,
            "section_label": line.section_label,
            "success": word.success,
        }
        for row, line in enumerate(chosen)
        for word in line.words
    ]
    columns = ["row", "word", "start_s", "end_s", "line_start_s", "section_label", "success"]
    return pd.DataFrame(rows, columns=columns)


def _placed(words: tuple[SungWord, ...], lyrics: str | None) -> tuple[SungWord, ...]:
    return place_words(words, lyrics) if lyrics else words


def _broken(line: TimedLine) -> list[TimedLine]:
    """A line in parts that are short enough to be read."""
    if line.end_s - line.start_s <= LONGEST_LINE_S or len(line.words) < 2:
        return [line]
    pauses_s = [after.start_s - before.end_s for before, after in pairwise(line.words)]
    middle = min(line.start_s, line.end_s) + (line.end_s - line.start_s) / 2
    cut = max(range(len(pauses_s)), key=lambda i: (round(pauses_s[i], 2), -abs(line.words[i + 1].start_s - middle)))
    halves = (line.words[: cut + 1], line.words[cut + 1 :])
    return [part for words in halves for part in _broken(replace(line, words=words))]


def plot_karaoke(
    words: Words,
    *,
    lyrics: str | None = None,
    ax: Axes | None = None,
    first_line: int = 0,
    lines_n: int = 16,
    emulated: bool = False,
    heading: str | None = None,
) -> Axes:
    """Draw a page of lyrics: one row a line, beginning at the time on the left; bars last as long as their words.

    Sections change the colour; words the service could not align are hatched.

    Parameters
    ----------
    words : words in any form
        The timed words.
    lyrics : str, optional
        The text asked for. Words that do not say where their lines end (a recogniser's) are put in its lines, where at
        least half of them are found there.
    ax : Axes, optional
        Where to draw; a new figure by default.
    first_line, lines_n : int
        The page: how many lines to leave out before it, and how many are on it.
    emulated : bool
        Whether the clip is the emulator's; the picture then says so.
    heading : str, optional
        A title.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_karaoke(words)
    """
    rows = shape_karaoke(words, lyrics=lyrics, first_line=first_line, lines_n=lines_n)
    ax = new_axes(ax, width_in=9, height_in=0.8 + ROW_IN * max(rows["row"].max() + 1 if len(rows) else 1, 2))
    ax.set_ylim(max(rows["row"].max() + 0.5 if len(rows) else 1, 1), -0.6)
    ax.set_xlim(0, max(rows["end_s"].max() * 1.04 if len(rows) else 1, 0.5))
    sections = list(dict.fromkeys(rows["section_label"]))
    for word in rows.to_dict("records"):
        colour = colour_of(sections.index(word["section_label"]))
        span = {"left": word["start_s"], "height": 0.3, "color": colour, "edgecolor": faint_colour()}
        ax.barh(word["row"] + 0.22, word["end_s"] - word["start_s"], hatch=None if word["success"] else "////", **span)
    for _, line in rows.groupby("row"):
        _write_line(ax, line)
    firsts = rows.drop_duplicates("row")
    names = [_name(line) for line in firsts.to_dict("records")]
    tick_names(ax.yaxis, firsts["row"] + 0.1, names, fontsize="small")
    ax.set_xlabel("time within the line (s)")
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax


def _write_line(ax: Axes, line: pd.DataFrame) -> None:
    """The words of a line over their bars; one that would touch the last goes up a level."""
    second_in = width_in(ax) / ax.get_xlim()[1]
    free_s = [0.0] * len(LEVELS)
    for word in line.to_dict("records"):
        level = next((i for i, at_s in enumerate(free_s) if word["start_s"] >= at_s), free_s.index(min(free_s)))
        place = word["start_s"], word["row"] + LEVELS[level]
        text = write(ax, *place, word["word"], va="bottom", fontsize="small", clip_on=True)
        letters_in = text.get_window_extent().width / ax.figure.dpi + 0.04
        free_s[level] = word["start_s"] + letters_in / (0.93 * second_in)


def _name(line: dict) -> str:
    label = line["section_label"]
    return f"{label}  {clock(line['line_start_s'])}" if label else clock(line["line_start_s"])
