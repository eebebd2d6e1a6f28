"""How right and how fast the measures are: ``python -m benchmarks analysis --corpus DIR``.

``DIR/truth.csv`` has the columns path, tempo (quarter notes a minute), tonic (pitch class 0 to 11, -1 unknown), mode
("major", "minor" or empty), dur (seconds) and off (first beat, seconds); ``set`` and ``split`` are used where they are
there. The same songs are measured by this package, by librosa's defaults and, where it is installed, by essentia.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from suno_lab import features
from suno_lab.audio import Audio
from suno_lab.engine.encode import encode_mp3
from suno_lab.features import rhythm, tonality
from suno_lab.features.keys import MODES
from suno_lab.features.pitch import TONICS

CORE = ("rhythm", "tonality", "file", "level")
TONIC_OF = {name: number for number, name in enumerate(TONICS)} | {"Db": 1, "D#": 3, "Gb": 6, "G#": 8, "A#": 10}
RATIOS = (1.0, 2.0, 0.5, 3.0, 1 / 3)

#: what an estimator answers for one song: tempo_bpm, beats_s, tonic, mode, confidence, duration_s
Answer = dict[str, Any]


def main(argv: list[str]) -> int:
    """Print one JSON line with the figures of every estimator."""
    parser = argparse.ArgumentParser(prog="benchmarks analysis", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--split", help="only the songs of this split (dev, held)")
    parser.add_argument("--limit", type=int, help="only this many songs, spread over the corpus")
    parser.add_argument("--estimators", default="suno_lab,librosa,essentia")
    parser.add_argument("--speed", type=Path, help="time the pipelines on this file (default: a song of the corpus, "
                        "repeated to four minutes, as MP3)")  # fmt: skip
    parser.add_argument("--no-speed", action="store_true", help="leave the timing out")
    options = parser.parse_args(argv)
    truth = list(_truth(options.corpus, options.split, options.limit))
    found = {name: make for name, make in ESTIMATORS.items() if name in options.estimators.split(",")}
    figures: dict[str, Any] = {"songs_n": len(truth)}
    for name, make in found.items():
        if answer := make():
            figures[name] = _figures(truth, [answer(song["file"]) for song in truth])
    if not options.no_speed:
        with tempfile.TemporaryDirectory() as folder:
            figures["speed"] = _speed(options.speed or _long_song(truth, Path(folder) / "song.mp3"))
    print(json.dumps(figures))
    return 0


def _truth(folder: Path, split: str | None, limit: int | None) -> Iterator[dict[str, Any]]:
    with open(folder / "truth.csv", newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if split in (None, row.get("split"))]
    for row in rows[:: max(len(rows) // limit, 1)] if limit else rows:
        yield {
            "file": folder / row["path"],
            "tempo": float(row["tempo"]),
            "tonic": int(float(row["tonic"] or -1)),
            "mode": row["mode"],
            "dur": float(row["dur"]),
            "off": float(row["off"] or "nan"),
            "set": row.get("set") or row["path"][:1],
        }


# ── estimators ───────────────────────────────────────────────────────────────────────────────────────────────────────
def _ours() -> Callable[[Path], Answer]:
    def answer(path: Path) -> Answer:
        audio = Audio.load(path)
        row = features.extract(audio, families=("rhythm", "tonality", "file"))
        return _answer(row, rhythm.beats(audio))

    return answer


def _librosa() -> Callable[[Path], Answer]:
    def answer(path: Path) -> Answer:
        audio = Audio.load(path)
        row = rhythm.extract_librosa(audio) | tonality.extract_librosa(audio) | {"duration_s": audio.duration_s}
        return _answer(row, rhythm.beats_librosa(audio))

    return answer


def _answer(row: features.Row, beats_s: np.ndarray) -> Answer:
    tonic = TONIC_OF.get(str(row.get("key_tonic")), -1)
    return {"tempo_bpm": row.get("tempo_bpm"), "beats_s": beats_s, "tonic": tonic, "mode": row.get("key_mode")} | {
        "confidence": row.get("key_confidence") or 0.0,
        "duration_s": row["duration_s"],
    }


def _essentia() -> Callable[[Path], Answer] | None:
    try:
        import essentia.standard as es
    except ImportError:
        return None

    def answer(path: Path) -> Answer:
        samples = es.MonoLoader(filename=str(path))()
        tempo_bpm, beats_s, *_ = es.RhythmExtractor2013(method="multifeature")(samples)
        tonic, mode, strength = es.KeyExtractor()(samples)
        row = {"tempo_bpm": float(tempo_bpm), "key_tonic": tonic, "key_mode": mode, "key_confidence": float(strength)}
        return _answer(row | {"duration_s": len(samples) / 44100}, np.asarray(beats_s, dtype=float))

    return answer


ESTIMATORS: dict[str, Callable[[], Callable[[Path], Answer] | None]] = {
    "suno_lab": _ours,
    "librosa": _librosa,
    "essentia": _essentia,
}


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def _figures(truth: list[dict[str, Any]], answers: list[Answer]) -> dict[str, Any]:
    sets = {name: [i for i, song in enumerate(truth) if song["set"] == name] for name in _unique(truth)}
    sets["all"] = list(range(len(truth)))
    return {name: _of_set([truth[i] for i in chosen], [answers[i] for i in chosen]) for name, chosen in sets.items()}


def _unique(truth: list[dict[str, Any]]) -> Iterable[str]:
    return sorted({song["set"] for song in truth})


def _of_set(truth: list[dict[str, Any]], answers: list[Answer]) -> dict[str, Any]:
    pairs = list(zip(truth, answers, strict=True))
    off_ms = [1000 * abs(answer["duration_s"] - song["dur"]) for song, answer in pairs]
    figures = {"n": len(pairs)} | _tempo_figures(pairs) | _beat_figures(pairs) | _key_figures(pairs)
    return {name: round(float(value), 4) for name, value in (figures | {"duration_error_ms": max(off_ms)}).items()}


def _tempo_figures(pairs: list[tuple[dict[str, Any], Answer]]) -> dict[str, float]:
    """Share within 4 % (acc1), within 4 % or 1 % of it or its double, triple, half, third (acc2), median error (%)."""
    ratio = np.array([(answer["tempo_bpm"] or 1e-9) / song["tempo"] for song, answer in pairs])
    forgiven = np.min([np.abs(ratio / r - 1) for r in RATIOS], axis=0)
    hit = forgiven < 0.04
    return {
        "tempo_acc1": np.mean(np.abs(ratio - 1) < 0.04),
        "tempo_acc2": np.mean(hit),
        "tempo_acc2_1pc": np.mean(forgiven < 0.01),
        "tempo_error_pc": 100 * np.median(forgiven[hit]) if hit.any() else np.nan,
    }


def _beat_figures(pairs: list[tuple[dict[str, Any], Answer]]) -> dict[str, float]:
    """F of beats within 70 ms (mir_eval), and the median offset (estimate less truth) of beats within a quarter."""
    import mir_eval

    scores, offsets_ms = [], []
    for song, answer in pairs:
        if np.isnan(song["off"]):
            continue
        quarter_s = 60 / song["tempo"]
        true_s, beats_s = np.arange(song["off"], song["dur"] - 1.0, quarter_s), answer["beats_s"]
        scores.append(
            mir_eval.beat.f_measure(true_s[true_s >= 5], beats_s[(beats_s >= 5) & (beats_s < song["dur"] - 1)])
        )
        if len(beats_s):
            off_s = (beats_s - song["off"] + quarter_s / 2) % quarter_s - quarter_s / 2
            offsets_ms.append(1000 * float(np.median(off_s)))
    near = [offset for offset in offsets_ms if abs(offset) < 70]
    if not near:
        return {}
    return {
        "beat_f": np.mean(scores),
        "beat_offset_ms": np.median(near),
        "beat_offset_worst_tenth_ms": np.percentile(np.abs(near), 90),
    }


def _key_figures(pairs: list[tuple[dict[str, Any], Answer]]) -> dict[str, float]:
    import mir_eval

    known = [(song, answer) for song, answer in pairs if song["tonic"] >= 0 and song["mode"] in MODES]
    if not known:
        return {}
    score, right, sure = [], [], []
    for song, answer in known:
        if answer["tonic"] < 0 or answer["mode"] not in MODES:
            score.append(0.0)
        else:
            names = [f"{TONICS[one['tonic']]} {one['mode']}" for one in (song, answer)]
            score.append(mir_eval.key.weighted_score(*names))
        right.append(score[-1] == 1.0)
        sure.append(answer["confidence"])
    half = np.argsort(sure)[::-1][: max(len(sure) // 2, 1)]
    return {
        "key_correct": np.mean(right),
        "key_mirex": np.mean(score),
        "key_correct_at_half_coverage": np.mean(np.array(right)[half]),
    }


# ── speed ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _long_song(truth: list[dict[str, Any]], path: Path) -> Path:
    """The longest song, repeated by whole bars to about four minutes, as an MP3 of 192 kb/s."""
    song = max(truth, key=lambda one: one["dur"])
    audio = Audio.load(song["file"])
    bar_n = 4 * 60 / song["tempo"] * audio.sr
    whole_n = round(max(len(audio.samples) // bar_n, 1) * bar_n)
    samples = np.tile(audio.samples[:whole_n, :2], (int(240 * audio.sr // whole_n) + 1, 1))
    path.write_bytes(encode_mp3(samples, audio.sr))
    return path


def _speed(path: Path) -> dict[str, Any]:
    """CPU seconds of one thread's work, the best of five rounds, and what follows from them."""
    steps: dict[str, Callable[[], object]] = {
        "decode": lambda: Audio.load(path),
        "core": lambda: features.extract(path, families=CORE),
        "full": lambda: features.extract(path),
        "librosa": lambda: _naive_librosa(path),
    }
    cost_s = _least_cpu_s(steps, rounds_n=5)
    duration_s = Audio.load(path).duration_s
    figures = {f"{name}_cpu_s": seconds for name, seconds in cost_s.items()}
    figures |= {f"{name}_times_real_time": duration_s / seconds for name, seconds in cost_s.items()}
    figures["core_over_librosa"] = cost_s["librosa"] / cost_s["core"]
    figures["core_over_decode"] = cost_s["decode"] / cost_s["core"]
    figures |= {f"fresh_{name}": value for name, value in _fresh(path).items()} | {"duration_s": duration_s}
    return {name: round(value, 3) for name, value in figures.items()}


