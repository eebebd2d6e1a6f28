"""A clip in memory: samples, views of them, and the spectra that several measures share."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from suno_lab.audio.decoding import MAX_CHANNELS_N, MAX_DURATION_S, MAX_VALUES_N, Floats, decode
from suno_lab.errors import AudioError
from suno_lab.models import Word

T = TypeVar("T")

ANALYSIS_RATE_HZ = 22050  #: the rate at which music is measured
MEL_N_FFT, MEL_HOP, MEL_BANDS_N = 1024, 256, 64
MEL_RANGE_HZ = (27.5, 11_000.0)
MEL_FLOOR_POWER = 1e-7  #: less power than this in a mel band is silence

RATE_LIMITS_HZ = (1_000, 768_000)
MAX_MAGNITUDE = 2.0**20  #: a sample beyond this is damage, not sound
TRUNCATED_BY_S = 0.1  #: decoded this much shorter than the header says: the file is cut off


@dataclass(frozen=True, eq=False, repr=False)
class Audio:
    """Sound with what is known about it.

    Parameters
    ----------
    samples : array of float, shape (n,) or (n, channels)
        Full scale is 1.0. Values that are not finite (or beyond ``2**20``) become 0.0 and are counted.
    sr : int
        Sample rate in Hz.
    path : Path, optional
        The file it came from.
    header_duration_s : float, optional
        What the file's header claims; compare with :attr:`duration_s`, which is counted.
    service_duration_s : float, optional
        What the service that delivered it says.
    codec : str, optional
        How the file is coded, such as ``mp3`` or ``wav/pcm_16``.
    breaks_off : bool, optional
        Whether the file ends in the middle of a frame or page.
    stems : mapping of str to Audio, optional
        Separated parts by name (``"vocals"``, ``"drums"``, …).
    words : sequence of Word, optional
        Sung words with their times.

    Attributes
    ----------
    peak : float
        The largest magnitude of a sample.
    invalid_n : int
        How many values were not finite (or absurd) and became 0.0.

    Raises
    ------
    AudioError
        For no samples, an impossible rate, or more than :data:`MAX_VALUES_N` values.
    """

    samples: Floats
    sr: int
    path: Path | None = field(default=None, kw_only=True)
    header_duration_s: float | None = field(default=None, kw_only=True)
    service_duration_s: float | None = field(default=None, kw_only=True)
    codec: str | None = field(default=None, kw_only=True)
    breaks_off: bool | None = field(default=None, kw_only=True)
    stems: Mapping[str, Audio] | None = field(default=None, kw_only=True)
    words: tuple[Word, ...] | None = field(default=None, kw_only=True)
    invalid_n: int = field(default=0, kw_only=True)
    peak: float = field(default=0.0, init=False)
    _cache: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, dtype=np.float32)
        samples = samples[:, None] if samples.ndim == 1 else samples
        _check_shape(samples, self.sr, self.path)
        samples, invalid_n, peak = _without_damage(samples)
        object.__setattr__(self, "samples", samples)
        object.__setattr__(self, "peak", peak)
        object.__setattr__(self, "sr", int(self.sr))
        object.__setattr__(self, "invalid_n", self.invalid_n + invalid_n)
        if self.words is not None:
            object.__setattr__(self, "words", tuple(self.words))

    def __repr__(self) -> str:
        name = f" {self.path.name}" if self.path else ""
        return f"<Audio{name} {self.duration_s:.3f} s, {self.sr} Hz, {self.channels_n} ch>"

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, max_duration_s: float = MAX_DURATION_S) -> Audio:
        """Decode a file once, to 32-bit floats.

        WAV, FLAC, Ogg, MP3 and the like are read by libsndfile, whatever the file's name says; MP4/M4A, Matroska and
        AAC by PyAV where it is installed (``pip install "suno-lab[media]"``). Frames are counted as decoded: the
        header's claim is kept beside them, so that a download that broke off is seen.

        Raises
        ------
        AudioError
            When there is no such file, nothing can be decoded, or it is longer than ``max_duration_s``.
        """
        path = Path(path)
        if not path.is_file():
            raise AudioError(f"no such audio file: {path}")
        samples, sr, header_n, codec, breaks_off = decode(path, max_duration_s=max_duration_s)
        header_s = None if header_n is None else header_n / sr
        return cls(samples, sr, path=path, header_duration_s=header_s, codec=codec, breaks_off=breaks_off)

    # ── what it is ───────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def frames_n(self) -> int:
        """Counted frames (samples of one channel)."""
        return len(self.samples)

    @property
    def channels_n(self) -> int:
        """Number of channels."""
        return self.samples.shape[1]

    @property
    def duration_s(self) -> float:
        """Counted frames over the rate, exactly."""
        return self.frames_n / self.sr

    @property
    def truncated(self) -> bool | None:
        """Whether it breaks off, or holds less than header or service claim; None where nobody claims anything."""
        claims_s = [claim_s for claim_s in (self.header_duration_s, self.service_duration_s) if claim_s is not None]
        if self.breaks_off:
            return True
        return any(self.duration_s < claim_s - TRUNCATED_BY_S for claim_s in claims_s) if claims_s else None

    @cached_property
    def sha256(self) -> str:
        """Of the file's bytes, or of the samples where there is no file."""
        if self.path is not None:
            return file_sha256(self.path)
        return hashlib.sha256(self.samples.tobytes()).hexdigest()

    # ── views of it ──────────────────────────────────────────────────────────────────────────────────────────────────
    @cached_property
    def mono(self) -> Floats:
        """The mean of the channels, shape (n,)."""
        if self.channels_n == 1:
            return self.samples[:, 0]
        if self.channels_n == 2:  # as fast as BLAS, on one thread
            mixed = np.add(self.samples[:, 0], self.samples[:, 1])
            return np.multiply(mixed, np.float32(0.5), out=mixed)
        return self.samples @ np.full(self.channels_n, 1 / self.channels_n, np.float32)

    def at(self, sr: float = ANALYSIS_RATE_HZ) -> Floats:
        """The mono mix resampled to ``sr`` Hz, at least one sample long; kept for the next who asks."""
        if sr == self.sr:
            return self.mono
        if ("at", sr) not in self._cache:
            import soxr

            # a low rate is made from the analysis rate, which somebody needs anyway: a quarter of the work
            y, rate = (self.at(), ANALYSIS_RATE_HZ) if sr < ANALYSIS_RATE_HZ < self.sr else (self.mono, self.sr)
            resampled = soxr.resample(y, rate, sr, quality="HQ")
            self._cache["at", sr] = resampled if len(resampled) else np.zeros(1, np.float32)
        return self._cache["at", sr]

    def excerpt(self, start_s: float, end_s: float) -> Audio:
        """The part from ``start_s`` to ``end_s``, with its stems and the words that begin in it.

        Raises
        ------
        AudioError
            When no sample lies between them.
        """
        first, last = max(round(start_s * self.sr), 0), min(round(end_s * self.sr), self.frames_n)
        if first >= last:
            raise AudioError(f"nothing between {start_s} s and {end_s} s: the audio is {self.duration_s:.3f} s long")
        stems = self.stems and {name: stem.excerpt(start_s, end_s) for name, stem in self.stems.items()}
        return Audio(self.samples[first:last], self.sr, stems=stems, words=_words_between(self.words, start_s, end_s))

    def with_stems(self, stems: Mapping[str, Audio]) -> Audio:
        """The same sound, with separated parts."""
        return replace(self, stems=stems)

    def shared(self, name: str, make: Callable[[], T]) -> T:
        """What ``make`` gives; made once and kept for the next who asks by this name, who must not change it."""
        if name not in self._cache:
            self._cache[name] = make()
        return self._cache[name]

    # ── spectra, shared by the families ──────────────────────────────────────────────────────────────────────────────
    def spectra(self, n_fft: int, hop: int, *, sr: float = ANALYSIS_RATE_HZ) -> Iterator[Floats]:
        """Magnitude spectra at ``sr`` Hz, in blocks of frames, each of shape (≤256, n_fft // 2 + 1).

        Frame ``i`` covers the samples from ``i * hop``, Hann window, no padding; audio shorter than a frame is padded
        to one.
        """
        import scipy.fft

        y = self.at(sr)
        y = y if len(y) >= n_fft else np.pad(y, (0, n_fft - len(y)))
        frames = np.lib.stride_tricks.sliding_window_view(y, n_fft)[::hop]
        window = np.hanning(n_fft + 1)[:-1].astype(np.float32)
        for i in range(0, len(frames), 256):
            yield np.abs(scipy.fft.rfft(frames[i : i + 256] * window, axis=1))

    def magnitude(self, n_fft: int, hop: int, *, sr: float = ANALYSIS_RATE_HZ) -> Floats:
        """All of :meth:`spectra` as one array of shape (frames, n_fft // 2 + 1), kept. For wide hops."""
        key = ("magnitude", n_fft, hop, sr)
        if key not in self._cache:
            self._cache[key] = np.concatenate(list(self.spectra(n_fft, hop, sr=sr)))
        return self._cache[key]

    @cached_property
    def mel_power(self) -> Floats:
        """Power in :data:`MEL_BANDS_N` mel bands, shape (frames, bands); 86.13 frames a second."""
        from scipy.sparse import csr_array

        # sparse: as fast as BLAS, and no second thread is woken for every block
        bank = csr_array(mel_filters(ANALYSIS_RATE_HZ, MEL_N_FFT, MEL_BANDS_N).T)
        return np.concatenate([(bank @ np.square(block).T).T for block in self.spectra(MEL_N_FFT, MEL_HOP)])

    @cached_property
    def mel_level(self) -> Floats:
        """Decades of :attr:`mel_power`, not below :data:`MEL_FLOOR_POWER`, shape (frames, bands)."""
        level = np.maximum(self.mel_power, np.float32(MEL_FLOOR_POWER))
        np.log(level, out=level)  # three times as fast as log10
        return np.multiply(level, np.float32(1 / np.log(10)), out=level)

    @cached_property
    def mel_times_s(self) -> npt.NDArray[np.float64]:
        """The middle of each frame of :attr:`mel_power`."""
        return (np.arange(len(self.mel_power)) * MEL_HOP + MEL_N_FFT / 2) / ANALYSIS_RATE_HZ


