"""How alike two clips are: measures of a pair, not of a clip."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from suno_lab.audio import ANALYSIS_RATE_HZ, MEL_FLOOR_POWER, MEL_HOP, Audio
from suno_lab.errors import AudioError
from suno_lab.features._feature import Feature, Row
from suno_lab.features.pitch import FRAME_S, frame_pitch_classes

if TYPE_CHECKING:
    import pandas as pd

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
COPY_ERROR = 0.35  #: share of differing bits below which two clips are called the same recording
LEAST_OVERLAP = 0.4  #: of the shorter clip


def compare(a: Audio | str | os.PathLike[str], b: Audio | str | os.PathLike[str]) -> Row:
    """Compare two clips, or files of them; None for what silence or brevity leaves open.

    Raises
    ------
    AudioError
        When a file cannot be decoded.
    """
    a, b = (audio if isinstance(audio, Audio) else Audio.load(audio) for audio in (a, b))
    return _fingerprints(a, b) | _chroma(a, b) | {"timbre_distance": _timbre_distance(a, b)}


def near_duplicates(
    paths: Any, *, error_below: float = COPY_ERROR, progress: Callable[[int, int], None] | None = None
) -> pd.DataFrame:
    """Pairs of files that hold the same recording: re-encoded, cut, louder or softer.

    Every pair is compared by its fingerprints at all offsets; the fingerprint of each file is made once. About a
    second and 1.5 MB a file of four minutes, and a few milliseconds a pair. The same song in another key or by another
    performance is not the same recording: :func:`compare` tells ``chroma_similarity``.

    Parameters
    ----------
    paths : path, Clip, Source, iterable of those, or DataFrame
        As for :func:`suno_lab.features.analyze`. Files that cannot be read are left out.
    error_below : float
        Share of differing bits below which a pair is reported; unrelated ones lie near 0.45.
    progress : callable, optional
        Gets ``(done_n, total_n)``, in files.

    Returns
    -------
    DataFrame
        ``a``, ``b`` (paths, in the order given), ``fingerprint_error``, ``fingerprint_offset_s``; the most alike first.
    """
    import pandas as pd

    prints = list(_prints(paths, progress))
    longest_n = max((len(bits) for _, bits in prints), default=1)
    spectra = [_spectrum(bits, longest_n) for _, bits in prints]
    rows = []
    for second in range(len(prints)):
        for first in range(second):
            bits = prints[first][1], prints[second][1]
            error, offset_s = _best_match(*bits, _agreement(spectra[first], spectra[second], *map(len, bits)))
            if error < error_below:
                rows.append((prints[first][0], prints[second][0], error, offset_s))
    columns = {"a": "string", "b": "string", "fingerprint_error": "float64", "fingerprint_offset_s": "float64"}
    found = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    return found.sort_values("fingerprint_error", kind="stable", ignore_index=True)


def _prints(paths: Any, progress: Callable[[int, int], None] | None) -> Iterator[tuple[str, Array]]:
    """Path and fingerprint of every file that can be read and is not silent."""
    from suno_lab.features._analyze import sources_of

    sources = sources_of(paths)
    for done_n, source in enumerate(sources, 1):
        try:
            bits = fingerprint(Audio.load(source.path))
        except AudioError:
            bits = np.zeros((0, BANDS_N - 1))
        if bits.any():
            yield source.path, bits
        if progress:
            progress(done_n, len(sources))


def _spectrum(bits: Array, longest_n: int) -> npt.NDArray[np.complex64]:
    """Of each bit over time, long enough for every offset to every other clip, shape (bins, bits)."""
    import scipy.fft

    size = 2 * scipy.fft.next_fast_len(longest_n, real=True)
    return scipy.fft.rfft(bits.astype(np.float32), size, axis=0)


def _agreement(a: npt.NDArray[np.complex64], b: npt.NDArray[np.complex64], a_n: int, b_n: int) -> Array:
    """Sum of products at every offset from ``-(b_n - 1)`` to ``a_n - 1``."""
    import scipy.fft

    size = 2 * (len(a) - 1)
    product = scipy.fft.irfft(np.einsum("ij,ij->i", a, b.conj()), size)
    return np.concatenate([product[size - (b_n - 1) :], product[:a_n]]).astype(float)


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
    agreement, _ = _correlate(bits_a, bits_b)
    error, offset_s = _best_match(bits_a, bits_b, agreement)
    return {"fingerprint_error": error, "fingerprint_offset_s": offset_s}


def _best_match(bits_a: Array, bits_b: Array, agreement: Array) -> tuple[float, float]:
    """Least share of differing bits over all offsets with enough overlap, and where the second then begins."""
    error = 0.5 - 0.5 * agreement / (_overlap(len(bits_a), len(bits_b)) * bits_a.shape[1])
    best = int(error.argmin())
    offset_s = (best - len(bits_b) + 1) * FRAME_STEP * MEL_HOP / ANALYSIS_RATE_HZ
    return float(error[best]), float(offset_s)


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
    return product, _overlap(len(a), len(b))


def _overlap(a_n: int, b_n: int) -> Array:
    """Frames that two clips have in common at every offset; infinite where they are few."""
    place = np.arange(a_n + b_n - 1)
    overlap = np.minimum(np.minimum(place + 1, place[::-1] + 1), min(a_n, b_n)).astype(float)
    overlap[overlap < LEAST_OVERLAP * min(a_n, b_n)] = np.inf
    return overlap


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
