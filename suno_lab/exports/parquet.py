"""Parquet: every table with its types, nothing escaped."""

from __future__ import annotations

from pathlib import Path

from suno_lab.exports._view import TABLES, SessionView, dataset_clips

SUMMARY = "clips, requests, tasks, words and features as Parquet (zstd)"


def write(view: SessionView, folder: Path) -> list[Path]:
    """Write one file per table."""
    targets = []
    for name in TABLES:
        if name not in view.frames:
            continue
        frame = dataset_clips(view) if name == "clips" else view.frames[name].reset_index()
        frame.attrs = {}  # the folder on this machine is nobody else's business
        target = folder / f"{name}.parquet"
        frame.drop(columns="index", errors="ignore").to_parquet(target, index=False, compression="zstd")
        targets.append(target)
    return targets
