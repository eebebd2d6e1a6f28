"""What the emulator needs of whoever makes the songs, and the engine in that role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from suno_lab.engine.brief import Brief
from suno_lab.models import Word

if TYPE_CHECKING:
    import numpy as np

#: bit rate of every MP3 that is served
MP3_KBPS = 160


@dataclass(frozen=True, kw_only=True)
class Sound:
    """A piece made audible: float32 stems of shape (n, 2) that add up to ``mix``."""

    stems: Mapping[str, np.ndarray]
    mix: np.ndarray
    sr: int

    @property
    def bytes_n(self) -> int:
        """What it takes in memory."""
        return int(self.mix.nbytes + sum(stem.nbytes for stem in self.stems.values()))


class Composed(Protocol):
    """What is known of a piece before a sound is made."""

    @property
    def title(self) -> str:
        """Its title."""

    @property
    def lyrics(self) -> str:
        """What is sung, "" for instrumentals."""

    @property
    def duration_s(self) -> float:
        """Its exact length."""


class SongMaker(Protocol):
    """Composes, tells the truth about it, and makes it audible. Everything is a function of brief, seed and take."""

    #: part of the cache key of everything that is rendered
    version: str

    def compose(
        self, brief: Brief, *, seed: int, take: int = 0, after: Any = None, continue_at_s: float | None = None
    ) -> Composed:
        """The score: fast, without audio. ``after`` is an earlier score to be continued."""

    def truth(self, score: Any) -> dict[str, Any]:
        """What is true of the piece, in JSON types; ``words``, ``duration_s``, ``style`` and ``notes`` at least."""

    def render(self, score: Any) -> Sound:
        """The sound of the piece."""

    def write_lyrics(self, prompt: str, *, seed: int) -> tuple[str, str]:
        """Title and text from a description."""

    def boost_style(self, content: str, *, seed: int) -> str:
        """A longer style text from a shorter one."""

    def encode_mp3(self, samples: np.ndarray, sr: int) -> bytes:
        """MP3 bytes of float samples of shape (n, 2)."""

    def draw_cover(self, title: str, style: str, *, seed: int) -> bytes:
        """A JPEG that says that it is emulated."""

    def make_video(self, sound: Sound, *, cover: bytes, words: Sequence[Word], author: str, domain: str) -> bytes:
        """MP4 bytes: picture, words as they are sung, sound."""


class EnginePictures:
    """Pictures and videos as the engine makes them."""

    def draw_cover(self, title: str, style: str, *, seed: int) -> bytes:
        """See :class:`SongMaker`."""
        from suno_lab.engine import cover_jpeg

        return cover_jpeg(title, style, seed=seed)

    def make_video(self, sound: Sound, *, cover: bytes, words: Sequence[Word], author: str, domain: str) -> bytes:
        """See :class:`SongMaker`."""
        from suno_lab.engine import video_mp4

        return video_mp4(sound.mix, sound.sr, words, cover, author=author, domain=domain)


class EngineSongs(EnginePictures):
    """The embedded engine."""

    #: to be raised when equal scores begin to sound different
    version = "engine-1"

    def compose(
        self, brief: Brief, *, seed: int, take: int = 0, after: Any = None, continue_at_s: float | None = None
    ) -> Composed:
        """See :class:`SongMaker`."""
        from suno_lab.engine import compose

        return compose(brief, seed=seed, take=take, after=after, continue_at_s=continue_at_s)

    def truth(self, score: Any) -> dict[str, Any]:
        """See :class:`SongMaker`."""
        return score.truth().as_json()

    def render(self, score: Any) -> Sound:
        """See :class:`SongMaker`."""
        from suno_lab.engine import render

        rendered = render(score)
        return Sound(stems=rendered.stems, mix=rendered.mix, sr=rendered.sr)

    def write_lyrics(self, prompt: str, *, seed: int) -> tuple[str, str]:
        """See :class:`SongMaker`."""
        from suno_lab.engine import write_lyrics

        return write_lyrics(prompt, seed=seed)

    def boost_style(self, content: str, *, seed: int) -> str:
        """See :class:`SongMaker`."""
        from suno_lab.engine import style_boost

        return style_boost(content, seed=seed)

    def encode_mp3(self, samples: np.ndarray, sr: int) -> bytes:
        """See :class:`SongMaker`."""
        from suno_lab.engine import encode_mp3

        return encode_mp3(samples, sr, kbps=MP3_KBPS)
