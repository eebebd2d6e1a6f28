"""Whether a speech recogniser hears the sung words, and when: ``python -m benchmarks sung_words --model DIR``.

Needs faster-whisper and the folder of one of its models (any size; the figures in docs/engine.md are from "tiny.en").
Prints one JSON line: the word error rate on the vocal stem and in the mix, and how far the recogniser's word starts
lie from the true ones for the words it got right. Recognisers are made for speech: these figures are a floor.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from suno_lab.engine import SR, Brief, compose, render

HEARD_SR = 16_000
LYRICS = (
    """[Verse]
The morning light is calling me home
I left my shadow on the road
The river hums a song I know
And every window starts to glow
[Chorus]
So carry me over the water
Carry me into the day
I was a fire in winter
And you were the wind on the flame""",
    """[Verse]
Silver rivers running under broken bridges
Tell me all the secrets that you keep
Every little window has a candle burning
Nobody in the village falls asleep
[Chorus]
We were only children dancing in the kitchen
Counting every star above the field
Promise you will follow when the summer leaves us
Some of what is wounded will be healed""",
)
STYLES = ("pop, 104 bpm", "folk, 88 bpm", "ballad, 72 bpm", "rock, 128 bpm")


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks sung_words", description=__doc__)
    parser.add_argument("--model", required=True, help="folder of a faster-whisper model")
    options = parser.parse_args(argv)
    from faster_whisper import WhisperModel

    listener = WhisperModel(options.model, device="cpu", compute_type="int8", cpu_threads=2)
    rows = [
        _row(listener, Brief(lyrics=lyrics, style=f"{style}, {voice} voice", model="V5"), seed=n)
        for n, (lyrics, style, voice) in enumerate(
            (lyrics, style, voice) for lyrics in LYRICS for style in STYLES for voice in ("male", "female")
        )
    ]
    print(json.dumps(_summary(rows)))
    return 0


def _row(listener: Any, brief: Brief, *, seed: int) -> dict[str, Any]:
    score = compose(brief, seed=seed)
    sound = render(score)
    truth = [(word, w.start_s) for w in score.truth().words for word in _plain(w.word)]
    reference = [word for word, _ in truth]
    stem, mix = (_heard(listener, samples) for samples in (sound.stems["vocals"], sound.mix))
    return {
        "voice": score.vocal_gender,
        "words_n": len(truth),
        "stem_wer": word_error_rate(reference, [word for word, _ in stem]),
        "mix_wer": word_error_rate(reference, [word for word, _ in mix]),
        "start_errors_s": _start_errors_s(truth, stem),
    }


def _heard(listener: Any, samples: np.ndarray) -> list[tuple[str, float]]:
    import soxr

    mono = soxr.resample(samples.mean(axis=1), SR, HEARD_SR).astype(np.float32)
    segments, _ = listener.transcribe(
        mono, language="en", beam_size=5, word_timestamps=True, condition_on_previous_text=False
    )
    return [(word, w.start) for segment in segments for w in segment.words for word in _plain(w.word)]


def word_error_rate(reference: Sequence[str], estimated: Sequence[str]) -> float:
    """Substitutions, insertions and deletions per word of the reference (edit distance)."""
    costs = list(range(len(estimated) + 1))
    for i, true in enumerate(reference, 1):
        before, costs[0] = costs[:], i
        for j, heard in enumerate(estimated, 1):
            costs[j] = min(before[j] + 1, costs[j - 1] + 1, before[j - 1] + (true != heard))
    return costs[-1] / len(reference)


def _start_errors_s(truth: list[tuple[str, float]], heard: list[tuple[str, float]]) -> list[float]:
    matcher = SequenceMatcher(None, [w for w, _ in truth], [w for w, _ in heard], autojunk=False)
    blocks = matcher.get_matching_blocks()
    return [heard[b.b + n][1] - truth[b.a + n][1] for b in blocks for n in range(b.size)]


def _summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    def mean(name: str, voice: str) -> float:
        return round(float(np.mean([row[name] for row in rows if row["voice"] == voice])), 3)

    errors_s = np.array([error for row in rows for error in row["start_errors_s"]])
    return {
        "benchmark": "sung_words",
        "songs_n": len(rows),
        "words_n": sum(row["words_n"] for row in rows),
        "stem_wer": {"male": mean("stem_wer", "m"), "female": mean("stem_wer", "f")},
        "mix_wer": {"male": mean("mix_wer", "m"), "female": mean("mix_wer", "f")},
        "word_start_median_ms": round(1000 * float(np.median(errors_s))),
        "word_start_abs_median_ms": round(1000 * float(np.median(np.abs(errors_s)))),
        "words_matched_n": len(errors_s),
    }


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())
