"""Waveforms for players: kept ones as they are, others decoded once as long as the file stays as it is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from suno_lab.audio.outline import Outline


def kept_outline(clip: Any) -> Outline | None:
    """The clip's waveform where nothing has to be decoded for it."""
    kept: Outline | None = getattr(clip, "kept_outline", None)
    return kept


def outline_of(clip: Any) -> Outline:
    """The clip's waveform; decodes its file where it has to.

    Raises
    ------
    SunoLabError
        When the file is not here, or cannot be decoded.
    """
    own: Outline | None = getattr(clip, "outline", None)
    if own is not None:
        return own
    path = Path(clip.path)
    about = path.stat()
    return _of_file(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=256)
def _of_file(path: Path, changed_ns: int, size_bytes: int) -> Outline:
    from suno_lab.audio.inspection import outline_of as decoded

    return decoded(path)


def header_s(path: Path) -> float:
    """The length that a file claims, in seconds; 0.0 where it claims none. Decodes nothing."""
    import soundfile

    try:
        return float(soundfile.info(str(path)).duration)
    except (soundfile.SoundFileError, ValueError, TypeError):
        return 0.0
