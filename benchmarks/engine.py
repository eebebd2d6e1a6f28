"""How fast the engine is, and whether an outside ear agrees with its truth: ``python -m benchmarks engine``.

Prints one JSON line. Tempo and key are judged by librosa's own defaults (``beat_track``; mean ``chroma_cqt`` against
the Krumhansl–Kessler profiles), so a miss may be librosa's: octave errors of the tempo are forgiven, and counted.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Sequence

import numpy as np

from suno_lab.engine import SR, Brief, Rendered, Score, compose, render
from suno_lab.engine.speech import speak
from suno_lab.engine.theory import TONICS, key_from_name

LYRICS = """[Verse]
The morning light is calling me home
I left my shadow on the road
The river hums a song I know
And every window starts to glow
[Chorus]
So carry me over the water
Carry me into the day
I was a fire in winter
And you were the wind on the flame"""
STYLES = (
    "pop, 104 bpm, C major", "folk, 92 bpm, D major", "edm, 124 bpm, A minor", "ballad, 72 bpm, G major",
    "rock, 132 bpm, E minor", "jazz, 118 bpm, Bb major", "hip hop, 88 bpm, F# minor", "reggae, 76 bpm, C# minor",
    "country, 112 bpm, Ab major", "house, 120 bpm, F minor", "classical waltz, 108 bpm, Eb major",
    "lo-fi, 80 bpm, B minor",
)  # fmt: skip
KRUMHANSL_KESSLER = {
    "major": (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
    "minor": (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks engine", description=__doc__)
    parser.add_argument("--songs", type=int, default=len(STYLES), help="how many of the styles to sing")
    parser.add_argument("--model", default="V5", help="emulated model")
    parser.add_argument("--instrumental", action="store_true", help="nobody sings: 24 s of every style")
    options = parser.parse_args(argv)
    render(compose(Brief(lyrics="hello", duration_s=4.0), seed=0))  # loads the SoundFont and the voice
    rows = [_row(style, seed, options) for seed, style in enumerate(STYLES[: options.songs])]
    print(json.dumps(_summary(rows), ensure_ascii=False))
    return 0


def _row(style: str, seed: int, options: argparse.Namespace) -> dict[str, object]:
    speak.cache_clear()  # every song has to be said anew
    lyrics = "" if options.instrumental else LYRICS
    brief = Brief(lyrics=lyrics, style=style, model=options.model, instrumental=options.instrumental)
    started = time.process_time()
    score = compose(brief, seed=seed)
    composed = time.process_time()
    sound = render(score)
    rendered = time.process_time()
    return {
        "style": style,
        "duration_s": score.duration_s,
        "compose_ms": 1000 * (composed - started),
        "render_cpu_s": rendered - composed,
        "sum_error": float(np.abs(np.sum(list(sound.stems.values()), axis=0, dtype=np.float64) - sound.mix).max()),
        "energy_in_words": None if options.instrumental else energy_in_words(score, sound),
        **_judged(score, sound),
    }


def energy_in_words(score: Score, sound: Rendered) -> float:
    """Share of the vocal stem's energy that lies inside the spans of the words."""
    power = np.square(sound.stems["vocals"]).sum(axis=1)
    inside = np.zeros(len(power), bool)
    for word in score.truth().words:
        inside[round(word.start_s * SR) : round(word.end_s * SR)] = True
    return float(power[inside].sum() / power.sum())


def _judged(score: Score, sound: Rendered) -> dict[str, object]:
    import librosa

    mono = librosa.resample(sound.mix.mean(axis=1), orig_sr=SR, target_sr=22_050)
    tempo_bpm = float(np.atleast_1d(librosa.beat.beat_track(y=mono, sr=22_050)[0])[0])
    chroma = librosa.feature.chroma_cqt(y=mono, sr=22_050).mean(axis=1)
    ratio = tempo_bpm / score.tempo_bpm
    return {
        "tempo_bpm": score.tempo_bpm,
        "heard_tempo_bpm": tempo_bpm,
        "tempo_hit": abs(ratio - 1) < 0.04,
        "tempo_hit_octave_forgiven": any(abs(ratio * factor - 1) < 0.04 for factor in (1, 2, 0.5, 3, 1 / 3)),
        "musical_key": score.key.name,
        "heard_key": heard_key(chroma),
        "key_hit": key_from_name(heard_key(chroma)) == score.key,
    }


def heard_key(chroma: np.ndarray) -> str:
    """The key whose profile correlates best with a mean chroma of 12 classes."""
    scores = {
        f"{TONICS[tonic]} {mode}": np.corrcoef(np.roll(profile, tonic), chroma)[0, 1]
        for mode, profile in KRUMHANSL_KESSLER.items()
        for tonic in range(12)
    }
    return max(scores, key=scores.__getitem__)


def _least(values: list[object]) -> float | None:
    known = [float(value) for value in values if isinstance(value, float)]
    return round(min(known), 4) if known else None


def _summary(rows: list[dict[str, object]]) -> dict[str, object]:
    def column(name: str) -> np.ndarray:
        return np.array([row[name] for row in rows], float)

    return {
        "benchmark": "engine",
        "songs_n": len(rows),
        "audio_s": round(float(column("duration_s").sum()), 1),
        "times_real_time_cpu": round(float(column("duration_s").sum() / column("render_cpu_s").sum()), 1),
        "compose_ms_median": round(float(np.median(column("compose_ms"))), 1),
        "tempo_hits": int(column("tempo_hit").sum()),
        "tempo_hits_octave_forgiven": int(column("tempo_hit_octave_forgiven").sum()),
        "key_hits": int(column("key_hit").sum()),
        "energy_in_words_min": _least([row["energy_in_words"] for row in rows]),
        "stems_sum_error_max": float(column("sum_error").max()),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "songs": rows,
    }
