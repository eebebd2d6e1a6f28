"""Short pieces of sound with known properties."""

import numpy as np
import pytest

from suno_lab.audio import Audio

SR = 22050


@pytest.fixture(scope="session")
def clicks():
    """Make clicks at a tempo: ``clicks(bpm, duration_s=20.0, first_s=0.5)``."""

    def make(bpm, *, duration_s=20.0, first_s=0.5, sr=SR):
        samples = np.zeros(round(duration_s * sr), np.float32)
        burst = np.random.default_rng(0).normal(size=sr // 50) * np.geomspace(0.5, 0.001, sr // 50)
        for start_s in np.arange(first_s, duration_s - 0.05, 60 / bpm):
            start = round(start_s * sr)
            samples[start : start + len(burst)] += burst.astype(np.float32)
        return Audio(samples, sr)

    return make


@pytest.fixture(scope="session")
def chords():
    """Make chords of plain tones: ``chords([(0, 4, 7), …], each_s=1.0)``, pitch classes above middle C."""

    def make(notes, *, each_s=1.0, sr=SR, repeat_n=1, tuning_cents=0.0):
        t = np.arange(round(each_s * sr)) / sr
        parts = [_chord(chord, t, tuning_cents) for chord in notes]
        return Audio(np.tile(np.concatenate(parts), repeat_n).astype(np.float32), sr)

    return make


def _chord(chord, t, tuning_cents):
    pitches_hz = [261.6256 * 2 ** ((note + tuning_cents / 100) / 12) for note in chord]
    waves = [np.sin(2 * np.pi * hz * k * t) / k for hz in pitches_hz for k in (1, 2, 3)]
    return 0.1 * np.sum(waves, axis=0) * np.exp(-2 * t)


@pytest.fixture(scope="session")
def silence():
    return Audio(np.zeros(3 * SR), SR)
