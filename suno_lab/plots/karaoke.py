"""Lyrics as a page: a line of text a line of music, every word over its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from suno_lab.lyrics import SungWord, lines
from suno_lab.lyrics.placing import place_words
from suno_lab.plots.alignment import Words, sung_words
from suno_lab.plots.canvas import clock, colour_of, faint_colour, mark_emulated, new_axes, tick_names, title, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def shape_karaoke(words: Words, *, lyrics: str | None = None, first_line: int = 0, lines_n: int = 16) -> pd.DataFrame:
    """One row a word of the chosen lines: row (0 at the top), word, start_s and end_s within its line, line_start_s.

    ``section_label`` says which part it is in, ``success`` whether the service aligned it. Lines end where the words
    say so, or where those of ``lyrics`` do.
    """
    chosen = lines(_placed(sung_words(words), lyrics))[first_line : first_line + lines_n]
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

    ``first_line`` turns the pages. Sections change the colour; words the service could not align are hatched. Words
    that do not say where their lines end (a recogniser's) are put in the lines of ``lyrics``, the text asked for, where
    at least half of them are found there.
    """
    rows = shape_karaoke(words, lyrics=lyrics, first_line=first_line, lines_n=lines_n)
    ax = new_axes(ax, width_in=9, height_in=0.6 + 0.42 * max(rows["row"].max() + 1 if len(rows) else 1, 2))
    sections = list(dict.fromkeys(rows["section_label"]))
    for word in rows.to_dict("records"):
        colour = colour_of(sections.index(word["section_label"]))
        span = {"left": word["start_s"], "height": 0.3, "color": colour, "edgecolor": faint_colour()}
        ax.barh(word["row"] + 0.22, word["end_s"] - word["start_s"], hatch=None if word["success"] else "////", **span)
        write(ax, word["start_s"], word["row"] + 0.02, word["word"], va="bottom", fontsize="small", clip_on=True)
    firsts = rows.drop_duplicates("row")
    names = [_name(line) for line in firsts.to_dict("records")]
    tick_names(ax.yaxis, firsts["row"] + 0.1, names, fontsize="small")
    ax.set_ylim(max(rows["row"].max() + 0.8 if len(rows) else 1, 1), -0.6)
    ax.set_xlim(0, max(rows["end_s"].max() * 1.04 if len(rows) else 1, 0.5))
    ax.set_xlabel("time within the line (s)")
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax


def _name(line: dict) -> str:
    label = line["section_label"]
    return f"{label}  {clock(line['line_start_s'])}" if label else clock(line["line_start_s"])
