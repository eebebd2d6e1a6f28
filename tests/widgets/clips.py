"""Small clips for widget tests: real files with a known sound, and no session behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile

from suno_lab.audio import Audio
from suno_lab.models import Word

SR = 22050


@dataclass
class PlainClip:
    """What a player needs of a clip, and nothing more."""

    path: Path
    title: str = "A tone"
    words: list[Word] = field(default_factory=list)
    emulated: bool = True
    model: str = "V5"
    clip_id: str = "clip-1"
    lyrics: str = ""

    @property
    def audio(self) -> Audio:
        return Audio.load(self.path)


def tone(*, duration_s: float = 4.0, hz: float = 440.0, level: float = 0.5) -> np.ndarray:
    """A sine that fades in over its whole length, float32, shape (n,)."""
    times_s = np.arange(round(duration_s * SR)) / SR
    return (level * (times_s / duration_s) * np.sin(2 * np.pi * hz * times_s)).astype(np.float32)


def write_tone(path: Path, **about: float) -> Path:
    """The same as a file; MP3, FLAC or WAV by its ending."""
    soundfile.write(path, tone(**about), SR)
    return path


def counted_words(n: int = 8, *, step_s: float = 0.45) -> list[Word]:
    """``n`` words, two lines of four and so on, one after the other."""
    texts = ["slow", "tide", "come", "in\n", "over", "the", "dark", "sand\n"]
    return [Word(word=texts[i % 8], start_s=round(i * step_s, 3), end_s=round(i * step_s + 0.3, 3)) for i in range(n)]
