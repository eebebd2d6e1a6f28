"""The engine: a brief becomes a score, a score becomes sound, and the score knows the truth about it.

::

    from suno_lab.engine import Brief, compose, render

    score = compose(Brief(lyrics="[Verse]\\nHello my friend", style="folk, 92 bpm, in A minor"), seed=1)
    score.truth().musical_key        # "A minor"
    render(score).mix                # float32, shape (n, 2), 44,100 Hz

Names are imported when first used, so that the package stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .artwork import cover_jpeg
    from .brief import Brief
    from .composer import compose
    from .encode import encode_mp3, encode_wav
    from .grammar import style_boost, write_lyrics
    from .mixer import recording_gain
    from .models import MODELS, EmulatedModel, emulated_model
    from .renderer import Rendered, render
    from .score import SR, Score, Truth, midi_notes
    from .video import video_mp4

_HOMES = {
    "brief": ("Brief",),
    "composer": ("compose",),
    "score": ("SR", "Score", "Truth", "midi_notes"),
    "renderer": ("Rendered", "render"),
    "models": ("MODELS", "EmulatedModel", "emulated_model"),
    "grammar": ("style_boost", "write_lyrics"),
    "encode": ("encode_mp3", "encode_wav"),
    "mixer": ("recording_gain",),
    "artwork": ("cover_jpeg",),
    "video": ("video_mp4",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "MODELS", "SR", "Brief", "EmulatedModel", "Rendered", "Score", "Truth", "compose", "cover_jpeg", "emulated_model",
    "encode_mp3", "encode_wav", "midi_notes", "recording_gain", "render", "style_boost", "video_mp4", "write_lyrics",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME_OF[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
