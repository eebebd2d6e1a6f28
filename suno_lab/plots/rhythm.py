"""Tempo over time, with the beats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from suno_lab.audio import ANALYSIS_RATE_HZ, Audio
from suno_lab.features import rhythm
from suno_lab.features.onsets import FRAMES_HZ, onset_envelope
from suno_lab.features.tempo import autocorrelation
from suno_lab.plots.canvas import COLOUR_MAP, coloured_bar, log_ticks, mark_emulated, new_axes, time_x, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WINDOW_S, STEP_S = 8.0, 1.0
SLOWEST_BPM, FASTEST_BPM, TEMPI_N = 40.0, 240.0, 96


def shape_tempogram(audio: Audio) -> pd.DataFrame:
    """How strongly the onsets of 8 s repeat at each tempo: index ``time_s`` (middle), one column a tempo in bpm.

    Autocorrelation of the onset envelope every second, as a share of the row's highest; clips shorter than 8 s have
    one row.
    """
    envelope = onset_envelope(audio)
    width = min(round(WINDOW_S * FRAMES_HZ), len(envelope))
    starts = np.arange(0, max(len(envelope) - width, 0) + 1, round(STEP_S * FRAMES_HZ))
    tempi_bpm = np.geomspace(SLOWEST_BPM, FASTEST_BPM, TEMPI_N)
    lags = 60 * FRAMES_HZ / tempi_bpm
    rows = [
        np.interp(lags, np.arange(width), autocorrelation(envelope[start : start + width]), right=0) for start in starts
    ]
    times_s = (starts + width / 2) / FRAMES_HZ + 512 / ANALYSIS_RATE_HZ
    index = pd.Index(times_s, name="time_s")
    heights = np.maximum(rows, 0)
    scaled = heights / np.maximum(heights.max(axis=1, keepdims=True), 1e-9)
    return pd.DataFrame(scaled, index=index, columns=tempi_bpm.round(2))


def plot_tempogram(audio: Audio, *, ax: Axes | None = None, emulated: bool = False, heading: str | None = None) -> Axes:
    """Draw the tempogram with the measured tempo as a line and the beats as ticks at the foot.

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
    >>> ax = plot_tempogram(audio)
    """
    ax = new_axes(ax, width_in=9, height_in=3.4)
    strength = shape_tempogram(audio)
    between_s = strength.index.to_numpy()[1:] - STEP_S / 2
    times_s = np.concatenate([[0.0], between_s, [audio.duration_s]])
    ratio = (FASTEST_BPM / SLOWEST_BPM) ** (0.5 / (TEMPI_N - 1))
    edges_bpm = np.append(strength.columns.to_numpy(dtype=float) / ratio, FASTEST_BPM * ratio)
    image = ax.pcolormesh(times_s, edges_bpm, strength.T, cmap=COLOUR_MAP, vmin=0, vmax=1, rasterized=True)
    log_ticks(ax, "y", (50, 75, 100, 150, 200))
    tempo_bpm = rhythm.extract(audio).get("tempo_bpm")
    if isinstance(tempo_bpm, float):
        ax.axhline(tempo_bpm, color="white", linewidth=1, linestyle="--")
        style: dict[str, Any] = {"xytext": (4, 3), "textcoords": "offset points", "color": "white", "fontsize": "small"}
        ax.annotate(f"{tempo_bpm:.1f} bpm", (0, tempo_bpm), **style)
        beats_s = rhythm.beats(audio)
        ax.vlines(beats_s, SLOWEST_BPM, SLOWEST_BPM * 1.12, color="white", linewidth=0.7)
    time_x(ax, 0, audio.duration_s)
    ax.set_ylim(SLOWEST_BPM, FASTEST_BPM)
    ax.set_ylabel("tempo (bpm)")
    coloured_bar(ax, image, "repetition")
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax
