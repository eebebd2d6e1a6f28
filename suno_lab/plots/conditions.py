"""A feature in several conditions, every clip a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from suno_lab import features
from suno_lab.plots.canvas import (
    MARKERS,
    colour_of,
    column_name,
    faint_colour,
    is_emulated,
    log_numbers,
    mark_emulated,
    new_axes,
    text_colour,
    tick_names,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SPREAD = 0.7  #: share of a condition's width that its points take


def shape_feature_by(df: pd.DataFrame, feature: str, *, by: str = "model", pair: str = "prompt_id") -> pd.DataFrame:
    """One row a measured clip: by, pair, task, value, x (place of its condition, spread by prompt and task).

    ``by="model"`` is ``model_requested`` where there is no column of that name. Conditions, prompts and tasks are
    sorted; clips of one task share their x. Clips without the value are left out.
    """
    column = "model_requested" if by == "model" and "model" not in df else by
    task = df["task_id"] if "task_id" in df else pd.Series(range(len(df)), index=df.index)
    group = df[pair] if pair in df else pd.Series("", index=df.index)
    rows = pd.DataFrame({"by": df[column], "pair": group, "task": task, "value": df[feature]})
    rows = rows.dropna(subset=["by", "value"]).reset_index(drop=True)
    rows["by"] = rows["by"].astype(str)
    rows[["pair", "task"]] = rows[["pair", "task"]].astype(str)
    rows = rows.sort_values(["by", "pair", "task"], kind="stable", ignore_index=True)
    place = rows["by"].map({name: i for i, name in enumerate(rows["by"].unique())}).astype("float64")
    rank = pd.Series(0.0, index=rows.index)
    for _, mine in rows.groupby("by"):
        rank[mine.index] = mine.groupby(["pair", "task"], sort=False).ngroup().astype("float64")
    tasks_n = rank.groupby(rows["by"]).transform("max") + 1
    rows["x"] = place + SPREAD * ((rank + 0.5) / tasks_n - 0.5)
    return rows


def plot_feature_by(
    df: pd.DataFrame,
    feature: str,
    by: str = "model",
    *,
    pair: str = "prompt_id",
    ax: Axes | None = None,
    emulated: bool | None = None,
) -> Axes:
    """Draw every clip's value by condition; clips of one task are joined, the bar is the mean over prompts.

    Parameters
    ----------
    df : DataFrame
        One row a clip.
    feature, by, pair : str
        As for :func:`suno_lab.studies.compare`.
    ax : Axes, optional
        Where to draw; a new figure by default.
    emulated : bool, optional
        Whether clips are the emulator's; by default what the column ``service`` says.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_feature_by(df, "loudness_integrated_lufs", by="model")
    """
    ax = new_axes(ax, width_in=6, height_in=4)
    rows = shape_feature_by(df, feature, by=by, pair=pair)
    known = features.feature(feature)
    names = list(rows["by"].unique())
    heights = _heights(ax, rows["value"])
    numeric = pd.api.types.is_numeric_dtype(rows["value"])
    if known and known.scale == "log" and numeric and (heights > 0).all():
        log_numbers(ax, "y")
    for number, name in enumerate(names):
        mine = rows["by"] == name
        _draw_condition(ax, rows[mine], heights[mine], number)
        if numeric:
            mean = _prompt_mean(rows[mine], log=ax.get_yscale() == "log")
            ax.plot([number - 0.42, number + 0.42], [mean, mean], color=text_colour(), linewidth=1.5)
    tick_names(ax.xaxis, range(len(names)), names)
    ax.set_xlim(-0.6, max(len(names), 1) - 0.4)
    ax.set_xlabel(column_name(by), parse_math=False)
    ax.set_ylabel(column_name(feature), parse_math=False)
    mark_emulated(ax, is_emulated(df) if emulated is None else emulated)
    return ax


def _heights(ax: Axes, values: pd.Series[Any]) -> pd.Series[Any]:
    """Where values stand on y: numbers at themselves, names at their place in order."""
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("float64")
    names = sorted(values.astype(str).unique())
    tick_names(ax.yaxis, range(len(names)), names)
    return values.astype(str).map({name: i for i, name in enumerate(names)}).astype("float64")


def _draw_condition(ax: Axes, rows: pd.DataFrame, heights: pd.Series[Any], number: int) -> None:
    for _, task in heights.groupby([rows["pair"], rows["task"]]):
        if len(task) > 1:
            x = rows.loc[task.index, "x"].iloc[0]
            ax.plot([x, x], [task.min(), task.max()], color=faint_colour(), linewidth=1, zorder=1)
    style: dict[str, Any] = {
        "color": colour_of(number),
        "marker": MARKERS[number % len(MARKERS)],
        "s": 28,
        "linewidths": 0,
    }
    same = heights.groupby(
        [rows["pair"], rows["task"], heights]
    ).cumcount()  # siblings with one value stand side by side
    ax.scatter(rows["x"] + 0.025 * same, heights, alpha=0.85, zorder=2, **style)


def _prompt_mean(rows: pd.DataFrame, *, log: bool) -> float:
    """Mean over prompts of task means; geometric on a log axis."""
    values = rows["value"].astype("float64")
    scaled = pd.Series(np.log(values) if log else values, index=rows.index)
    tasks = scaled.groupby([rows["pair"], rows["task"]]).mean()
    mean = float(tasks.groupby(level=0).mean().mean())
    return float(np.exp(mean)) if log else mean
