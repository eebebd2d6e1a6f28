"""Pitch classes over time, and keys on the circle of fifths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from suno_lab.audio import Audio
from suno_lab.features.pitch import FRAME_S, TONICS, frame_pitch_classes
from suno_lab.plots.canvas import COLOUR_MAP, coloured_bar, mark_emulated, new_axes, tick_names, time_x, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
    """Draw the strength of the twelve pitch classes over time (spectral peaks, 100 to 1000 Hz)."""
    ax = new_axes(ax, width_in=9, height_in=3)
    chroma = shape_chroma(audio, step_s=step_s)
    edges_s = np.append(chroma.index, audio.duration_s if len(chroma) else 1.0)
    edges_s[-1] = max(edges_s[-1], edges_s[-2] + FRAME_S)
    image = ax.pcolormesh(edges_s, np.arange(13), chroma.T, cmap=COLOUR_MAP, vmin=0, vmax=1, rasterized=True)
    time_x(ax, 0, audio.duration_s)
    tick_names(ax.yaxis, np.arange(12) + 0.5, TONICS, fontsize="small")
    ax.set_ylabel("pitch class")
    coloured_bar(ax, image, "strength")
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax
