"""How well bars, chords and segments are found in songs whose truth is known: ``python -m benchmarks form``.

Makes songs with the engine and scores them with mir_eval: F of downbeats (within 0.07 s), chords as major and minor
triads (``majmin``) and their roots, by time, F of segment borders (within 3 s) and of which moments belong together
(``pairwise``); and the share of songs whose metre is right. Prints one JSON line of means over songs. ``guess`` is what
hearing no change would get: every fourth of the heard beats from the first, the true tonic's triad throughout, one
segment.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from typing import Any

import mir_eval
import numpy as np
import numpy.typing as npt

from suno_lab import features
from suno_lab.audio import Audio
from suno_lab.calibration.songs import EngineSong, engine_songs
from suno_lab.engine import compose, render

Times = npt.NDArray[np.float64]


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks form", description=__doc__)
    parser.add_argument("--songs", type=int, default=24, metavar="N", help="songs to make (default 24)")
    parser.add_argument("--duration", type=float, default=60.0, metavar="S", help="seconds of each (default 60)")
    options = parser.parse_args(argv)
    started = time.process_time()
    rows = [_scores(song) for song in engine_songs(options.songs, duration_s=options.duration)]
    found = {name: {who: _mean(row[who][name] for row in rows) for who in rows[0]} for name in rows[0]["suno_lab"]}
    cpu_s = round(time.process_time() - started, 1)
    print(json.dumps({"benchmark": "form", "songs_n": len(rows), **found, "cpu_s": cpu_s}))
    return 0


def _mean(values: Iterable[float]) -> float:
    return round(float(np.mean(list(values))), 3)


def _scores(song: EngineSong) -> dict[str, dict[str, float]]:
    """The scores of one song, ours and the guess's."""
    score = compose(song.brief, seed=song.seed)
    truth, sound = score.truth(), render(score)
    audio = Audio(sound.mix, sound.sr)
    heard_chords, heard_segments = features.chords(audio), features.segments(audio)
    tonic = truth.key_tonic + (":min" if truth.key_mode == "minor" else "")
    ours: dict[str, Any] = {
        "downbeats_s": features.downbeats(audio),
        "beats_per_bar": features.extract(audio, families="meter")["beats_per_bar"],
        "chords": (heard_chords[["start_s", "end_s"]].to_numpy(), heard_chords["chord"].tolist()),
        "segments": (heard_segments[["start_s", "end_s"]].to_numpy(), heard_segments["label"].tolist()),
    }
    whole = np.array([[0.0, audio.duration_s]])
    guess: dict[str, Any] = {
        "downbeats_s": features.beats(audio)[::4],
        "beats_per_bar": 4,
        "chords": (whole, [tonic]),
        "segments": (whole, ["A"]),
    }
    known: dict[str, Any] = {
        "downbeats_s": np.array(truth.downbeats_s),
        "beats_per_bar": truth.meter,
        "chords": _spans(truth.chords),
        "segments": _spans(truth.sections),
    }
    return {"suno_lab": _compared(known, ours), "guess": _compared(known, guess)}


def _spans(spans: Sequence[Any]) -> tuple[Times, list[str]]:
    return np.array([[span.start_s, span.end_s] for span in spans]), [span.label for span in spans]


def _compared(known: dict[str, Any], heard: dict[str, Any]) -> dict[str, float]:
    chords = mir_eval.chord.evaluate(*known["chords"], *heard["chords"])
    form = mir_eval.segment.evaluate(*known["segments"], *heard["segments"], trim=True)
    return {
        "downbeat_f": float(mir_eval.beat.f_measure(known["downbeats_s"], heard["downbeats_s"])),
        "meter_right": float(heard["beats_per_bar"] == known["beats_per_bar"]),
        "chord_majmin": float(chords["majmin"]),
        "chord_root": float(chords["root"]),
        "segment_f_3s": float(form["F-measure@3.0"]),
        "segment_pairwise_f": float(form["Pairwise F-measure"]),
    }
