"""Pitch classes over time, and keys on the circle of fifths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from suno_lab.audio import Audio
from suno_lab.features import tonality
from suno_lab.features.pitch import FRAME_S, TONICS, frame_pitch_classes
from suno_lab.plots.canvas import COLOUR_MAP, coloured_bar, mark_emulated, new_axes, tick_names, time_x, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from suno_lab.features import Row

#: semitones above the tonic; of the minor the natural one
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


def shape_chroma(audio: Audio, *, step_s: float | None = None) -> pd.DataFrame:
    """Strength of the pitch classes over time: index ``time_s`` (start of each step), one column a pitch class.

    Each row is scaled so that its largest is 1; rows in which nothing has a pitch are 0. ``step_s`` defaults to a
    four-hundredth of the clip, at least one frame (0.19 s).
    """
    frames = frame_pitch_classes(audio)
    step = max(round((step_s or audio.duration_s / 400) / FRAME_S), 1)
    starts = np.arange(0, len(frames), step)
    strength = np.add.reduceat(frames, starts, axis=0)
    largest = strength.max(axis=1, keepdims=True)
    scaled = np.divide(strength, largest, out=np.zeros_like(strength), where=largest > 0)
    return pd.DataFrame(scaled, columns=list(TONICS), index=pd.Index(starts * FRAME_S, name="time_s"))


def plot_chroma(
    audio: Audio,
    *,
    ax: Axes | None = None,
    step_s: float | None = None,
    emulated: bool = False,
    heading: str | None = None,
) -> Axes:
    """Draw the strength of the twelve pitch classes over time (spectral peaks, 60 to 2000 Hz), and name the key.

    The measured key stands at the axis; the pitch classes of its scale are in bold, its tonic between two lines.

    Parameters
    ----------
    audio : Audio
        The clip.
    ax : Axes, optional
        Where to draw; a new figure by default.
    step_s : float, optional
        As for :func:`shape_chroma`.
    emulated : bool
        Whether the clip is the emulator's; the picture then says so.
    heading : str, optional
        A title.

    Returns
    -------
    Axes

    Examples
    --------
    >>> ax = plot_chroma(audio)
    """
    ax = new_axes(ax, width_in=9, height_in=3)
    chroma = shape_chroma(audio, step_s=step_s)
    edges_s = np.append(chroma.index, audio.duration_s if len(chroma) else 1.0)
    edges_s[-1] = max(edges_s[-1], edges_s[-2] + FRAME_S)
    image = ax.pcolormesh(edges_s, np.arange(13), chroma.T, cmap=COLOUR_MAP, vmin=0, vmax=1, rasterized=True)
    time_x(ax, 0, audio.duration_s)
    tick_names(ax.yaxis, np.arange(12) + 0.5, TONICS, fontsize="small")
    _name_key(ax, tonality.extract(audio))
    coloured_bar(ax, image, "strength")
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax


def _name_key(ax: Axes, row: Row) -> None:
    key = row.get("musical_key")
    if key is None:
        ax.set_ylabel("pitch class (no key)")
        return
    ax.set_ylabel(f"pitch class\n(key: {key})")
    tonic = TONICS.index(str(row["key_tonic"]))
    scale = {(tonic + step) % 12 for step in SCALES[str(row["key_mode"])]}
    for place, tick in enumerate(ax.yaxis.get_major_ticks()):
        tick.label1.set_fontweight("bold" if place in scale else "normal")
    ax.hlines([tonic, tonic + 1], *ax.get_xlim(), color="white", linewidth=0.8, linestyle="--")
