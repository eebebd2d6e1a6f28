"""Tempo and beats."""

from __future__ import annotations

import numpy as np

from suno_lab.audio import ANALYSIS_RATE_HZ, Audio
from suno_lab.features._feature import Feature, Row
from suno_lab.features.beat_tracking import attack_shift_s, beat_frames
from suno_lab.features.onsets import FRAMES_HZ, Array, onset_envelope
from suno_lab.features.tempo import TempoEstimate, estimate_tempo

VERSION = 3

FEATURES = (
    Feature(
        name="tempo_bpm",
        unit="bpm",
        scale="log",
        method="period and level of the metre by autocorrelation of the onset envelope, decimals by its spectrum",
        description="beats a minute, of the likeliest octave",
        interval=("tempo_low_bpm", "tempo_high_bpm"),
    ),
    Feature(
        name="tempo_low_bpm",
        unit="bpm",
        scale="log",
        method="a first and a last beat misplaced as far as on the development songs",
        description="the tempo of even music lies from here … (19 times in 20, octave forgiven)",
    ),
    Feature(
        name="tempo_high_bpm",
        unit="bpm",
        scale="log",
        method="a first and a last beat misplaced as far as on the development songs",
        description="… to here",
    ),
    Feature(
        name="tempo_alternative_bpm",
        unit="bpm",
        scale="log",
        method="runner-up among the levels of the metre",
        description="the next likeliest tempo, related by 2, 3 or 3/2: what else a listener might tap",
    ),
    Feature(
        name="tempo_confidence",
        unit="probability",
        scale="proportion",
        method="logistic in the lead over the runner-up and in regularity",
        description="0 to 1: chance that the tempo is right, octave included, as far as synthetic songs tell",
    ),
    Feature(
        name="beats_n",
        unit="beats",
        scale="log",
        method="even grid where the music keeps one, else dynamic programming (Ellis 2007)",
        dtype="Int64",
        description="number of beats found",
    ),
    Feature(
        name="onset_rate_hz",
        unit="Hz",
        scale="log",
        method="peaks of the onset envelope above mean and one SD",
        description="attacks a second: peaks of the onset envelope",
    ),
)


def extract(audio: Audio) -> Row:
    """Tempo with its alternative and a confidence; all None where nothing repeats (silence, seconds of audio)."""
    envelope = onset_envelope(audio)
    tempo = estimate_tempo(envelope)
    onset_rate_hz = _onset_rate_hz(envelope, audio.duration_s)
    if tempo is None:
        return {"onset_rate_hz": onset_rate_hz}
    return {
        "tempo_bpm": tempo.tempo_bpm,
        "tempo_low_bpm": tempo.low_bpm,
        "tempo_high_bpm": tempo.high_bpm,
        "tempo_alternative_bpm": tempo.alternative_bpm,
        "tempo_confidence": tempo.confidence,
        "beats_n": len(beat_frames(envelope, tempo.tempo_bpm, audio.mel_level)),
        "onset_rate_hz": onset_rate_hz,
    }


def extract_librosa(audio: Audio) -> Row:
    """The same columns from librosa's own defaults: ``librosa.beat.beat_track``; no alternative, no confidence."""
    import librosa

    tempo_bpm, beats = librosa.beat.beat_track(y=audio.at(), sr=ANALYSIS_RATE_HZ)
    tempo = float(np.atleast_1d(tempo_bpm)[0])
    return {"tempo_bpm": tempo or None, "beats_n": len(beats) if tempo else None}


def beats(audio: Audio) -> Array:
    """Beat times in seconds, rising; empty where there is no tempo."""
    envelope = onset_envelope(audio)
    return _beats(audio, envelope, estimate_tempo(envelope))


def beats_librosa(audio: Audio) -> Array:
    """Beat times in seconds as ``librosa.beat.beat_track`` gives them."""
    import librosa

    return librosa.beat.beat_track(y=audio.at(), sr=ANALYSIS_RATE_HZ, units="time")[1]


def _beats(audio: Audio, envelope: Array, tempo: TempoEstimate | None) -> Array:
    if tempo is None:
        return np.zeros(0)
    times_s = _frames_to_s(beat_frames(envelope, tempo.tempo_bpm, audio.mel_level))
    times_s = times_s + attack_shift_s(audio.at(), times_s)
    return times_s[times_s >= 0]


def _frames_to_s(frames: Array) -> Array:
    return frames / FRAMES_HZ + 512 / ANALYSIS_RATE_HZ


def _onset_rate_hz(envelope: Array, duration_s: float) -> float | None:
    if not envelope.any():
        return None
    middle = envelope[1:-1]
    peaks = (middle > envelope[:-2]) & (middle >= envelope[2:]) & (middle > envelope.mean() + envelope.std())
    return float(np.count_nonzero(peaks) / duration_s)
