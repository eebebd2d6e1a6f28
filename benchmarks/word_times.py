"""Whether wrong word times are noticed: ``python -m benchmarks word_times``.

Sings songs whose word times are known, spoils the times in known ways, and asks the checks what is wrong: the shift
test on the vocal stem and on the mix (no model), and forced alignment on the stem (pocketsphinx, extra ``align``).
Prints one JSON line. ``offset_ms`` are the distances of the offsets found from those planted (median and largest),
``within_20_ms`` the share of songs in which it is that near, ``drift_s_per_min`` likewise; ``flagged`` the share in
which the stamps are said to be random.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.sung_words import LYRICS
from suno_lab.audio import Audio
from suno_lab.engine import Brief, compose, render
from suno_lab.lyrics import SungWord
from suno_lab.lyrics.alignment import deviation, offset_test

STYLES = ("pop, 104 bpm", "folk, 88 bpm", "rock, 128 bpm")
Spoil = Callable[[np.ndarray, np.random.Generator], np.ndarray]
#: what is done to the true times: (offset in s at the middle, drift in s a minute, how)
SPOILT: dict[str, tuple[float, float, Spoil]] = {
    "true": (0.0, 0.0, lambda t, rng: t),
    "400 ms late": (0.4, 0.0, lambda t, rng: t + 0.4),
    "250 ms early": (-0.25, 0.0, lambda t, rng: t - 0.25),
    "jitter of 80 ms": (0.0, 0.0, lambda t, rng: t + rng.normal(0, 0.08, len(t))),
    "drift of 1 s a minute": (0.0, 1.0, lambda t, rng: t + (t - t.mean()) / 60),
    "drift and 300 ms late": (0.3, -0.8, lambda t, rng: t + 0.3 - 0.8 * (t - t.mean()) / 60),
    "random": (0.0, 0.0, lambda t, rng: np.sort(rng.uniform(t.min(), t.max(), len(t)))),
}


@dataclass(frozen=True)
class Song:
    """One song: how it sounds, and when its words begin."""

    stem: Audio
    mix: Audio
    words: tuple[SungWord, ...]


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks word_times", description=__doc__)
    parser.add_argument("--songs", type=int, default=12, metavar="N", help="songs to sing (default 12)")
    options = parser.parse_args(argv)
    songs = [_song(n) for n in range(options.songs)]
    found: dict[str, Any] = {"benchmark": "word_times", "songs_n": len(songs)}
    found["words_n"] = sum(len(song.words) for song in songs)
    for heard in ("stem", "mix"):
        started = time.process_time()
        found[heard] = {name: _shift_test(songs, heard, name) for name in SPOILT}
        found[f"{heard}_cpu_s"] = round((time.process_time() - started) / len(songs) / len(SPOILT), 2)
    if importlib.util.find_spec("pocketsphinx"):
        found["forced"] = _forced(songs)
    print(json.dumps(found))
    return 0


def _song(n: int) -> Song:
    cases = [(lyrics, style, voice) for lyrics in LYRICS for style in STYLES for voice in ("male", "female")]
    lyrics, style, voice = cases[n % len(cases)]
    score = compose(Brief(lyrics=lyrics, style=f"{style}, {voice} voice", model="V5"), seed=n)
    sound = render(score)
    words = tuple(SungWord(word=w.word, start_s=w.start_s, end_s=w.end_s) for w in score.truth().words)
    return Song(Audio(sound.stems["vocals"], sound.sr), Audio(sound.mix, sound.sr), words)


def _spoilt(song: Song, name: str, seed: int) -> tuple[SungWord, ...]:
    starts_s = np.array([word.start_s for word in song.words])
    times_s = SPOILT[name][2](starts_s, np.random.default_rng(seed))
    return tuple(
        SungWord(word=word.word, start_s=float(at_s), end_s=float(at_s) + 0.2)
        for word, at_s in zip(song.words, times_s, strict=True)
    )


def _shift_test(songs: Sequence[Song], heard: str, name: str) -> dict[str, Any]:
    offset_s, drift_s, _ = SPOILT[name]
    tests = [offset_test(getattr(song, heard), _spoilt(song, name, n)) for n, song in enumerate(songs)]
    known = [test for test in tests if test is not None]
    flagged = round(float(np.mean([not test.plausible for test in known])), 3)
    if name == "random":
        return {"flagged": flagged}
    off_ms = np.array([1000 * abs(test.offset_s + offset_s) for test in known])
    drift = np.array([abs(test.drift_s_per_min + drift_s) for test in known])
    return {
        "offset_ms": {"median": round(float(np.median(off_ms))), "largest": round(float(off_ms.max()))},
        "within_20_ms": round(float(np.mean(off_ms <= 20.5)), 3),
        "drift_s_per_min": {"median": round(float(np.median(drift)), 3), "largest": round(float(drift.max()), 3)},
        "flagged": flagged,
    }


def _forced(songs: Sequence[Song]) -> dict[str, Any]:
    """Of all words that are sung, and of those that were found."""
    from suno_lab.lyrics.forced import force_align

    started, seconds, rows = time.process_time(), 0.0, []
    for song in songs:
        aligned = force_align(song.stem, song.words)
        seconds += song.stem.duration_s
        rows.append(deviation(song.words, [aligned.words[place] for place in sorted(aligned.words)]))
    cpu_s = time.process_time() - started
    words_n = sum(row.reference_n for row in rows)
    return {
        "found_share": round(sum(row.matched_n for row in rows) / words_n, 3),
        "within_share": round(sum(row.within_share * row.reference_n for row in rows) / words_n, 3),
        "bias_ms": round(1000 * float(np.nanmedian([row.bias_s for row in rows]))),
        "median_abs_ms": round(1000 * float(np.nanmedian([row.median_abs_s for row in rows]))),
        "songs_without_a_path": sum(row.matched_n == 0 for row in rows),
        "real_time": round(seconds / cpu_s, 1),
    }
