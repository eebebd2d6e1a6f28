"""Waveforms of audio files, kept by content: what a card or a player draws without decoding anything."""

from __future__ import annotations

from suno_lab.audio.outline import OUTLINE_VERSION, Outline
from suno_lab.store.journal import Journal, Writing


def keep(writing: Writing, sha256: str, outline: Outline) -> None:
    """Keep the outline of a file, in place of one that was kept before."""
    row = {
        "sha256": sha256,
        "version": OUTLINE_VERSION,
        "duration_s": outline.duration_s,
        "peaks": outline.peaks,
    }
    writing.upsert("outlines", row, key=("sha256",))


def of_file(journal: Journal, sha256: str) -> Outline | None:
    """The outline of a file as this version draws it; None where none is kept."""
    sql = "select duration_s, peaks from outlines where sha256 = ? and version = ?"
    found = journal.row(sql, (sha256, OUTLINE_VERSION))
    return None if found is None else Outline(duration_s=found["duration_s"], peaks=found["peaks"])
