"""Songs of known truth, made by the engine: genres × tempi × keys, seeded, with and without singing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from suno_lab.calibration.scores import TONICS

if TYPE_CHECKING:
    from suno_lab.engine import Brief

GENRES: tuple[tuple[str, tuple[int, int]], ...] = (
    ("pop", (88, 128)),
    ("folk guitar", (72, 120)),
    ("rock band", (100, 160)),
    ("house", (116, 130)),
    ("slow piano ballad", (58, 84)),
    ("hip hop", (76, 104)),
    ("jazz", (90, 180)),
    ("ambient", (60, 92)),
)
MODELS = ("V4", "V4_5", "V5", "V5_5")
WORDS = "[Verse]\nThe evening opens like a door\nA wind is walking on the shore\n[Chorus]\nHold on to the morning light"


@dataclass(frozen=True, kw_only=True)
class EngineSong:
    """One song to be made: what to ask the engine for, and with which seed."""

    name: str
    genre: str
    brief: Brief
    seed: int


def engine_songs(n: int, *, seed: int = 0, sung_share: float = 0.25, duration_s: float = 30.0) -> Iterator[EngineSong]:
    """``n`` songs, the same for the same seed.

    Parameters
    ----------
    n : int
        How many.
    seed : int
        Of tempi, keys, models and performances.
    sung_share : float
        Share of songs with singing (the costly ones).
    duration_s : float
        Length asked of the instrumental ones.
    """
    from suno_lab.engine import Brief

    rng = np.random.default_rng(seed)
    for number in range(n):
        genre, (slow, fast) = GENRES[number % len(GENRES)]
        tempo = int(rng.integers(slow, fast + 1))
        key = f"{TONICS[int(rng.integers(12))]} {('major', 'minor')[int(rng.integers(2))]}"
        sung = bool(rng.random() < sung_share)
        brief = Brief(
            style=f"{genre}, {tempo} bpm, in {key}",
            lyrics=WORDS if sung else "",
            instrumental=not sung,
            model=MODELS[int(rng.integers(len(MODELS)))],
            default_duration_s=duration_s,
        )
        yield EngineSong(name=f"engine-{seed}-{number:03d}", genre=genre, brief=brief, seed=int(rng.integers(2**31)))