FRESH = """
import sys, time
start = time.perf_counter()
from suno_lab import features
features.extract(sys.argv[1], families={core!r})
core_s = time.perf_counter() - start
features.extract(sys.argv[1])
status = open("/proc/self/status").read().split()
print(core_s, int(status[status.index("VmHWM:") + 1]) / 1024)
"""


def _fresh(path: Path) -> dict[str, float]:
    """Wall seconds to the first answer of a new process (best of three), and its peak memory with all families."""
    code = FRESH.format(core=CORE)
    runs = [subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=True) for _ in range(3)]
    answers = [[float(word) for word in run.stdout.split()] for run in runs]
    return {"core_wall_s": min(a[0] for a in answers), "full_peak_mb": min(a[1] for a in answers)}


def _least_cpu_s(steps: Mapping[str, Callable[[], object]], *, rounds_n: int) -> dict[str, float]:
    """The least of each step, which take turns: a machine that is slow for a while is slow for all of them."""
    costs_s: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds_n):
        for name, step in steps.items():
            start = time.process_time()
            step()
            costs_s[name].append(time.process_time() - start)
    return {name: min(seconds) for name, seconds in costs_s.items()}


def _naive_librosa(path: Path) -> tuple[object, ...]:
    """What a notebook does without this package: load, beat_track, chroma_cqt, duration and level."""
    import librosa

    y, sr = librosa.load(path)
    tempo, _ = librosa.beat.beat_track(y=y, sr=sr)
    chroma = librosa.feature.chroma_cqt(y=y, sr=sr).mean(axis=1)
    return tempo, chroma, librosa.get_duration(y=y, sr=sr), librosa.feature.rms(y=y).mean()
