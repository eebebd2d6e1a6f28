"""Faults of the sound: clipping, offset, silence at the ends, missing treble, an end cut off."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from suno_lab.audio import Audio, Floats
from suno_lab.features._feature import Feature, Row

VERSION = 2

FEATURES = (
    Feature(
        name="clipped_n",
        unit="runs",
        scale="linear",
        method="runs of 3 or more samples of one channel at one value of 0.999 or more",
        description="runs of three or more samples of a channel at the same full-scale value",
        dtype="Int64",
        direction="down",
    ),
    Feature(
        name="dc_offset",
        unit="full scale",
        scale="proportion",
        method="mean of the samples",
        description="largest mean of a channel, as a share of full scale",
        direction="down",
    ),
    Feature(
        name="silence_start_s",
        unit="s",
        scale="linear",
        method="10 ms blocks of the mono mix against -60 dBFS",
        description="time before the first 10 ms above -60 dBFS",
    ),
    Feature(
        name="silence_end_s",
        unit="s",
        scale="linear",
        method="10 ms blocks of the mono mix against -60 dBFS",
        description="time after the last 10 ms above -60 dBFS",
    ),
    Feature(
        name="silence_share",
        unit="proportion",
        scale="proportion",
        method="10 ms blocks of the mono mix against -60 dBFS",
        description="share of the time between them that is below -60 dBFS",
    ),
    Feature(
        name="bandwidth_hz",
        unit="Hz",
        scale="log",
        method="mean power spectrum of every sixteenth 4096-point frame, 80 dB below its top",
        description="highest frequency within 80 dB of the strongest: where a codec or a model stops",
    ),
    Feature(
        name="ends_abruptly",
        unit="flag",
        scale="proportion",
        method="mean power of the last 50 ms against that of the clip",
        description="the last 50 ms are less than 20 dB below the whole",
        dtype="boolean",
        direction="down",
    ),
    Feature(
        name="loop_step_db",
        unit="dB",
        scale="dB",
        method="mean power of the first 0.1 s over that of the last",
        description="how much louder the beginning is than the end: a loop jumps by this",
    ),
    Feature(
        name="loop_seam_db",
        unit="dB",
        scale="dB",
        method="log spectral distance (64 mel bands, 0.1 s) from end to beginning less the median between neighbours",
        description="how much rougher the seam of a loop is than the clip itself: 0 or below, it cannot be heard",
        direction="down",
    ),
)

SILENT_DBFS = -60.0
BLOCK_S = 0.01
SEAM_BLOCKS_N, SEAM_FRAMES_N = 10, 8  #: 0.1 s of 10 ms blocks; 93 ms of mel frames
SEAM_FLOOR = 1e-7  #: mel power that counts as silence at the seam
FULL_SCALE = 0.999
EDGE_N_FFT, EDGE_EVERY, EDGE_DB = 4096, 16, 80.0


def extract(audio: Audio) -> Row:
    """Faults of one clip; levels of silence are None."""
    powers = block_powers(audio)
    loud = np.flatnonzero(powers > 10 ** (SILENT_DBFS / 10))
    row: Row = {
        "clipped_n": clipped_runs_n(audio.samples),
        "dc_offset": float(np.abs(audio.samples.mean(axis=0, dtype=np.float64)).max()),
    }
    if len(loud) == 0:
        return row
    first, last = int(loud[0]), int(loud[-1])
    return row | {
        "silence_start_s": first * BLOCK_S,
        "silence_end_s": max(audio.duration_s - (last + 1) * BLOCK_S, 0.0),
        "silence_share": 1 - len(loud) / (last + 1 - first),
        "bandwidth_hz": bandwidth_hz(audio),
        "ends_abruptly": bool(powers[-5:].mean() > powers.mean() / 100),
        "loop_step_db": loop_step_db(powers),
        "loop_seam_db": loop_seam_db(audio),
    }


def loop_step_db(powers: npt.NDArray[np.float64]) -> float | None:
    """How much louder the first 0.1 s is than the last; None for less than 0.2 s and where one of them is silent."""
    first, last = powers[:SEAM_BLOCKS_N].mean(), powers[-SEAM_BLOCKS_N:].mean()
    if len(powers) < 2 * SEAM_BLOCKS_N or min(first, last) <= 10 ** (SILENT_DBFS / 10):
        return None
    return float(10 * np.log10(first / last))


def loop_seam_db(audio: Audio) -> float | None:
    """Log spectral distance from the end to the beginning less the median between neighbours; None below 1 s."""
    stretches_n = len(audio.mel_power) // SEAM_FRAMES_N
    if stretches_n < 10:
        return None
    stretches = audio.mel_power[: stretches_n * SEAM_FRAMES_N].reshape(stretches_n, SEAM_FRAMES_N, -1)
    first, last = stretches[:1], audio.mel_power[None, -SEAM_FRAMES_N:]
    level_db = 10 * np.log10(np.concatenate([last, first, stretches[1:]]).mean(axis=1) + SEAM_FLOOR)
    apart_db = np.sqrt(np.square(np.diff(level_db, axis=0)).mean(axis=1))
    return float(apart_db[0] - np.median(apart_db[1:]))


def block_powers(audio: Audio) -> npt.NDArray[np.float64]:
    """Mean square of the mono mix in each 10 ms, shape (blocks,), at least one."""
    block = max(round(BLOCK_S * audio.sr), 1)
    blocks_n = max(audio.frames_n // block, 1)
    part = audio.mono[: blocks_n * block].reshape(blocks_n, -1)
    return np.einsum("ij,ij->i", part, part, dtype=np.float64) / part.shape[1]


def clipped_runs_n(samples: Floats) -> int:
    """Runs of at least three equal samples at the top or bottom of their channel, where that is full scale."""
    if max(samples.max(), -samples.min()) < FULL_SCALE:
        return 0
    runs_n = 0
    for channel in samples.T:
        for limit in (channel.max(), channel.min()):
            if abs(limit) >= FULL_SCALE:
                at = np.concatenate([[False], channel == limit, [False]])
                edges = np.flatnonzero(at[1:] != at[:-1])
                runs_n += int(np.count_nonzero(edges[1::2] - edges[::2] >= 3))
    return runs_n


def bandwidth_hz(audio: Audio) -> float | None:
    """Highest frequency whose mean power is within 80 dB of the strongest, from every sixteenth frame."""
    import scipy.fft
    from scipy.ndimage import uniform_filter1d

    starts = np.arange(0, audio.frames_n - EDGE_N_FFT + 1, EDGE_N_FFT * EDGE_EVERY)
    if len(starts) == 0:
        return None
    window = np.hanning(EDGE_N_FFT).astype(np.float32)
    frames = np.stack([audio.mono[start : start + EDGE_N_FFT] for start in starts]) * window
    power = np.square(np.abs(scipy.fft.rfft(frames, axis=1))).mean(axis=0)
    level_db = uniform_filter1d(10 * np.log10(power + 1e-20), 9)
    return float(np.flatnonzero(level_db > level_db.max() - EDGE_DB)[-1] * audio.sr / EDGE_N_FFT)
