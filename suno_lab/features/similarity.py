"""How alike two clips are: measures of a pair, not of a clip."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, MEL_FLOOR_POWER, MEL_HOP, Audio
from suno_lab.features._feature import Feature, Row
from suno_lab.features.pitch import FRAME_S, frame_pitch_classes

Array = npt.NDArray[np.float64]

VERSION = 1

FEATURES = (
    Feature(
        name="fingerprint_error",
        unit="proportion",
        scale="proportion",
        method="signs of band-energy differences (after Haitsma & Kalker 2002), bit error at the best offset",
        description="share of differing fingerprint bits at the best offset: near 0 same recording, 0.5 "
        "unrelated; below 0.35 call it a copy",
    ),
    Feature(
        name="fingerprint_offset_s",
        unit="s",
        scale="linear",
        method="offset of the least bit error",
        description="where the second begins in the first",
    ),
    Feature(
        name="chroma_similarity",
        unit="proportion",
        scale="proportion",
        method="mean cosine of centred pitch classes of 0.4 s at the best of all offsets and 12 transpositions",
        description="likeness of the harmony over time at the best offset and transposition: 1 same, 0 unrelated",
    ),
    Feature(
        name="transposition_semitones",
        unit="semitones",
        scale="circular",
        method="transposition of that likeness",
        description="how far the second is above the first, -5 to 6",
        dtype="Int64",
        period=12.0,
    ),
    Feature(
        name="timbre_distance",
        unit="SD",
        scale="linear",
        method="mean and SD of 12 mel cepstra, in their SD",
        description="distance of mean and spread of the mel cepstra, in SD: 0 same sound",
    ),
)

BANDS_N = 17  #: 16 bits a frame
FRAME_STEP, FRAME_SPAN = 2, 8  #: fingerprint frames take 93 ms and are 23 ms apart
CEPSTRA_EVERY = 4
LEAST_OVERLAP = 0.4  #: of the shorter clip


def compare(a: Audio, b: Audio) -> Row:
    """Compare two clips; None for what silence or brevity leaves open."""
    return _fingerprints(a, b) | _chroma(a, b) | {"timbre_distance": _timbre_distance(a, b)}


def fingerprint(audio: Audio) -> Array:
    """Signs of how band-energy differences change in time, shape (frames, 16), -1 or 1, 0 in silence.

    After Haitsma & Kalker, "A highly robust audio fingerprinting system", 2002, on mel bands of 93 ms frames.
    """
    from scipy.ndimage import uniform_filter1d

    bands = np.stack([part.mean(axis=1) for part in np.array_split(audio.mel_power, BANDS_N, axis=1)], axis=1)
    level = np.log10(np.maximum(uniform_filter1d(bands, FRAME_SPAN, axis=0)[::FRAME_STEP], MEL_FLOOR_POWER))
    across = np.diff(level, axis=1)
    return np.sign(across[FRAME_STEP:] - across[:-FRAME_STEP])


def _fingerprints(a: Audio, b: Audio) -> Row:
    bits_a, bits_b = fingerprint(a), fingerprint(b)
    if not bits_a.any() or not bits_b.any():
        return {}
    agreement, overlap = _correlate(bits_a, bits_b)
    error = 0.5 - 0.5 * agreement / (overlap * bits_a.shape[1])
    best = int(error.argmin())
    offset_s = (best - len(bits_b) + 1) * FRAME_STEP * MEL_HOP / ANALYSIS_RATE_HZ
    return {"fingerprint_error": float(error[best]), "fingerprint_offset_s": float(offset_s)}


def _chroma(a: Audio, b: Audio) -> Row:
    frames_a, frames_b = (_unit_chroma(audio) for audio in (a, b))
    if not frames_a.any() or not frames_b.any():
        return {}
    best, shift = -1.0, 0
    for semitones in range(-5, 7):
        product, overlap = _correlate(frames_a, np.roll(frames_b, -semitones, axis=1))
        likeness = float((product / overlap).max())
        best, shift = max((best, shift), (likeness, semitones))
    return {"chroma_similarity": min(max(best, 0.0), 1.0), "transposition_semitones": shift}


def _unit_chroma(audio: Audio) -> Array:
    """Pitch classes over 0.4 s, less their mean within the frame and over the clip, of unit length."""
    frames = np.sqrt(frame_pitch_classes(audio))
    step = max(round(0.4 / FRAME_S), 1)
    frames = np.add.reduceat(frames, np.arange(0, len(frames), step), axis=0)
    frames = frames - frames.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(frames, axis=1, keepdims=True)
    return np.divide(frames, norm, out=np.zeros_like(frames), where=norm > 1e-9)


def _correlate(a: Array, b: Array) -> tuple[Array, Array]:
    """Sum of products at every offset (column sums), and the number of frames that overlap there; infinite if few."""
    import scipy.fft

    n = len(a) + len(b) - 1
    size = scipy.fft.next_fast_len(n, real=True)
    spectrum = scipy.fft.rfft(a, size, axis=0) * scipy.fft.rfft(b[::-1], size, axis=0)
    product = scipy.fft.irfft(spectrum, size, axis=0)[:n].sum(axis=1)
    place = np.arange(n)
    overlap = np.minimum(np.minimum(place + 1, n - place), min(len(a), len(b))).astype(float)
    overlap[overlap < LEAST_OVERLAP * min(len(a), len(b))] = np.inf
    return product, overlap


def mel_cepstra(audio: Audio) -> Array:
    """First 13 mel cepstra of the frames that sound, without the level, shape (frames, 12)."""
    import scipy.fft

    level = audio.mel_level[::CEPSTRA_EVERY].astype(np.float64)
    return scipy.fft.dct(level[level.max(axis=1) > np.log10(MEL_FLOOR_POWER) + 1e-6], norm="ortho", axis=1)[:, 1:13]


def _timbre_distance(a: Audio, b: Audio) -> float | None:
    cepstra = [mel_cepstra(audio) for audio in (a, b)]
    if min(map(len, cepstra)) < 2:
        return None
    (mean_a, sd_a), (mean_b, sd_b) = ((c.mean(axis=0), c.std(axis=0)) for c in cepstra)
    scale = np.sqrt((sd_a**2 + sd_b**2) / 2) + 1e-6
    return float(np.sqrt(np.mean(((mean_a - mean_b) ** 2 + (sd_a - sd_b) ** 2) / scale**2)))
