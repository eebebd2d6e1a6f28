"""The voice, where it is known: from its stem, or from timed words. A full mix alone says nothing here."""

from __future__ import annotations

import numpy as np

from suno_lab.audio import Audio
from suno_lab.features._feature import Feature, Row
from suno_lab.features.yin import fundamental_hz

VERSION = 1

FEATURES = (
    Feature(name="words_n", unit="words", scale="linear", dtype="Int64", description="timed words"),
    Feature(name="first_word_s", unit="s", scale="linear", description="when the first word begins"),
    Feature(name="sung_share", unit="", scale="linear", description="share of the clip covered by words"),
    Feature(name="words_per_s", unit="1/s", scale="log", description="words a second of the stretches that are sung"),
    Feature(
        name="voice_pitch_hz", unit="Hz", scale="log", description="median fundamental frequency of the vocal stem"
    ),
    Feature(
        name="voice_range_semitones",
        unit="semitones",
        scale="linear",
        description="5th to 95th percentile of the vocal stem's pitch",
    ),
    Feature(
        name="voice_level_db",
        unit="dB",
        scale="linear",
        description="power of the vocal stem where it sounds, over what is left of the mix there",
    ),
)

STEMS = ("vocals", "vocal", "voice", "lead_vocals")


def extract(audio: Audio) -> Row:
    """Measures of the voice; None for whatever needs words or a vocal stem that are not there."""
    return _from_words(audio) | _from_stem(audio)


def _from_words(audio: Audio) -> Row:
    if audio.words is None:
        return {}
    spans = sorted((max(w.start_s, 0.0), min(w.end_s, audio.duration_s)) for w in audio.words if w.end_s > w.start_s)
    if not spans:
        return {"words_n": len(audio.words)}
    sung_s, reached_s = 0.0, 0.0
    for start_s, end_s in spans:
        sung_s += max(end_s - max(start_s, reached_s), 0.0)
        reached_s = max(reached_s, end_s)
    return {
        "words_n": len(audio.words),
        "first_word_s": float(spans[0][0]),
        "sung_share": float(sung_s / audio.duration_s),
        "words_per_s": float(len(spans) / sung_s) if sung_s > 0 else None,
    }


def _from_stem(audio: Audio) -> Row:
    stem = next((audio.stems[name] for name in STEMS if name in audio.stems), None) if audio.stems else None
    if stem is None or stem.peak == 0:
        return {}
    pitches_hz = fundamental_hz(stem.at())
    pitches_hz = pitches_hz[~np.isnan(pitches_hz)]
    row: Row = {"voice_level_db": _level_db(audio, stem)}
    if len(pitches_hz) < 5:
        return row
    low, high = np.percentile(np.log2(pitches_hz), [5, 95])
    return row | {
        "voice_pitch_hz": float(np.median(pitches_hz)),
        "voice_range_semitones": float(12 * (high - low)),
    }


def _level_db(audio: Audio, stem: Audio) -> float | None:
    mix, voice = audio.at(), stem.at()
    n = min(len(mix), len(voice))
    rest, voice = mix[:n] - voice[:n], voice[:n]
    sounding = np.abs(voice) > 0.02 * np.abs(voice).max()
    voice_power, rest_power = (float(np.mean(np.square(part[sounding]))) for part in (voice, rest))
    return 10 * float(np.log10(voice_power / rest_power)) if voice_power > 0 and rest_power > 1e-12 else None
