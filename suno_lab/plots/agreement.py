"""Asked against measured, one measure against another, confidence against truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from suno_lab.features.pitch import TONICS
from suno_lab.plots.canvas import (
    colour_of,
    column_name,
    faint_colour,
    is_emulated,
    log_ticks,
    mark_emulated,
    new_axes,
    text_colour,
    whole_numbers,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RATIOS = {"×3": 3.0, "×2": 2.0, "as asked": 1.0, "×1/2": 0.5}
LINES = (":", "--", "-", "-.")  #: of those ratios
SPELLINGS = {"Db": "C#", "D#": "Eb", "Gb": "F#", "G#": "Ab", "A#": "Bb", "Cb": "B", "B#": "C", "E#": "F", "Fb": "E"}


# ── tempo ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def shape_tempo_agreement(
    df: pd.DataFrame, *, requested: str = "requested_tempo_bpm", measured: str = "tempo_bpm"
) -> pd.DataFrame:
    """One row a clip that has both tempi: requested_bpm, measured_bpm, octaves (log2 of measured over requested)."""
    both = df[[requested, measured]].dropna().astype("float64")
    both = both[(both > 0).all(axis=1)]
    rows = pd.DataFrame({"requested_bpm": both[requested], "measured_bpm": both[measured]})
    return rows.assign(octaves=np.log2(rows["measured_bpm"] / rows["requested_bpm"])).reset_index(drop=True)


def plot_tempo_agreement(
    df: pd.DataFrame,
    *,
    requested: str = "requested_tempo_bpm",
    measured: str = "tempo_bpm",
    ax: Axes | None = None,
    emulated: bool | None = None,
) -> Axes:
    """Draw measured over requested tempo, both logarithmic, with lines where it is as asked, half, double, triple.

    Parameters
    ----------
    df : DataFrame
        One row a clip.
    requested, measured : str
        Columns of tempi in bpm; clips without one of them are left out.
    ax : Axes, optional
        Where to draw; a new figure by default.
    emulated : bool, optional
        Whether clips are the emulator's; by default what the column ``service`` says.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_tempo_agreement(df)
    """
    ax = new_axes(ax, width_in=4.8, height_in=4.6)
    rows = shape_tempo_agreement(df, requested=requested, measured=measured)
    seen = rows[["requested_bpm", "measured_bpm"]].to_numpy(dtype=float).ravel()
    ends_bpm = np.array([min([40.0, *seen / 1.1]), max([240.0, *seen * 1.1])])
    for which in ("x", "y"):
        log_ticks(ax, which, (30, 40, 60, 80, 120, 160, 240, 320))
    ax.set(xlim=ends_bpm, ylim=ends_bpm, xlabel="requested tempo (bpm)", ylabel="measured tempo (bpm)")
    ax.set_box_aspect(1)
    for number, (name, ratio) in enumerate(RATIOS.items()):
        ax.plot(ends_bpm, ends_bpm * ratio, color=colour_of(number), linewidth=1, linestyle=LINES[number])
        top = ratio >= 1  # where the line leaves the picture: at the top, or at the right
        place = (ends_bpm[1] / ratio, ends_bpm[1]) if top else (ends_bpm[1], ends_bpm[1] * ratio)
        beside: dict[str, Any] = {"xytext": (-16, -4) if top else (-3, 4), "va": "top" if top else "bottom"}
        ax.annotate(name, place, textcoords="offset points", ha="right", fontsize="small", **beside)
    ax.scatter(
        rows["requested_bpm"], rows["measured_bpm"], s=22, color=text_colour(), alpha=0.6, linewidths=0, zorder=3
    )
    mark_emulated(ax, is_emulated(df) if emulated is None else emulated)
    return ax


def shape_octave_ratios(
    df: pd.DataFrame, *, requested: str = "requested_tempo_bpm", measured: str = "tempo_bpm"
) -> pd.DataFrame:
    """Counts of measured over requested tempo in bins of an eighth of an octave: octaves (middle), n."""
    octaves = shape_tempo_agreement(df, requested=requested, measured=measured)["octaves"]
    bins = np.clip(np.round(octaves * 8), -16, 16).astype(int)
    places = np.arange(-16, 17)
    return pd.DataFrame({"octaves": places / 8, "n": [int((bins == place).sum()) for place in places]})


def plot_octave_ratios(
    df: pd.DataFrame,
    *,
    requested: str = "requested_tempo_bpm",
    measured: str = "tempo_bpm",
    ax: Axes | None = None,
    emulated: bool | None = None,
) -> Axes:
    """Draw how often the measured tempo is which multiple of the requested one.

    Parameters
    ----------
    df, requested, measured, ax, emulated
        As for :func:`plot_tempo_agreement`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_octave_ratios(df)
    """
    ax = new_axes(ax, width_in=6, height_in=3)
    rows = shape_octave_ratios(df, requested=requested, measured=measured)
    ax.bar(rows["octaves"], rows["n"], width=0.11, color=colour_of(0))
    ratios = {
        "×1/4": 1 / 4,
        "×1/3": 1 / 3,
        "×1/2": 1 / 2,
        "×2/3": 2 / 3,
        "×1": 1,
        "×3/2": 3 / 2,
        "×2": 2,
        "×3": 3,
        "×4": 4,
    }
    ax.set_xticks(np.log2(list(ratios.values())), list(ratios))
    ax.set(xlim=(-2.15, 2.15), xlabel="measured over requested tempo", ylabel=f"clips (of {rows['n'].sum()})")
    whole_numbers(ax.yaxis)
    mark_emulated(ax, is_emulated(df) if emulated is None else emulated)
    return ax


# ── key ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
def shape_key_errors(
    df: pd.DataFrame, *, requested: str = "requested_key", measured: str = "musical_key"
) -> pd.DataFrame:
    """Counts of key errors: fifths (measured above requested on the circle, -5 to 6), same_mode, n, share.

    All 24 combinations, so that the picture is the same for any data; keys that cannot be read are left out.
    """
    pairs = [(_key(a), _key(b)) for a, b in zip(df[requested], df[measured], strict=True)]
    known = [(a, b) for a, b in pairs if a is not None and b is not None]
    errors = [((7 * (b[0] - a[0]) + 5) % 12 - 5, a[1] == b[1]) for a, b in known]
    rows = [(fifths, same, errors.count((fifths, same))) for same in (True, False) for fifths in range(-5, 7)]
    frame = pd.DataFrame(rows, columns=["fifths", "same_mode", "n"])
    return frame.assign(share=frame["n"] / max(len(known), 1))


def _key(name: object) -> tuple[int, str] | None:
    """Pitch class and mode of "Eb minor"."""
    tonic, _, mode = str(name).strip().replace("♭", "b").replace("♯", "#").partition(" ")
    tonic = SPELLINGS.get(tonic, tonic)
    return (TONICS.index(tonic), mode.strip().lower()) if tonic in TONICS and mode.strip() else None


def plot_key_errors(
    df: pd.DataFrame,
    *,
    requested: str = "requested_key",
    measured: str = "musical_key",
    ax: Axes | None = None,
    emulated: bool | None = None,
) -> Axes:
    """Draw key errors on the circle of fifths: right on top, outer ring same mode, inner ring the other mode.

    The area of a dot is the share of clips; relative keys (three fifths on, other mode) are where listeners differ too.

    Parameters
    ----------
    df : DataFrame
        One row a clip.
    requested, measured : str
        Columns of keys such as "Eb minor"; clips without one of them are left out.
    ax, emulated
        As for :func:`plot_tempo_agreement`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_key_errors(df)
    """
    ax = new_axes(ax, width_in=4.8, height_in=4.8)
    rows = shape_key_errors(df, requested=requested, measured=measured)
    names = {0: "right", 1: "fifth up", -1: "fifth down", 6: "tritone"}
    for row in rows.to_dict("records"):
        angle, radius = np.pi / 2 - row["fifths"] * np.pi / 6, 1.0 if row["same_mode"] else 0.6
        x, y = radius * np.cos(angle), radius * np.sin(angle)
        ax.scatter([x], [y], s=14, color=faint_colour(), linewidths=0)
        if row["n"]:
            _draw_share(ax, row, x, y)
        if row["same_mode"]:
            label = names.get(row["fifths"], f"{row['fifths']:+d}".replace("-", "−"))
            ax.annotate(label, (1.4 * np.cos(angle), 1.34 * np.sin(angle)), ha="center", va="center", fontsize="small")
    about = f"other mode\n(inner ring)\n\nn = {rows['n'].sum()}"
    ax.annotate(about, (0, 0), ha="center", va="center", fontsize="small")
    ax.set(xlim=(-1.7, 1.7), ylim=(-1.55, 1.55), aspect="equal")
    ax.axis("off")
    mark_emulated(ax, is_emulated(df) if emulated is None else emulated)
    return ax


def _draw_share(ax: Axes, row: dict[Any, Any], x: float, y: float) -> None:
    """A dot of that area; its share inside where there is room, else beside it."""
    colour = colour_of(0 if row["same_mode"] else 1)
    ax.scatter([x], [y], s=2200 * row["share"], color=colour, alpha=0.8, linewidths=0)
    inside = row["share"] >= 0.12
    away = (0, 0) if inside else (7 if x >= -0.05 else -7, -7)
    side = "center" if inside else "left" if x >= -0.05 else "right"
    style: dict[str, Any] = {"ha": side, "va": "center" if inside else "top", "fontsize": "small", "zorder": 4}
    ax.annotate(f"{row['share']:.0%}", (x, y), xytext=away, textcoords="offset points", **style)


# ── two measures ─────────────────────────────────────────────────────────────────────────────────────────────────────
def shape_bland_altman(df: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """One row a clip that has both: mean and difference (a - b). ``attrs`` hold bias, low, high (bias ± 1.96 SD), n."""
    both = df[[a, b]].dropna().astype("float64")
    rows = pd.DataFrame({"mean": both.mean(axis=1), "difference": both[a] - both[b]}).reset_index(drop=True)
    bias = float(rows["difference"].mean()) if len(rows) else float("nan")
    sd = float(rows["difference"].std(ddof=1)) if len(rows) > 1 else float("nan")
    rows.attrs = {"bias": bias, "low": bias - 1.96 * sd, "high": bias + 1.96 * sd, "n": len(rows)}
    return rows


def plot_bland_altman(
    df: pd.DataFrame, a: str, b: str, *, ax: Axes | None = None, emulated: bool | None = None
) -> Axes:
    """Draw the difference of two measures over their mean, with bias and limits of agreement.

    After Bland & Altman, "Statistical methods for assessing agreement", Lancet 1986.

    Parameters
    ----------
    df : DataFrame
        One row a clip.
    a, b : str
        Columns of numbers in the same unit.
    ax, emulated
        As for :func:`plot_tempo_agreement`.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_bland_altman(df, "tempo_bpm", "librosa_tempo_bpm")
    """
    ax = new_axes(ax, width_in=6, height_in=3.6)
    rows = shape_bland_altman(df, a, b)
    ax.scatter(rows["mean"], rows["difference"], s=22, color=colour_of(0), alpha=0.8, linewidths=0)
    for name, style, words in (("low", "--", "−1.96 SD"), ("bias", "-", "mean"), ("high", "--", "+1.96 SD")):
        height = rows.attrs[name]
        if np.isfinite(height):
            ax.axhline(height, color=text_colour(), linestyle=style, linewidth=1)
            text = f"{words}: {height:.3g}".replace(": -", ": −")
            ax.annotate(
                text, (1.01, height), xycoords=("axes fraction", "data"), va="center", fontsize="small",
                annotation_clip=False,
            )  # fmt: skip
    ax.margins(y=0.08)
    ax.set_xlabel(f"mean of {column_name(a)} and {column_name(b)}; n = {len(rows)}", parse_math=False)
    ax.set_ylabel(f"{column_name(a)} −\n{column_name(b)}", parse_math=False)
    mark_emulated(ax, is_emulated(df) if emulated is None else emulated)
    return ax


# ── confidence ───────────────────────────────────────────────────────────────────────────────────────────────────────
def shape_reliability(
    confidence: npt.ArrayLike,
    correct: npt.ArrayLike,
    *,
    bins_n: int = 5,
) -> pd.DataFrame:
    """Share correct in bins of equal count: confidence (mean), correct, low, high (95 % Wilson interval), n."""
    said, right = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=bool)
    order = np.argsort(said, kind="stable")
    rows = [
        (float(said[bin_].mean()), float(right[bin_].mean()), *wilson(int(right[bin_].sum()), len(bin_)), len(bin_))
        for bin_ in np.array_split(order, max(min(bins_n, len(order)), 1))
        if len(bin_)
    ]
    return pd.DataFrame(rows, columns=["confidence", "correct", "low", "high", "n"])


def wilson(hits_n: int, n: int) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    z = 1.959963984540054
    share, spread = hits_n / n, z * np.sqrt(hits_n * (n - hits_n) / n + z * z / 4)
    middle = share * n + z * z / 2
    return float((middle - spread) / (n + z * z)), float((middle + spread) / (n + z * z))


def plot_reliability(
    confidence: npt.ArrayLike,
    correct: npt.ArrayLike,
    *,
    ax: Axes | None = None,
    bins_n: int = 5,
    emulated: bool = False,
) -> Axes:
    """Draw how often an estimator is right for how sure it says it is; on the diagonal it keeps its word.

    Parameters
    ----------
    confidence : array-like, shape (n,)
        What the estimator says, 0 to 1.
    correct : array-like of bool, shape (n,)
        Whether it was right.
    ax : Axes, optional
        Where to draw; a new figure by default.
    bins_n : int
        Bins of equal count.
    emulated : bool
        Whether the clips were the emulator's; the picture then says so.

    Returns
    -------
    Axes
        Bars are 95 % Wilson intervals. In the corner stand the Brier score (mean squared error of the confidence) and
        the expected calibration error over these bins (Naeini et al. 2015).

    Examples
    --------
    >>> ax = plot_reliability([0.2, 0.5, 0.9] * 5, [False, True, True] * 5)
    """
    ax = new_axes(ax, width_in=4.4, height_in=4.2)
    rows = shape_reliability(confidence, correct, bins_n=bins_n)
    ax.plot([0, 1], [0, 1], color=faint_colour(), linewidth=1)
    ax.vlines(rows["confidence"], rows["low"], rows["high"], color=colour_of(0), linewidth=1.5)
    ax.plot(rows["confidence"], rows["correct"], "o-", color=colour_of(0), linewidth=1)
    for row in rows.to_dict("records"):
        right = row["confidence"] < 0.8
        style: dict[str, Any] = {"xytext": (7 if right else -7, -3), "textcoords": "offset points"}
        style |= {"fontsize": "x-small", "va": "top", "ha": "left" if right else "right"}
        ax.annotate(f"n = {row['n']}", (row["confidence"], row["correct"]), **style)
    _sum_up(ax, confidence, correct, rows)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel="confidence", ylabel="share correct", aspect="equal")
    mark_emulated(ax, emulated)
    return ax


def _sum_up(ax: Axes, confidence: npt.ArrayLike, correct: npt.ArrayLike, rows: pd.DataFrame) -> None:
    said, right = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=float)
    if len(said) == 0:
        return
    brier = float(np.mean((said - right) ** 2))
    error = float((rows["n"] * (rows["confidence"] - rows["correct"]).abs()).sum() / rows["n"].sum())
    text = f"n = {len(said)}\nBrier score {brier:.3f}\ncalibration error {error:.3f}"
    ax.annotate(text, (0.02, 0.98), xycoords="axes fraction", va="top", fontsize="small")
