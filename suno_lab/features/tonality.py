"""Key and tuning."""

from __future__ import annotations

import numpy as np

from suno_lab.audio import ANALYSIS_RATE_HZ, Audio
from suno_lab.features._feature import Feature, Row
from suno_lab.features.keys import KRUMHANSL_KESSLER, KeyEstimate, best_key, key_name, key_scores
from suno_lab.features.pitch import TONICS, find_peaks, pitch_classes, tuning_semitones

VERSION = 2
EVENING = 0.7  #: exponent of the pitch classes' strength: rare ones count a little more

FEATURES = (
    Feature(
        name="musical_key", unit="", scale="nominal", dtype="string", description="likeliest key, such as “Eb minor”"
    ),
    Feature(name="key_tonic", unit="", scale="circular", dtype="string", description="its tonic: C, C#, D, Eb … B"),
    Feature(name="key_mode", unit="", scale="nominal", dtype="string", description="major or minor"),
    Feature(
        name="key_confidence",
        unit="",
        scale="linear",
        description="0.5 to 1: chance that the key is right, as far as synthetic songs tell",
    ),
    Feature(name="key_alternative", unit="", scale="nominal", dtype="string", description="the next likeliest key"),
    Feature(
        name="tuning_cents",
        unit="cents",
        scale="linear",
        description="how far the pitches lie above (+) or below A = 440 Hz, within ±50",
    ),
)


def extract(audio: Audio) -> Row:
    """Key with the runner-up and a confidence; all None where nothing has a pitch."""
    peaks = find_peaks(audio)
    if len(peaks.frame) == 0:
        return {}
    tuning = tuning_semitones(peaks)
    profile = pitch_classes(peaks, tuning=tuning) ** EVENING
    return _row(best_key(key_scores(profile)), tuning_cents=100 * tuning)


def extract_librosa(audio: Audio) -> Row:
    """The usual snippet: the mean of ``librosa.feature.chroma_cqt`` against the Krumhansl–Kessler profiles."""
    import librosa

    y = audio.at()
    if not y.any() or len(y) < 2 * ANALYSIS_RATE_HZ:  # shorter than its lowest filter: only padding would be measured
        return {}
    chroma = librosa.feature.chroma_cqt(y=y, sr=ANALYSIS_RATE_HZ).mean(axis=1)
    return _row(best_key(key_scores(np.asarray(chroma, dtype=float), [KRUMHANSL_KESSLER])))


def _row(key: KeyEstimate | None, *, tuning_cents: float | None = None) -> Row:
    if key is None:
        return {"tuning_cents": tuning_cents}
    return {
        "musical_key": key_name(key.tonic, key.mode),
        "key_tonic": TONICS[key.tonic],
        "key_mode": key.mode,
        "key_confidence": key.confidence,
        "key_alternative": key_name(key.second_tonic, key.second_mode),
        "tuning_cents": tuning_cents,
    }
