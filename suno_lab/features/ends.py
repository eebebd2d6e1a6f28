"""How a clip begins and ends, a part of structure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio
from suno_lab.features._feature import Row
from suno_lab.features.integrity import BLOCK_S, block_powers
from suno_lab.features.onsets import FRAMES_HZ, onset_envelope

Array = npt.NDArray[np.float64]

WIDTH_N = 50  #: half a second of 10 ms blocks
FULL_DB = 6.0  #: this far below the upper quartile the music is still at its full level
CUT_DB = 20.0  #: an end less than this below it is abrupt
SILENT_DBFS, SILENT_DB = -60.0, 45.0  #: below the first, or by the second below it, nothing is heard
HUM_S, HUM_DB, HUM_SPREAD_DB = 1.5, 12.0, 1.0  #: a remainder this long, this far below it, and this steady
FADE_S = 2.0  #: a decline shorter than this is no fade
FADE_ATTACKS = 0.5  #: of the clip's rate of attacks; with fewer it rings out
COMPLETE_DB, COMPLETE_S, LOW_BANDS_N = 3.0, 2.0, 6  #: how the music is complete; mel bands below 180 Hz


def measure_ends(audio: Audio) -> Row:
    """Fades, intro and ending of one clip; empty for less than a second and for silence."""
    powers = block_powers(audio)
    if len(powers) < 2 * WIDTH_N or not powers.any():
        return {}
    level_db = _level_db(powers, WIDTH_N)
    loud = np.flatnonzero(level_db > np.percentile(level_db, 75) - FULL_DB)
    before, after = int(loud[0]), int(len(level_db) - 1 - loud[-1])
    half = WIDTH_N / 2  # a level belongs to the middle of its half second
    return {
        "fade_in_s": (before + half) * BLOCK_S if before else 0.0,
        "fade_out_s": (after + half) * BLOCK_S if after else 0.0,
        "intro_s": intro_s(audio),
        "ending": ending(powers, onset_envelope(audio)),
    }


def _level_db(powers: Array, width_n: int) -> Array:
    return 10 * np.log10(np.convolve(powers, np.full(width_n, 1 / width_n), mode="valid") + 1e-20)


def ending(powers: Array, envelope: Array) -> str | None:
    """How a clip ends: ``abrupt``, ``fade``, ``ring-out`` or ``hum``; None where nothing is heard.

    Parameters
    ----------
    powers : array, shape (blocks,)
        Mean square of each 10 ms.
    envelope : array, shape (frames,)
        Of onsets, at :data:`~suno_lab.features.onsets.FRAMES_HZ`.
    """
    level_db = _level_db(powers, 10)
    full_db = float(np.percentile(level_db, 75))
    heard = np.flatnonzero(level_db > max(SILENT_DBFS, full_db - SILENT_DB))
    if len(heard) == 0:
        return None
    end = int(heard[-1]) + 1
    rest_db = level_db[max(end - round(HUM_S / BLOCK_S), 0) : end]
    if rest_db.max() < full_db - HUM_DB and rest_db.std() < HUM_SPREAD_DB and len(rest_db) * BLOCK_S >= HUM_S:
        return "hum"
    if level_db[max(end - 5, 0) : end].mean() > full_db - CUT_DB:
        return "abrupt"
    start_s = int(np.flatnonzero(level_db[:end] > full_db - FULL_DB)[-1]) * BLOCK_S
    attacks_hz = _attacks_hz(envelope, 0.0, start_s), _attacks_hz(envelope, start_s, end * BLOCK_S)
    long_enough = end * BLOCK_S - start_s >= FADE_S
    return "fade" if long_enough and attacks_hz[1] >= max(FADE_ATTACKS * attacks_hz[0], 0.5) else "ring-out"


def _attacks_hz(envelope: Array, start_s: float, end_s: float) -> float:
    """Clear rises a second between two moments."""
    part = envelope[round(start_s * FRAMES_HZ) : round(end_s * FRAMES_HZ)]
    if len(part) < 3 or not envelope.any():
        return 0.0
    middle = part[1:-1]
    peaks = (middle > part[:-2]) & (middle >= part[2:]) & (middle > envelope.mean() + envelope.std())
    return float(np.count_nonzero(peaks) / (end_s - start_s))


def intro_s(audio: Audio) -> float | None:
    """When level and low end (below 180 Hz), each over 2 s, are first within 3 dB of their medians; None below 4 s."""
    width = round(COMPLETE_S * FRAMES_HZ)
    if len(audio.mel_power) < 2 * width or not audio.mel_power.any():
        return None
    complete = np.ones(len(audio.mel_power) - width + 1, dtype=bool)
    for bands_n in (audio.mel_power.shape[1], LOW_BANDS_N):
        total = np.cumsum(np.pad(audio.mel_power[:, :bands_n].sum(axis=1, dtype=np.float64), (1, 0)))
        power = total[width:] - total[:-width]
        complete &= power >= np.median(power) * 10 ** (-COMPLETE_DB / 10)
    return float(complete.argmax() / FRAMES_HZ) if complete.any() else None
