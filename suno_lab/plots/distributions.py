"""Distributions: of a feature by condition, of word times against a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from suno_lab import features
from suno_lab.lyrics.alignment import Timed, start_deviations_s
from suno_lab.plots.canvas import colour_of, is_emulated, legend, mark_emulated, new_axes, text_colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = ("-", "--", "-.", ":")
DEVIATION_STEP_S, DEVIATION_REACH_S = 0.05, 1.0


def shape_ecdf(df: pd.DataFrame, feature: str, *, by: str = "model") -> pd.DataFrame:
    """One row a measured clip: by, value, share (of its condition's clips at or below the value)."""
    column = "model_requested" if by == "model" and "model" not in df else by
    rows = df[[column, feature]].dropna().set_axis(["by", "value"], axis=1)
    rows = rows.assign(by=rows["by"].astype(str), value=rows["value"].astype("float64"))
    rows = rows.sort_values(["by", "value"], kind="stable", ignore_index=True)
    sizes = rows.groupby("by")["value"].transform("size")
    return rows.assign(share=(rows.groupby("by").cumcount() + 1) / sizes)


def plot_ecdf(
    df: pd.DataFrame, feature: str, by: str = "model", *, ax: Axes | None = None, emulated: bool | None = None
) -> Axes:
    """Draw the share of clips at or below each value, one step curve a condition."""
    ax = new_axes(ax, width_in=6, height_in=3.6)
    rows = shape_ecdf(df, feature, by=by)
    for number, (name, mine) in enumerate(rows.groupby("by", sort=True)):
        style: dict[str, Any] = {"color": colour_of(number), "linestyle": LINES[number % len(LINES)]}
        x = np.concatenate([mine["value"].iloc[:1], mine["value"]])
        ax.step(x, np.concatenate([[0.0], mine["share"]]), where="post", label=f"{name} (n = {len(mine)})", **style)
    known = features.feature(feature)
    ax.set_xlabel(f"{feature} ({known.unit})" if known and known.unit else feature, parse_math=False)
    ax.set(ylabel="share of clips", ylim=(0, 1.02))
    legend(ax, fontsize="small", loc="upper left")
    mark_emulated(ax, is_emulated(df) if emulated is None else emulated)
    return ax


def shape_onset_deviations(reference: Timed, estimated: Timed) -> pd.DataFrame:
    """Counts of word starts by how late they are, in steps of 50 ms up to ±1 s: late_s (middle), n.

    ``attrs`` hold matched_n and median_s.
    """
    _, late_s = start_deviations_s(reference, estimated)
    reach = round(DEVIATION_REACH_S / DEVIATION_STEP_S)
    bins = np.clip(np.round(late_s / DEVIATION_STEP_S), -reach, reach).astype(int)
    places = np.arange(-reach, reach + 1)
    rows = pd.DataFrame({"late_s": places * DEVIATION_STEP_S, "n": [int((bins == place).sum()) for place in places]})
    rows.attrs = {"matched_n": len(late_s), "median_s": float(np.median(late_s)) if len(late_s) else float("nan")}
    return rows


def plot_onset_deviations(
    reference: Timed, estimated: Timed, *, ax: Axes | None = None, emulated: bool = False
) -> Axes:
    """Draw how late the words of ``estimated`` begin against ``reference``; the ends collect what lies beyond 1 s."""
    ax = new_axes(ax, width_in=6, height_in=3)
    rows = shape_onset_deviations(reference, estimated)
    ax.bar(rows["late_s"], rows["n"], width=0.9 * DEVIATION_STEP_S, color=colour_of(0))
    if np.isfinite(rows.attrs["median_s"]):
        ax.axvline(rows.attrs["median_s"], color=text_colour(), linestyle="--", linewidth=1)
    ax.set(xlabel="estimated − reference start (s)", ylabel=f"words (of {rows.attrs['matched_n']})")
    ax.set_xlim(-DEVIATION_REACH_S - 0.05, DEVIATION_REACH_S + 0.05)
    mark_emulated(ax, emulated)
    return ax
