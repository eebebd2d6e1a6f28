"""How strong conditions are in the votes of listeners, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from suno_lab.plots.canvas import (
    MARKERS,
    colour_of,
    faint_colour,
    legend,
    mark_emulated,
    new_axes,
    tick_names,
    write,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from suno_lab.studies.ranking import Ranking

SPREAD = 0.5  #: share of a condition's row that its questions take


def shape_ranking(ranking: Ranking) -> pd.DataFrame:
    """One row a question and condition: question, condition, strength, low, high, places, y.

    ``places`` is the place, or the places that the votes leave open. ``y`` counts conditions from the top, in the order
    of the first question; several questions share a condition's row.
    """
    table = ranking.table
    questions = list(table["question"].unique())
    order = {name: y for y, name in enumerate(table["condition"].unique())}
    number = table["question"].map({name: i for i, name in enumerate(questions)}).astype("float64")
    rows = table[["question", "condition", "strength", "low", "high"]].copy()
    rows["places"] = [
        str(best) if best == worst else f"{best}–{worst}"
        for best, worst in zip(table["best_place"], table["worst_place"], strict=True)
    ]
    row = table["condition"].map(order).astype("float64")
    rows["y"] = row + SPREAD * ((number + 0.5) / max(len(questions), 1) - 0.5)
    return rows


def plot_ranking(ranking: Ranking, *, ax: Axes | None = None, emulated: bool | None = None) -> Axes:
    """Draw strengths with their intervals, and the places that the votes leave open beside them.

    Parameters
    ----------
    ranking : Ranking
        Of :func:`suno_lab.studies.rank`.
    ax : Axes, optional
        Where to draw; a new figure by default.
    emulated : bool, optional
        Whether the clips are the emulator's; by default what the ranking says.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_ranking(ranking)
    """
    rows = shape_ranking(ranking)
    names = list(rows["condition"].unique())
    ax = new_axes(ax, width_in=6, height_in=1.2 + 0.5 * max(len(names), 2))
    ax.axvline(0, color=faint_colour(), linewidth=1)
    for number, (question, mine) in enumerate(rows.groupby("question", sort=False)):
        colour = colour_of(number)
        ax.hlines(mine["y"], mine["low"], mine["high"], color=colour, linewidth=2)
        ax.plot(
            mine["strength"], mine["y"], linestyle="", marker=MARKERS[number % len(MARKERS)], color=colour,
            label=str(question),
        )  # fmt: skip
    beside = {"transform": ax.get_yaxis_transform(), "va": "center", "fontsize": "small"}
    for y, places in zip(rows["y"], rows["places"], strict=True):
        write(ax, 1.02, y, places, **beside)
    write(ax, 1.02, -0.75, "place", **beside)
    tick_names(ax.yaxis, range(len(names)), names)
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xlabel(f"strength in votes (log odds against the average; {ranking.confidence:.0%} interval over items)")
    if rows["question"].nunique() > 1:
        legend(ax, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, fontsize="small")
    mark_emulated(ax, ranking.emulated if emulated is None else emulated)
    return ax
