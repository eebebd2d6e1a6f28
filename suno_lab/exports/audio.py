"""The audio files, with the listing that audio-folder loaders read."""

from __future__ import annotations

import shutil
from pathlib import Path

from suno_lab.exports._view import SessionView, audio_name

SUMMARY = "audio/: every clip's file as the service delivered it"


def write(view: SessionView, folder: Path) -> list[Path]:
    """Copy every clip's file to ``audio/<clip id>.<ext>``, byte for byte."""
    (folder / "audio").mkdir(exist_ok=True)
    targets = []
    for clip_id, source in view.audio_files():
        target = folder / audio_name(clip_id, source)
        shutil.copyfile(source, target)
        targets.append(target)
    return targets
