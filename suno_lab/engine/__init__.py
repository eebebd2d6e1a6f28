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
    "Brief": "brief", "compose": "composer", "encode_mp3": "encode", "encode_wav": "encode", "style_boost": "grammar",
    "write_lyrics": "grammar", "MODELS": "models", "EmulatedModel": "models", "emulated_model": "models",
    "recording_gain": "mixer", "Rendered": "renderer", "render": "renderer", "SR": "score", "Score": "score", "Truth": "score",
    "midi_notes": "score", "cover_jpeg": "artwork", "video_mp4": "video",
}  # fmt: skip

__all__ = [
    "MODELS", "SR", "Brief", "EmulatedModel", "Rendered", "Score", "Truth", "compose", "cover_jpeg",
    "emulated_model", "encode_mp3", "encode_wav", "midi_notes", "recording_gain", "render", "style_boost", "video_mp4", "write_lyrics",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
