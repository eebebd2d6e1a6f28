"""Word times beside other word times: two opinions on one clip, or two clips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from suno_lab.audio import Audio
from suno_lab.lyrics.alignment import match_words
from suno_lab.lyrics.forced import Forced
from suno_lab.plots.alignment import (
    INCHES_A_WORD,
    Words,
    draw_spans,
    legible,
    shape_waveform,
    shape_words,
    sung_words,
)
from suno_lab.plots.canvas import (
    colour_of,
    faint_colour,
    legend,
    mark_emulated,
    new_axes,
    safe_text,
    text_colour,
    tick_names,
    time_x,
    title,
    width_in,
    write,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# ── two opinions on one clip ─────────────────────────────────────────────────────────────────────────────────────────
#: kind → how its marks look: (colour, marker, legend)
KINDS = {
    "agrees": (0, "o", "within {tolerance:g} s"),
    "differs": (1, "^", "further away"),
    "missing": (3, "x", "not found by the other"),
}


def shape_word_disagreement(words: Words, other: Words | Forced, *, tolerance_s: float = 0.3) -> pd.DataFrame:
    """One row a word: word, start_s, late_s (start of the other less its own), kind.

    ``kind`` is ``agrees`` (within the tolerance), ``differs``, or ``missing`` where the other does not have the word
    (``late_s`` is then NaN). Words are matched by what they say; those of :func:`suno_lab.lyrics.forced.force_align`,
    given as it returned them, by their place.
    """
    mine = sung_words(words)
    if isinstance(other, Forced):
        starts_s = {place: word.start_s for place, word in other.words.items()}
    else:
        theirs = sung_words(other)
        starts_s = {i: theirs[j].start_s for i, j in match_words(mine, theirs)}
    late_s = np.array([starts_s.get(i, np.nan) - word.start_s for i, word in enumerate(mine)], dtype=float)
    kinds = np.where(np.isnan(late_s), "missing", np.where(np.abs(late_s) <= tolerance_s, "agrees", "differs"))
    rows = {"word": [word.word for word in mine], "start_s": [word.start_s for word in mine]}
    return pd.DataFrame(rows | {"late_s": late_s, "kind": kinds}).astype(
        {"word": "string", "start_s": "float64", "kind": "string"}
    )


def plot_word_disagreement(
    words: Words,
    other: Words | Forced,
    *,
    ax: Axes | None = None,
    tolerance_s: float = 0.3,
    names: tuple[str, str] = ("stamps", "other"),
    emulated: bool = False,
    heading: str | None = None,
) -> Axes:
    """Draw how much later or earlier another source has each word: the service's stamps against a recogniser, say.

    Parameters
    ----------
    words : words in any form
        Whose words are drawn, each at its own time.
    other : words in any form, or Forced
        Whom they are compared with.
    ax : Axes, optional
        Where to draw; a new figure by default.
    tolerance_s : float
        Words further away are marked and written out, as are those the other does not have.
    names : (str, str)
        What the two sources are called.
    emulated, heading
        As for :func:`plot_alignment`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_word_disagreement(words, heard, names=("stamps", "recogniser"))
    """
    ax = new_axes(ax, width_in=10, height_in=3.2)
    rows = shape_word_disagreement(words, other, tolerance_s=tolerance_s)
    last_s = float(rows["start_s"].max()) if len(rows) else 1.0
    low_s, high_s = (2 * tolerance_s * sign for sign in (-1, 1))
    if rows["late_s"].notna().any():
        low_s, high_s = min(low_s, float(rows["late_s"].min())), max(high_s, float(rows["late_s"].max()))
    room_s = 0.3 * (high_s - low_s)
    time_x(ax, 0.0, last_s * 1.05 + 0.5)
    ax.set_ylim(low_s - room_s * (low_s < -2 * tolerance_s), high_s + 1.6 * room_s)
    ax.axhspan(-tolerance_s, tolerance_s, color=faint_colour(), alpha=0.15, linewidth=0)
    ax.axhline(0, color=faint_colour(), linewidth=0.8)
    for kind, (colour, marker, label) in KINDS.items():
        chosen = rows[rows["kind"] == kind]
        y = chosen["late_s"].fillna(0)
        ax.vlines(chosen["start_s"], 0, y, color=colour_of(colour), linewidth=1)
        named = f"{label.format(tolerance=tolerance_s)} ({len(chosen)})"
        ax.plot(chosen["start_s"], y, marker, color=colour_of(colour), markersize=5, label=named)
    _write_those(ax, rows[rows["kind"] != "agrees"])
    named_y = safe_text(f"{names[1]} − {names[0]} (s)")
    ax.set_ylabel(named_y.pop("s"), **named_y)
    legend(ax, fontsize="x-small", loc="upper right", ncols=3)
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax


def _write_those(ax: Axes, rows: pd.DataFrame) -> None:
    """The words of these rows beside their marks, the furthest away first, as far as there is room."""
    gap_s = _word_gap_s(ax)
    written: list[float] = []
    for word in rows.sort_values("late_s", key=lambda late_s: -late_s.abs(), na_position="last").to_dict("records"):
        if any(abs(word["start_s"] - other_s) < gap_s for other_s in written):
            continue
        written.append(word["start_s"])
        late_s = 0.0 if np.isnan(word["late_s"]) else word["late_s"]
        down = late_s < 0
        write(
            ax, word["start_s"], late_s + 0.03 * np.ptp(ax.get_ylim()) * (-1 if down else 1), word["word"],
            va="top" if down else "bottom", fontsize="x-small", color=text_colour(), clip_on=True,
            rotation=-60 if down else 60, rotation_mode="anchor",
        )  # fmt: skip


def _word_gap_s(ax: Axes) -> float:
    """The time that one slanted word takes on the page."""
    left_s, right_s = ax.get_xlim()
    return INCHES_A_WORD * (right_s - left_s) / width_in(ax)


# ── two clips ────────────────────────────────────────────────────────────────────────────────────────────────────────
LANE, EDGE = 2.0, 0.8  #: the middle of each waveform (one up, one down), and where its words' spans are


def shape_word_pairs(a: Words, b: Words) -> pd.DataFrame:
    """One row a word that both have, in order: word, a_start_s, b_start_s, difference_s (b less a)."""
    first, second = sung_words(a), sung_words(b)
    rows = [
        (first[i].word, first[i].start_s, second[j].start_s, second[j].start_s - first[i].start_s)
        for i, j in match_words(first, second)
    ]
    table = pd.DataFrame(rows, columns=["word", "a_start_s", "b_start_s", "difference_s"])
    return table.astype({name: "string" if name == "word" else "float64" for name in table})


def plot_alignments(
    a: Audio,
    b: Audio,
    *,
    words: tuple[Words | None, Words | None] = (None, None),
    names: tuple[str, str] = ("a", "b"),
    ax: Axes | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
    emulated: bool = False,
    heading: str | None = None,
) -> Axes:
    """Draw two clips over one time axis, the same words joined: a straight line is a word sung at the same time.

    Parameters
    ----------
    a, b : Audio
        The clips, such as siblings, or a song and its cover; ``a`` is drawn above.
    words : (words, words)
        Their timed words in any form; those of the audio by default.
    names : (str, str)
        What the clips are called.
    ax : Axes, optional
        Where to draw; a new figure by default.
    start_s, end_s : float, optional
        The part to draw; up to the end of the longer by default.
    emulated, heading
        As for :func:`plot_alignment`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_alignments(audio, audio, words=(words, heard), names=("stamps", "recogniser"))
    """
    ax = new_axes(ax, width_in=10, height_in=4.6)
    end_s = max(a.duration_s, b.duration_s) if end_s is None else end_s
    given = [(audio.words or ()) if mine is None else mine for audio, mine in zip((a, b), words, strict=True)]
    time_x(ax, start_s, end_s)
    ax.set_ylim(-LANE - 2.3, LANE + 2.3)
    for side, audio, mine in zip((1, -1), (a, b), given, strict=True):
        _draw_lane(ax, audio, mine, side=side, start_s=start_s, end_s=end_s)
    _join(ax, shape_word_pairs(*given), start_s=start_s, end_s=end_s)
    tick_names(ax.yaxis, (LANE, -LANE), names)
    ax.tick_params(axis="y", length=0)
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax


def _draw_lane(ax: Axes, audio: Audio, words: Words, *, side: int, start_s: float, end_s: float) -> None:
    """One clip: its waveform, spans of its words towards the middle, the words themselves outside."""
    colour = colour_of(0 if side > 0 else 1)
    wave = shape_waveform(audio, start_s=start_s, end_s=end_s)
    loudest = max(wave["high"].max(), -wave["low"].min(), 1e-9) if len(wave) else 1.0
    low, high = (side * LANE + wave[name] / loudest for name in ("low", "high"))
    ax.fill_between(wave["time_s"], low, high, color=faint_colour(), linewidth=0.4)
    rows = shape_words(words)
    rows = rows[(rows["end_s"] >= start_s) & (rows["start_s"] <= end_s)].sort_values("start_s")
    draw_spans(ax, rows.assign(success=True), at=side * EDGE, colour=colour)
    shown = legible(rows["start_s"].tolist(), gap_s=_word_gap_s(ax))
    style: dict[str, Any] = {"rotation": 60 * side, "rotation_mode": "anchor", "fontsize": "small", "clip_on": True}
    for word, legible_here in zip(rows.to_dict("records"), shown, strict=True):
        if legible_here:
            write(
                ax, word["start_s"], side * (LANE + 1.1), word["word"],
                va="bottom" if side > 0 else "top", color=text_colour(), **style,
            )  # fmt: skip


def _join(ax: Axes, pairs: pd.DataFrame, *, start_s: float, end_s: float) -> None:
    near = pairs[(pairs[["a_start_s", "b_start_s"]].max(axis=1) >= start_s)]
    near = near[near[["a_start_s", "b_start_s"]].min(axis=1) <= end_s]
    ends: Sequence[float] = (EDGE, -EDGE)
    for a_s, b_s in zip(near["a_start_s"].tolist(), near["b_start_s"].tolist(), strict=True):
        ax.plot([a_s, b_s], ends, color=text_colour(), alpha=0.5, linewidth=0.8)
