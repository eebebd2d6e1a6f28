"""How much faster two processes measure a folder than one: ``python -m benchmarks folder --song SONG --jobs 2``.

The song is measured ``--copies`` times in this process, in threads of it, and in worker processes whose start is
counted. Wall time needs a quiet machine; CPU time says what the ways cost beside each other on any.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from suno_lab import features
from suno_lab.audio import Audio

CORE = ("rhythm", "tonality", "file", "level")


def main(argv: list[str]) -> int:
    """Print one JSON line: wall and CPU seconds of each way, and throughputs over that of one process."""
    parser = argparse.ArgumentParser(prog="benchmarks folder", description=__doc__)
    parser.add_argument("--song", type=Path, required=True)
    parser.add_argument("--copies", type=int, default=8)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--families", default=",".join(CORE))
    options = parser.parse_args(argv)
    families = options.families.split(",")
    with tempfile.TemporaryDirectory() as folder:
        songs = [Path(folder) / f"{number:03d}{options.song.suffix}" for number in range(options.copies)]
        for song in songs:
            shutil.copyfile(options.song, song)
        features.extract(songs[0], families=families)  # what is imported and cached once
        ways: dict[str, Callable[[], object]] = {
            "one": lambda: features.analyze(songs, families=families),
            "threads": lambda: _threads(songs, families, options.jobs),
            "processes": lambda: features.analyze(songs, families=families, jobs=options.jobs),
        }
        figures: dict[str, Any] = {"songs_n": len(songs), "song_s": Audio.load(songs[0]).duration_s}
        for name, way in ways.items():
            figures[f"{name}_wall_s"], figures[f"{name}_cpu_s"] = _cost_s(way)
    for name in ("threads", "processes"):
        figures[f"{name}_times_one"] = figures["one_wall_s"] / figures[f"{name}_wall_s"]
    figures["load"] = os.getloadavg()[0]
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))
    return 0


def _threads(songs: list[Path], families: list[str], jobs: int) -> None:
    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(lambda song: features.extract(song, families=families), songs))


def _cost_s(way: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds, those of ended children included."""
    wall_s, before = time.perf_counter(), os.times()
    way()
    after = os.times()
    return time.perf_counter() - wall_s, sum(after[:4]) - sum(before[:4])
