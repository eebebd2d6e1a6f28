"""The same picture for many things, on the same scale."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from suno_lab.plots.canvas import title

if TYPE_CHECKING:
    from matplotlib.figure import Figure


LETTER_IN = 0.085  #: of the name of an axis


def small_multiples(
    things: Mapping[str, Any],
    draw: Callable[[Any, Any], object],
    *,
    columns_n: int = 3,
    width_in: float = 3.2,
    height_in: float = 2.4,
    share_axes: bool = True,
) -> Figure:
    """One small picture a thing, in a grid, with its name above it.

    Parameters
    ----------
    things : mapping of str to anything
        What to draw, by name.
    draw : callable
        Called as ``draw(thing, ax)``; for instance ``lambda part, ax: plot_feature_by(part, "tempo_bpm", ax=ax)``.
    columns_n : int
        Pictures in a row.
    width_in, height_in : float
        Size of one picture, in inches.
    share_axes : bool
        The same scale everywhere, so that pictures can be compared.

    Returns
    -------
    Figure

    Examples
    --------
    >>> figure = small_multiples(
    ...     dict(list(df.groupby("model_requested"))), lambda part, ax: plot_tempo_agreement(part, ax=ax)
    ... )
    """
    from matplotlib import pyplot

    rows_n, columns_n = math.ceil(max(len(things), 1) / columns_n), min(columns_n, max(len(things), 1))
    size = (width_in * columns_n, height_in * rows_n)
    figure, grid = pyplot.subplots(
        rows_n, columns_n, figsize=size, squeeze=False, layout="constrained", sharex=share_axes, sharey=share_axes
    )
    for (name, thing), ax in zip(things.items(), grid.flat, strict=False):
        draw(thing, ax)
        title(ax, name)
        if len(ax.get_ylabel()) * LETTER_IN > 0.6 * height_in:
            ax.set_ylabel("\n".join(wrap(ax.get_ylabel(), int(0.6 * height_in / LETTER_IN))), parse_math=False)
        if share_axes:
            ax.label_outer()
    for ax in grid.flat[len(things) :]:
        ax.set_visible(False)
    return figure
