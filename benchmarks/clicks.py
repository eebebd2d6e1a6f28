"""Tempo and beats of plain clicks at every tempo: ``python -m benchmarks clicks``.

Clicks of noise, 50 dB above a floor of noise, at every whole tempo from 40 to 240 bpm (``--step`` for fewer). A click
says nothing of the octave, so an answer of half or twice the tempo counts as right in ``octaves_forgiven``.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from suno_lab.audio import Audio
from suno_lab.features import rhythm

SR = 22050
OCTAVES = (1.0, 2.0, 0.5)


def main(argv: list[str]) -> int:
    """Print one JSON line: shares of tempos found within 0.1 %, the worst error, and which were missed."""
    parser = argparse.ArgumentParser(prog="benchmarks clicks", description=__doc__)
    parser.add_argument("--from", dest="low", type=int, default=40)
    parser.add_argument("--to", dest="high", type=int, default=240)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--duration", type=float, default=15.0, help="seconds of each")
    options = parser.parse_args(argv)
    tempos = range(options.low, options.high + 1, options.step)
    print(json.dumps(figures({bpm: _ratio(bpm, options.duration) for bpm in tempos})))
    return 0


def clicks(bpm: float, duration_s: float) -> Audio:
    """Clicks from 0.5 s on."""
    rng = np.random.default_rng(round(bpm))
    samples = rng.normal(scale=0.001, size=round(duration_s * SR))
    burst = rng.normal(size=SR // 50) * np.geomspace(0.5, 0.001, SR // 50)
    for start in np.round(np.arange(0.5, duration_s - 0.05, 60 / bpm) * SR).astype(int):
        samples[start : start + len(burst)] += burst
    return Audio(samples, SR)


def _ratio(bpm: float, duration_s: float) -> float:
    """Measured over true tempo; NaN where none was found."""
    measured_bpm = rhythm.extract(clicks(bpm, duration_s))["tempo_bpm"]
    return float("nan") if measured_bpm is None else float(measured_bpm) / bpm


def figures(ratios: dict[int, float]) -> dict[str, Any]:
    """What follows from the ratios by tempo."""
    errors = {bpm: min(abs(ratio / octave - 1) for octave in OCTAVES) for bpm, ratio in ratios.items()}
    found = {bpm: error for bpm, error in errors.items() if error < 0.001}
    return {
        "tempos_n": len(ratios),
        "octaves_forgiven": round(len(found) / len(ratios), 4),
        "octave_too": round(sum(abs(ratio - 1) < 0.001 for ratio in ratios.values()) / len(ratios), 4),
        "worst_error_pc_of_found": round(100 * max(found.values(), default=float("nan")), 4),
        "missed_bpm": sorted(set(ratios) - set(found)),
    }
