"""Likeness of every moment with every other, and the sections in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from suno_lab.audio import Audio
from suno_lab.features.structure import STEP_S, describe_steps, segments, self_similarity
from suno_lab.plots.canvas import COLOUR_MAP, clock_axis, coloured_bar, mark_emulated, new_axes, time_x, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def shape_self_similarity(audio: Audio) -> pd.DataFrame:
    """Cosine similarity of timbre and harmony of all pairs of half seconds, -1 to 1; index and columns in seconds."""
    likeness = self_similarity(describe_steps(audio))
    times_s = pd.Index(np.arange(len(likeness)) * STEP_S, name="time_s")
    return pd.DataFrame(likeness, index=times_s, columns=times_s)


def shape_segments(audio: Audio) -> pd.DataFrame:
    """The segments found: start_s, end_s, label."""
    rows = [(segment.start_s, segment.end_s, segment.label) for segment in segments(audio)]
    return pd.DataFrame(rows, columns=["start_s", "end_s", "label"])


def plot_self_similarity(
    audio: Audio, *, ax: Axes | None = None, emulated: bool = False, heading: str | None = None
) -> Axes:
    """Draw the self-similarity of a clip with the boundaries and labels of its segments on the diagonal.

    Parameters
    ----------
    audio : Audio
        The clip.
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
    >>> ax = plot_self_similarity(audio)
    """
    ax = new_axes(ax, width_in=5.5, height_in=4.6)
    likeness = shape_self_similarity(audio)
    end_s = len(likeness) * STEP_S
    extent = (0.0, end_s, 0.0, end_s)
    image = ax.imshow(likeness, origin="lower", extent=extent, cmap=COLOUR_MAP, vmin=-1, vmax=1, aspect="auto")
    page = {"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 1.5}
    for segment in shape_segments(audio).to_dict("records"):
        start_s, width_s = segment["start_s"], segment["end_s"] - segment["start_s"]
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]) * width_s + start_s
        ax.plot(corners[:, 0], corners[:, 1], color="white", linewidth=1)
        style: dict[str, Any] = {"fontsize": "small", "ha": "center", "va": "center", "bbox": page}
        ax.text(start_s + width_s / 2, start_s + width_s / 2, segment["label"], **style)
    time_x(ax, 0, end_s)
    ax.set_ylim(0, end_s)
    clock_axis(ax.yaxis, 0, end_s)
    ax.set_ylabel("time (m:ss)")
    coloured_bar(ax, image, "likeness")
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax
