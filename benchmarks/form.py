"""How well bars, chords and segments are found in songs whose truth is known: ``python -m benchmarks form``.

Makes songs with the engine and scores them with mir_eval: F of downbeats (within 0.07 s), chords as major and minor
triads (``majmin``) and their roots, by time, F of segment borders (within 3 s) and of which moments belong together
(``pairwise``); and the share of songs whose metre is right. Prints one JSON line of means over songs. ``guess`` is what
hearing no change would get: every fourth of the heard beats from the first, the true tonic's triad throughout, one
segment. The songs are cut at their first, second, third or fourth beat in turn.
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
    rows = [_scores(song, n % 4) for n, song in enumerate(engine_songs(options.songs, duration_s=options.duration))]
    found = {name: {who: _mean(row[who][name] for row in rows) for who in rows[0]} for name in rows[0]["suno_lab"]}
    cpu_s = round(time.process_time() - started, 1)
    print(json.dumps({"benchmark": "form", "songs_n": len(rows), **found, "cpu_s": cpu_s}))
    return 0


def _mean(values: Iterable[float]) -> float:
    return round(float(np.mean(list(values))), 3)


def _scores(song: EngineSong, first_beat: int) -> dict[str, dict[str, float]]:
    """The scores of one song, ours and the guess's."""
    score = compose(song.brief, seed=song.seed)
    truth, sound = score.truth(), render(score)
    from_s = truth.beats_s[first_beat] - 0.1
    audio = Audio(sound.mix, sound.sr).excerpt(from_s, truth.duration_s)
    heard_chords, heard_segments = features.chords(audio), features.segments(audio)
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
        "chords": (whole, [truth.key_tonic + (":min" if truth.key_mode == "minor" else "")]),
        "segments": (whole, ["A"]),
    }
    downbeats_s = np.array(truth.downbeats_s) - from_s
    known: dict[str, Any] = {
        "downbeats_s": downbeats_s[downbeats_s >= 0],
        "beats_per_bar": truth.meter,
        "chords": _spans(truth.chords, from_s),
        "segments": _spans(truth.sections, from_s),
    }
    return {"suno_lab": _compared(known, ours), "guess": _compared(known, guess)}


def _spans(spans: Sequence[Any], from_s: float) -> tuple[Times, list[str]]:
    heard = [span for span in spans if span.end_s > from_s]
    times_s = np.array([[span.start_s, span.end_s] for span in heard]) - from_s
    return np.maximum(times_s, 0.0), [span.label for span in heard]


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
