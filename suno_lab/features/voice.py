"""The voice, where it is known: from its stem, or from timed words. A full mix alone says nothing here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from suno_lab.audio import ANALYSIS_RATE_HZ, Audio, Floats
from suno_lab.features._feature import Feature, Row
from suno_lab.features.yin import HIGHEST_HZ, LOWEST_HZ, Array, fundamental_hz

VERSION = 2

FEATURES = (
    Feature(
        name="words_n",
        unit="words",
        scale="log",
        method="timed words of the service",
        description="timed words",
        dtype="Int64",
    ),
    Feature(
        name="first_word_s",
        unit="s",
        scale="linear",
        method="timed words of the service",
        description="when the first word begins",
    ),
    Feature(
        name="sung_share",
        unit="proportion",
        scale="proportion",
        method="union of the words' spans over the length",
        description="share of the clip covered by words",
    ),
    Feature(
        name="words_per_s",
        unit="1/s",
        scale="log",
        method="words over the time they cover",
        description="words a second of the stretches that are sung",
    ),
    Feature(
        name="words_per_min",
        unit="1/min",
        scale="log",
        method="words over the time from the first to the end of the last",
        description="words a minute from the first word to the last, rests included",
    ),
    Feature(
        name="voice_share",
        unit="proportion",
        scale="proportion",
        method="50 ms blocks of the vocal stem within 40 dB of its loud ones (95th percentile)",
        description="presence: share of the clip in which the vocal stem sounds",
    ),
    Feature(
        name="voice_register",
        unit="voice",
        scale="nominal",
        method="median pitch against the middles of the usual ranges, E2 to E4 (bass) … C4 to C6 (soprano)",
        description="bass, baritone, tenor, alto, mezzo-soprano or soprano, whichever range has its middle nearest",
        dtype="string",
    ),
    Feature(
        name="voice_pitch_hz",
        unit="Hz",
        scale="log",
        method="YIN (de Cheveigné & Kawahara 2002) every 20 ms of the vocal stem",
        description="median fundamental frequency of the vocal stem",
    ),
    Feature(
        name="voice_range_semitones",
        unit="semitones",
        scale="linear",
        method="YIN (de Cheveigné & Kawahara 2002) every 20 ms of the vocal stem",
        description="5th to 95th percentile of the vocal stem's pitch",
    ),
    Feature(
        name="voice_level_db",
        unit="dB",
        scale="dB",
        method="power of the stem over that of the mix less the stem, where the stem sounds",
        description="power of the vocal stem where it sounds, over what is left of the mix there",
    ),
)

#: middles of the usual ranges: E2–E4, A2–A4, C3–C5, F3–F5, A3–A5, C4–C6
REGISTERS_HZ = {
    "bass": 164.8,
    "baritone": 220.0,
    "tenor": 261.6,
    "alto": 349.2,
    "mezzo-soprano": 440.0,
    "soprano": 523.3,
}
STEMS = ("vocals", "vocal", "voice", "lead_vocals")


def extract(audio: Audio) -> Row:
    """Measures of the voice; None for whatever needs words or a vocal stem that are not there."""
    return _from_words(audio) | _from_stem(audio, fundamental_hz)


def extract_librosa(audio: Audio) -> Row:
    """The same, with the pitch by ``librosa.pyin`` (65 to 1000 Hz)."""
    return _from_words(audio) | _from_stem(audio, _pyin_hz)


def _pyin_hz(y: Floats) -> Array:
    import librosa

    if len(y) < 2048:
        return np.zeros(0)
    return np.asarray(librosa.pyin(y, fmin=LOWEST_HZ, fmax=HIGHEST_HZ, sr=ANALYSIS_RATE_HZ)[0], dtype=float)


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
    whole_s = reached_s - spans[0][0]
    return {
        "words_n": len(audio.words),
        "first_word_s": float(spans[0][0]),
        "sung_share": float(sung_s / audio.duration_s),
        "words_per_s": float(len(spans) / sung_s) if sung_s > 0 else None,
        "words_per_min": float(60 * len(spans) / whole_s) if whole_s > 0 else None,
    }


def _from_stem(audio: Audio, pitch_hz: Callable[[Floats], Array]) -> Row:
    stem = next((audio.stems[name] for name in STEMS if name in audio.stems), None) if audio.stems else None
    if stem is None:
        return {}
    if stem.peak == 0:
        return {"voice_share": 0.0}
    pitches_hz = pitch_hz(stem.at())
    pitches_hz = pitches_hz[~np.isnan(pitches_hz)]
    row: Row = {"voice_share": _share(stem), "voice_level_db": _level_db(audio, stem)}
    if len(pitches_hz) < 5:
        return row
    low, high = np.percentile(np.log2(pitches_hz), [5, 95])
    middle_hz = float(np.median(pitches_hz))
    return row | {
        "voice_register": register(middle_hz),
        "voice_pitch_hz": middle_hz,
        "voice_range_semitones": float(12 * (high - low)),
    }


def register(median_hz: float) -> str:
    """The voice whose usual range has its middle nearest to this pitch, in semitones."""
    return min(REGISTERS_HZ, key=lambda name: abs(np.log2(median_hz / REGISTERS_HZ[name])))


def _share(stem: Audio) -> float:
    """Share of the 50 ms blocks of a stem that sound."""
    block = max(round(0.05 * stem.sr), 1)
    blocks_n = max(stem.frames_n // block, 1)
    powers = np.square(stem.mono[: blocks_n * block].reshape(blocks_n, -1)).mean(axis=1)
    return float(np.mean(powers > max(np.percentile(powers[powers > 0], 95) * 1e-4, 1e-9)))


def _level_db(audio: Audio, stem: Audio) -> float | None:
    mix, voice = audio.at(), stem.at()
    n = min(len(mix), len(voice))
    rest, voice = mix[:n] - voice[:n], voice[:n]
    sounding = np.abs(voice) > 0.02 * np.abs(voice).max()
    voice_power, rest_power = (float(np.mean(np.square(part[sounding]))) for part in (voice, rest))
    return 10 * float(np.log10(voice_power / rest_power)) if voice_power > 0 and rest_power > 1e-12 else None
