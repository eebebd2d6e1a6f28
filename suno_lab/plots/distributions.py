"""Distributions: of a feature by condition, of word times against a reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from suno_lab import features
from suno_lab.lyrics.alignment import deviation, start_deviations_s
from suno_lab.plots.alignment import Words, sung_words
from suno_lab.plots.canvas import (
    colour_of,
    column_name,
    faint_colour,
    is_emulated,
    legend,
    log_numbers,
    mark_emulated,
    new_axes,
    text_colour,
    whole_numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = ("-", "--", "-.", ":")
DEVIATION_STEP_S, DEVIATION_REACH_S = 0.05, 1.0
WITHIN_S = 0.3  #: MIREX counts a word start as found up to here


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
    """Draw the share of clips at or below each value, one step curve a condition.

    Parameters
    ----------
    df : DataFrame
        One row a clip.
    feature : str
        A column of numbers.
    by : str
        The column of conditions; ``"model"`` is ``model_requested`` where there is no column of that name.
    ax : Axes, optional
        Where to draw; a new figure by default.
    emulated : bool, optional
        Whether clips are the emulator's; by default what the column ``service`` says.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_ecdf(df, "loudness_integrated_lufs")
    """
    ax = new_axes(ax, width_in=6, height_in=3.6)
    rows = shape_ecdf(df, feature, by=by)
    for number, (name, mine) in enumerate(rows.groupby("by", sort=True)):
        style: dict[str, Any] = {"color": colour_of(number), "linestyle": LINES[number % len(LINES)]}
        x = np.concatenate([mine["value"].iloc[:1], mine["value"]])
        ax.step(x, np.concatenate([[0.0], mine["share"]]), where="post", label=f"{name} (n = {len(mine)})", **style)
    known = features.feature(feature)
    if known and known.scale == "log" and (rows["value"] > 0).all():
        log_numbers(ax, "x")
    ax.set_xlabel(column_name(feature), parse_math=False)
    ax.set(ylabel="share of clips", ylim=(0, 1.02))
    legend(ax, fontsize="small", loc="lower right")
    mark_emulated(ax, is_emulated(df) if emulated is None else emulated)
    return ax


def shape_onset_deviations(reference: Words, estimated: Words) -> pd.DataFrame:
    """Counts of word starts by how late they are, in steps of 50 ms up to ±1 s: late_s (middle), n.

    ``attrs`` hold matched_n and median_s.
    """
    _, late_s = start_deviations_s(sung_words(reference), sung_words(estimated))
    reach = round(DEVIATION_REACH_S / DEVIATION_STEP_S)
    bins = np.clip(np.round(late_s / DEVIATION_STEP_S), -reach, reach).astype(int)
    places = np.arange(-reach, reach + 1)
    rows = pd.DataFrame({"late_s": places * DEVIATION_STEP_S, "n": [int((bins == place).sum()) for place in places]})
    rows.attrs = {"matched_n": len(late_s), "median_s": float(np.median(late_s)) if len(late_s) else float("nan")}
    return rows


def plot_onset_deviations(
    reference: Words, estimated: Words, *, ax: Axes | None = None, emulated: bool = False
) -> Axes:
    """Draw how late the words of ``estimated`` begin against ``reference``; the ends collect what lies beyond 1 s.

    Parameters
    ----------
    reference, estimated : words in any form
        Words are matched by what they say.
    ax : Axes, optional
        Where to draw; a new figure by default.
    emulated : bool
        Whether the clip is the emulator's; the picture then says so.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_onset_deviations(words, heard)
    """
    ax = new_axes(ax, width_in=6, height_in=3)
    rows = shape_onset_deviations(reference, estimated)
    ax.bar(rows["late_s"], rows["n"], width=0.9 * DEVIATION_STEP_S, color=colour_of(0))
    median_s = rows.attrs["median_s"]
    if np.isfinite(median_s):
        ax.axvline(median_s, color=text_colour(), linestyle="--", linewidth=1, label=f"median {_signed(median_s)} s")
    ax.axvspan(-WITHIN_S, WITHIN_S, color=faint_colour(), alpha=0.12, linewidth=0, label=f"within {WITHIN_S:g} s")
    ax.set(xlabel="estimated − reference start (s)", ylabel=f"words (of {rows.attrs['matched_n']})")
    ax.set_xlim(-DEVIATION_REACH_S - 0.05, DEVIATION_REACH_S + 0.05)
    ax.set_xticks([-1, -0.6, -0.3, 0, 0.3, 0.6, 1], ["≤ −1", "−0.6", "−0.3", "0", "0.3", "0.6", "≥ 1"])
    whole_numbers(ax.yaxis)
    legend(ax, fontsize="small", loc="upper left")
    mark_emulated(ax, emulated)
    return ax


def _signed(seconds: float, digits: int = 2) -> str:
    return f"{round(seconds, digits) + 0.0:+.{digits}f}".replace("-", "−")


def shape_deviation_ecdf(reference: Words, estimated: Words) -> pd.DataFrame:
    """Share of reference words whose start is found within each distance: kind, distance_s, share.

    ``kind`` is ``as given``, and ``corrected`` with the common offset and drift (Theil–Sen) taken off. Words that
    ``estimated`` does not have are never found, so that the shares may end below 1. ``attrs`` hold reference_n,
    matched_n, within_share (as given, within 0.3 s), offset_s (at the start of the clip) and drift_s_per_min.
    """
    true, guessed = sung_words(reference), sung_words(estimated)
    starts_s, late_s = start_deviations_s(true, guessed)
    found = deviation(true, guessed, within_s=WITHIN_S)
    drift = found.drift_s_per_min / 60 if np.isfinite(found.drift_s_per_min) else 0.0
    offset_s = float(np.median(late_s - drift * starts_s)) if len(late_s) else float("nan")
    distances = {"as given": np.abs(late_s), "corrected": np.abs(late_s - drift * starts_s - offset_s)}
    share = np.arange(1, len(late_s) + 1) / max(len(true), 1)
    rows = pd.concat(
        [pd.DataFrame({"kind": kind, "distance_s": np.sort(each), "share": share}) for kind, each in distances.items()],
        ignore_index=True,
    )
    rows.attrs = {
        "reference_n": len(true), "matched_n": len(late_s), "within_share": found.within_share,
        "offset_s": offset_s, "drift_s_per_min": found.drift_s_per_min,
    }  # fmt: skip
    return rows


def plot_deviation_ecdf(reference: Words, estimated: Words, *, ax: Axes | None = None, emulated: bool = False) -> Axes:
    """Draw the share of words whose start is found within each distance, with MIREX's line at 0.3 s.

    The second curve has the common offset and the drift taken off: where it stands well above the first, the times are
    right up to a shift or a wrong rate.

    Parameters
    ----------
    reference, estimated, ax, emulated
        As for :func:`plot_onset_deviations`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_deviation_ecdf(words, heard)
    """
    ax = new_axes(ax, width_in=6, height_in=3.4)
    rows = shape_deviation_ecdf(reference, estimated)
    about = rows.attrs
    offset, drift = _signed(about["offset_s"]), _signed(about["drift_s_per_min"])
    names = {"as given": "as given", "corrected": f"less {offset} s and a drift of {drift} s a minute"}
    for number, (kind, name) in enumerate(names.items()):
        mine = rows[rows["kind"] == kind]
        x = np.concatenate([[0.0], mine["distance_s"], [DEVIATION_REACH_S]])
        y = np.concatenate([[0.0], mine["share"], mine["share"].tail(1)]) if len(mine) else np.zeros(2)
        ax.step(x, y, where="post", color=colour_of(number), linestyle=LINES[number], label=name)
    ax.axvline(WITHIN_S, color=text_colour(), linewidth=0.8)
    text = f"{WITHIN_S:g} s: {about['within_share']:.0%} of {about['reference_n']} words"
    ax.annotate(text, (WITHIN_S, 0.02), xytext=(4, 0), textcoords="offset points", fontsize="small")
    ax.set(xlim=(0, DEVIATION_REACH_S), ylim=(0, 1.02))
    ax.set(xlabel="distance of estimated from reference start (s)", ylabel="share of words")
    legend(ax, fontsize="small", loc="lower right", bbox_to_anchor=(1, 0.1))
    mark_emulated(ax, emulated)
    return ax
