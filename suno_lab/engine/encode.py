"""Samples to files, as bytes."""

from __future__ import annotations

import io

import numpy as np

from ..audio.mpeg import with_length


def encode_mp3(samples: np.ndarray, sr: int, *, kbps: int = 192) -> bytes:
    """MP3 at a constant bit rate (LAME), with a first frame by which players cut it to the samples that went in.

    Parameters
    ----------
    samples : ndarray of float, shape (n,) or (n, channels)
        One or two channels; what lies outside ±1 is clipped.
    sr : int
        Sampling rate in Hz.
    kbps : int
        Kilobits per second.
    """
    import lameenc

    frames = samples[:, None] if samples.ndim == 1 else samples
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(kbps)
    encoder.set_in_sample_rate(sr)
    encoder.set_channels(frames.shape[1])
    encoder.set_quality(5)
    encoder.silence()
    pcm = np.rint(np.clip(frames, -1.0, 1.0) * 32767).astype("<i2")
    return with_length(bytes(encoder.encode(pcm.tobytes()) + encoder.flush()), samples_n=len(pcm))


def encode_wav(samples: np.ndarray, sr: int) -> bytes:
    """WAV, 16 bits; ``samples`` as for :func:`encode_mp3`."""
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, np.clip(samples, -1.0, 1.0), sr, format="WAV", subtype="PCM_16")
    return file.getvalue()
