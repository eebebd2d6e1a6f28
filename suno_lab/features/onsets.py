"""Where the sound rises: the onset envelope that tempo, beats and structure share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, MEL_HOP, Audio, Floats

Array = npt.NDArray[np.float64]

FRAMES_HZ = ANALYSIS_RATE_HZ / MEL_HOP  #: 86.13 frames a second


def onset_envelope(audio: Audio) -> Array:
    """Half-wave rectified rise of the log mel spectrum, mean over bands, local mean removed.

    Shape (frames,), one value at each of ``audio.mel_times_s``. The rise is the central difference, so that a value
    belongs to the middle of its frame. All zero for silence and for audio of less than three frames.
    """
    return audio.shared("onset_envelope", lambda: onsets_of(audio.mel_level))


def onsets_of(level: Floats) -> Array:
    """The onset envelope of some bands of ``Audio.mel_level``; ``level`` has the shape (frames, bands)."""
    from scipy.ndimage import uniform_filter1d

    rise = np.zeros(len(level))
    if len(level) < 3:
        return rise
    rise[1:-1] = np.maximum(level[2:] - level[:-2], 0).mean(axis=1)
    return np.maximum(rise - uniform_filter1d(rise, int(2 * FRAMES_HZ)), 0)
