"""What a clip was made from: steps from left to right, the clip itself at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from suno_lab.plots.canvas import colour_of, faint_colour, mark_emulated, new_axes, text_colour, title, write

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Text

#: so many characters of an id or address are written
LABEL_N = 24
#: inches for one step, and for one of several things side by side
STEP_IN, ROW_IN = 2.3, 0.95


def shape_lineage(lineage: pd.DataFrame) -> pd.DataFrame:
    """Where each step is drawn and what is written there.

    Parameters
    ----------
    lineage : pandas.DataFrame
        As ``session.lineage(clip)`` gives it.

    Returns
    -------
    pandas.DataFrame
        One row a step, in the same order: ``x`` (0 for the clip itself, -1 for what went into it, …), ``y`` (steps
        side by side, centred on 0), ``label``, ``made`` (False for a file or address from outside), ``into``.
    """
    place = lineage.groupby("depth").cumcount()
    beside_n = lineage.groupby("depth")["depth"].transform("size")
    made = lineage["operation"].notna()
    return pd.DataFrame(
        {
            "x": -lineage["depth"].astype("int64"),
            "y": (beside_n - 1) / 2.0 - place,
            "label": [_label(row) for row in lineage.to_dict("records")],
            "made": made,
            "into": lineage["into"],
        }
    )


def plot_lineage(
    lineage: pd.DataFrame, *, ax: Axes | None = None, emulated: bool = False, heading: str | None = None
) -> Axes:
    """Draw what a clip was made from; arrows point to what was made of it.

    Parameters
    ----------
    lineage : pandas.DataFrame
        As ``session.lineage(clip)`` gives it.
    ax : Axes, optional
        Where to draw; a new figure by default.
    emulated : bool
        Whether the clip is the emulator's; the picture then says so.
    heading : str, optional
        A title.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_lineage(lineage)
    """
    steps = shape_lineage(lineage)
    depth_n = 1 - int(steps["x"].min()) if len(steps) else 1
    rows_n = 1 + 2 * float(steps["y"].max()) if len(steps) else 1.0
    ax = new_axes(ax, width_in=max(4.0, STEP_IN * depth_n), height_in=max(1.8, 0.8 + ROW_IN * rows_n))
    boxes = [_box(ax, step) for step in steps.to_dict("records")]
    for box, into in zip(boxes, steps["into"], strict=True):
        if pd.notna(into):
            _arrow(ax, box, boxes[int(into)])
    ax.set_xlim(0.5 - depth_n, 0.5)
    ax.set_ylim(-rows_n / 2 - 0.35, rows_n / 2 + 0.2)
    ax.set_axis_off()
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax


def _label(row: dict[Any, Any]) -> str:
    if pd.isna(row["operation"]):
        how, _, what = str(row["source"]).partition(": ")
        return f"{how.replace('_', ' ')}\n{_short(what)}"
    name = row["clip_id"] if pd.notna(row["clip_id"]) else row["task_id"]
    return f"{str(row['operation']).replace('_', ' ')}\n{_short(str(name))}"


def _short(text: str) -> str:
    """A long id or address, its end left off."""
    return text if len(text) <= LABEL_N else f"{text[: LABEL_N - 1]}…"


def _box(ax: Axes, step: dict[Any, Any]) -> Text:
    edge = colour_of(0) if step["made"] else text_colour()
    line = "-" if step["made"] else "--"
    box = {"boxstyle": "round,pad=0.5", "facecolor": ax.get_facecolor(), "edgecolor": edge, "linestyle": line}
    style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": "small", "bbox": box, "zorder": 3}
    return write(ax, step["x"], step["y"], step["label"], **style)


def _arrow(ax: Axes, start: Text, end: Text) -> None:
    """From the edge of one box to the edge of another; drawn after them, when their sizes are known."""
    ends = {"patchA": start.get_bbox_patch(), "patchB": end.get_bbox_patch(), "shrinkA": 2, "shrinkB": 2}
    style = {"arrowstyle": "-|>", "color": faint_colour(), "linewidth": 1.5, **ends}
    ax.annotate("", xy=end.get_position(), xytext=start.get_position(), arrowprops=style, zorder=4)