def file_sha256(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@lru_cache(maxsize=8)
def mel_filters(sr: int, n_fft: int, bands_n: int) -> Floats:
    """Triangles of equal area, evenly spaced on the mel scale 2595 log10(1 + f/700), shape (n_fft // 2 + 1, bands)."""
    edges_hz = _mel_edges_hz(bands_n, *MEL_RANGE_HZ)
    low, middle, high = edges_hz[:-2], edges_hz[1:-1], edges_hz[2:]
    bins_hz = np.arange(n_fft // 2 + 1)[:, None] * sr / n_fft
    triangles = np.minimum((bins_hz - low) / (middle - low), (high - bins_hz) / (high - middle))
    return (np.maximum(triangles, 0) * 2 / (high - low)).astype(np.float32)


def mel_centres_hz() -> npt.NDArray[np.float64]:
    """The middle of each band of :attr:`Audio.mel_power`, shape (bands,)."""
    return _mel_edges_hz(MEL_BANDS_N, *MEL_RANGE_HZ)[1:-1]


def _mel_edges_hz(bands_n: int, low_hz: float, high_hz: float) -> npt.NDArray[np.float64]:
    top_mel, low_mel = (2595 * np.log10(1 + hz / 700) for hz in (high_hz, low_hz))
    return 700 * (10 ** (np.linspace(low_mel, top_mel, bands_n + 2) / 2595) - 1)


# ── checks ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def _check_shape(samples: Floats, sr: int, path: Path | None) -> None:
    what = f"{path}: " if path else ""
    if samples.ndim != 2:
        raise AudioError(f"{what}samples have {samples.ndim} dimensions, expected (n,) or (n, channels)")
    if not RATE_LIMITS_HZ[0] <= sr <= RATE_LIMITS_HZ[1]:
        raise AudioError(f"{what}a sample rate of {sr} Hz, expected {RATE_LIMITS_HZ[0]} to {RATE_LIMITS_HZ[1]}")
    if not 1 <= samples.shape[1] <= MAX_CHANNELS_N:
        raise AudioError(f"{what}{samples.shape[1]} channels, expected 1 to {MAX_CHANNELS_N}")
    if len(samples) == 0:
        raise AudioError(f"{what}holds no sample")
    if samples.size > MAX_VALUES_N:
        raise AudioError(f"{what}{samples.size} values in all channels, at most {MAX_VALUES_N} are measured at once")


def _without_damage(samples: Floats) -> tuple[Floats, int, float]:
    """The samples with damage silenced, how many values that were, and the peak. The usual case costs two passes."""
    top, bottom = float(samples.max()), float(samples.min())
    if top <= MAX_MAGNITUDE and bottom >= -MAX_MAGNITUDE:  # false for NaN as well
        return samples, 0, max(top, -bottom)
    with np.errstate(invalid="ignore"):
        sound = np.abs(samples) <= MAX_MAGNITUDE
    healed = np.where(sound, samples, np.float32(0))
    return healed, int(samples.size - np.count_nonzero(sound)), float(np.abs(healed).max())


def _words_between(words: tuple[Word, ...] | None, start_s: float, end_s: float) -> tuple[Word, ...] | None:
    if words is None:
        return None
    return tuple(
        replace(word, start_s=word.start_s - start_s, end_s=min(word.end_s, end_s) - start_s)
        for word in words
        if start_s <= word.start_s < end_s
    )
