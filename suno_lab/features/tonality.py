"""Key and tuning."""

from __future__ import annotations

import numpy as np

from suno_lab.audio import ANALYSIS_RATE_HZ, Audio
from suno_lab.features._feature import Feature, Row
from suno_lab.features.keys import KRUMHANSL_KESSLER, KeyEstimate, best_key, key_name, key_scores
from suno_lab.features.pitch import TONICS, Array, find_peaks, pitch_classes, tuning_semitones

VERSION = 3
EVENING = 0.7  #: exponent of the pitch classes' strength: rare ones count a little more

FEATURES = (
    Feature(
        name="musical_key",
        unit="key",
        scale="nominal",
        method="pitch classes of spectral peaks against the profiles of all 24 keys",
        dtype="string",
        description="likeliest key, such as “Eb minor”",
    ),
    Feature(
        name="key_tonic",
        unit="pitch class",
        scale="circular",
        method="tonic of the key",
        dtype="string",
        description="its tonic: C, C#, D, Eb … B",
    ),
    Feature(
        name="key_mode",
        unit="mode",
        scale="nominal",
        method="mode of the key",
        dtype="string",
        description="major or minor",
    ),
    Feature(
        name="key_confidence",
        unit="probability",
        scale="proportion",
        method="logistic in the margin, fitted to synthetic songs",
        description="0.5 to 1: chance that the key is right, as far as synthetic songs tell",
    ),
    Feature(
        name="key_margin",
        unit="correlation",
        scale="linear",
        method="highest less second highest correlation of the 24 keys",
        description="how far the key leads the next likeliest: near 0 undecided",
    ),
    Feature(
        name="key_alternative",
        unit="key",
        scale="nominal",
        method="second highest correlation",
        dtype="string",
        description="the next likeliest key",
    ),
    Feature(
        name="tuning_cents",
        unit="cents",
        scale="circular",
        method="common phase of the spectral peaks (Gómez 2006)",
        description="how far the pitches lie above (+) or below A = 440 Hz, within ±50",
        period=100.0,
    ),
    *(
        Feature(
            name=f"chroma_{tonic.lower().replace('#', '_sharp')}",
            unit="proportion",
            scale="proportion",
            method="spectral peaks of 60 to 2000 Hz, by their share of the frame's largest, mean over time",
            description=f"share of pitch class {tonic}",
        )
        for tonic in TONICS
    ),
)
CHROMA = tuple(item.name for item in FEATURES if item.name.startswith("chroma_"))


def extract(audio: Audio) -> Row:
    """Key with the runner-up and a confidence; all None where nothing has a pitch."""
    peaks = find_peaks(audio)
    if len(peaks.frame) == 0:
        return {}
    tuning = tuning_semitones(peaks)
    chroma = pitch_classes(peaks, tuning=tuning)
    return _row(best_key(key_scores(chroma**EVENING)), chroma) | {"tuning_cents": 100 * tuning}


def extract_librosa(audio: Audio) -> Row:
    """The usual snippet: the mean of ``librosa.feature.chroma_cqt`` against the Krumhansl–Kessler profiles."""
    import librosa

    y = audio.at()
    if not y.any() or len(y) < 2 * ANALYSIS_RATE_HZ:  # shorter than its lowest filter: only padding would be measured
        return {}
    chroma = np.asarray(librosa.feature.chroma_cqt(y=y, sr=ANALYSIS_RATE_HZ).mean(axis=1), dtype=float)
    return _row(best_key(key_scores(chroma, [KRUMHANSL_KESSLER])), chroma)


def _row(key: KeyEstimate | None, chroma: Array) -> Row:
    row: Row = dict(zip(CHROMA, (chroma / max(chroma.sum(), 1e-12)).tolist(), strict=True))
    if key is None:
        return row
    return row | {
        "musical_key": key_name(key.tonic, key.mode),
        "key_tonic": TONICS[key.tonic],
        "key_mode": key.mode,
        "key_confidence": key.confidence,
        "key_margin": key.margin,
        "key_alternative": key_name(key.second_tonic, key.second_mode),
    }
