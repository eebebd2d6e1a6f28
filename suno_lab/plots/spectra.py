"""Spectrum over time, with the words that are sung."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from suno_lab.audio import ANALYSIS_RATE_HZ, MEL_BANDS_N, MEL_HOP, Audio, mel_centres_hz
from suno_lab.plots.alignment import INCHES_A_WORD, Words, legible, shape_words
from suno_lab.plots.canvas import (
    COLOUR_MAP,
    coloured_bar,
    mark_emulated,
    new_axes,
    text_colour,
    time_x,
    title,
    width_in,
    write,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RANGE_DB = 80.0
BAR_SHARE = 0.93  #: of its width that a picture keeps beside its colour bar


def shape_mel(audio: Audio, *, columns_n: int = 800) -> pd.DataFrame:
    """Level of 64 mel bands in decibels below the loudest: index ``time_s``, one column a band (its centre in Hz).

    At most ``columns_n`` rows; each is the mean power of its frames. Nothing lies below -80 dB.
    """
    power = audio.mel_power.astype(np.float64)
    starts = np.unique(np.linspace(0, len(power), columns_n, endpoint=False).astype(int))
    sizes = np.diff(np.append(starts, len(power)))
    mean = np.add.reduceat(power, starts, axis=0) / sizes[:, None]
    level_db = 10 * np.log10(np.maximum(mean / max(mean.max(), 1e-12), 10 ** (-RANGE_DB / 10)))
    index = pd.Index(starts * MEL_HOP / ANALYSIS_RATE_HZ, name="time_s")
    return pd.DataFrame(level_db, index=index, columns=mel_centres_hz().round(1))


def plot_mel(
    audio: Audio,
    words: Words | None = None,
    *,
    ax: Axes | None = None,
    emulated: bool = False,
    heading: str | None = None,
) -> Axes:
    """Draw the mel spectrum with the words above it.

    Parameters
    ----------
    audio : Audio
        The clip.
    words : words in any form, optional
        Its timed words; those of ``audio`` by default.
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
    >>> ax = plot_mel(audio, words)
    """
    ax = new_axes(ax, width_in=10, height_in=3.6)
    mel = shape_mel(audio)
    edges_s = np.append(mel.index, max(audio.duration_s, mel.index[-1] + MEL_HOP / ANALYSIS_RATE_HZ))
    bands = np.arange(MEL_BANDS_N + 1)
    image = ax.pcolormesh(edges_s, bands, mel.T, cmap=COLOUR_MAP, vmin=-RANGE_DB, vmax=0, rasterized=True)
    _name_bands(ax, mel.columns.to_numpy(dtype=float))
    time_x(ax, 0, edges_s[-1])
    coloured_bar(ax, image, "level (dB)")
    _draw_words(ax, (audio.words or ()) if words is None else words, edges_s[-1])
    if heading:
        title(ax, heading)
    mark_emulated(ax, emulated)
    return ax


def _name_bands(ax: Axes, centres_hz: np.ndarray) -> None:
    named_hz = (100, 250, 500, 1000, 2000, 4000, 8000)
    places = np.interp(named_hz, centres_hz, np.arange(len(centres_hz)) + 0.5)
    ax.set_yticks(places, [f"{hz / 1000:g}k" if hz >= 1000 else f"{hz}" for hz in named_hz])
    ax.set_ylabel("frequency (Hz)")


def _draw_words(ax: Axes, words: Words, end_s: float) -> None:
    rows = shape_words(words)
    if rows.empty:
        return
    ax.set_ylim(0, MEL_BANDS_N * 1.35)
    shown = legible(rows["start_s"].tolist(), gap_s=INCHES_A_WORD * end_s / (BAR_SHARE * width_in(ax)))
    for word, legible_here in zip(rows.to_dict("records"), shown, strict=True):
        ax.plot([word["start_s"]] * 2, [0, MEL_BANDS_N * 1.02], color="white", alpha=0.35, linewidth=0.5)
        if legible_here:
            style = {"rotation": 60, "rotation_mode": "anchor", "fontsize": "small", "color": text_colour()}
            write(ax, word["start_s"], MEL_BANDS_N * 1.04, word["word"], va="bottom", clip_on=True, **style)
