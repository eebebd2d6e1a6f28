"""What an exporter gets to see: frames and files, no network, no session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

#: the frames of a data set; ``clips`` is the wide one: one row a clip, request, result and features joined
TABLES = ("clips", "requests", "tasks", "words", "features")


@dataclass(frozen=True, kw_only=True)
class SessionView:
    """A session as an exporter sees it.

    Attributes
    ----------
    name : str
        What to call the data set.
    folder : pathlib.Path
        The session folder; relative paths in the frames start there.
    service : str
        Which service the folder is bound to.
    emulated : bool
        Whether any clip was made by the emulator.
    frames : mapping of str to pandas.DataFrame
        By the names in ``TABLES``.
    error_card_html, error_card_text : str
        How far the measures can be trusted, as escaped HTML and in plain lines; "" where nothing is known.
    """

    name: str
    folder: Path
    service: str
    emulated: bool
    frames: Mapping[str, pd.DataFrame]
    error_card_html: str = ""
    error_card_text: str = ""

    @property
    def clips(self) -> pd.DataFrame:
        """One row a clip: request, result and features joined; a failed request is a row too."""
        return self.frames["clips"]

    def audio_files(self) -> list[tuple[str, Path]]:
        """Pairs of clip id and existing audio file, in the order of the clips."""
        frame = self.clips.reset_index()
        if "path" not in frame or "clip_id" not in frame:
            return []
        pairs = frame[["clip_id", "path"]].dropna().drop_duplicates("clip_id")
        found = [(str(clip_id), self.folder / str(path)) for clip_id, path in pairs.itertuples(index=False)]
        return [(clip_id, path) for clip_id, path in found if path.is_file()]


def audio_name(clip_id: str, path: Path) -> str:
    """The name of a clip's file inside a data set, e.g. ``audio/3f6c….mp3``.

    Ids come from a service: anything but letters, digits and ``-`` is replaced, and a changed id gets a digest so that
    two of them never share a name.
    """
    import hashlib
    import re

    safe = re.sub(r"[^0-9A-Za-z-]", "_", clip_id)[:64].strip("-") or "clip"
    if safe != clip_id:
        safe = f"{safe[:48]}-{hashlib.sha256(clip_id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
    suffix = path.suffix if re.fullmatch(r"\.[0-9a-z]{1,5}", path.suffix) else ".bin"
    return f"audio/{safe}{suffix}"


def dataset_clips(view: SessionView) -> pd.DataFrame:
    """The wide table as a data set has it: ``file_name`` inside the data set instead of a path on this machine."""
    frame = view.clips.reset_index()
    names = {clip_id: audio_name(clip_id, path) for clip_id, path in view.audio_files()}
    file_name = frame["clip_id"].map(names).astype("string") if "clip_id" in frame else None
    frame = frame.drop(columns=["path", "index"], errors="ignore")
    if file_name is not None:
        frame.insert(0, "file_name", file_name)
    return frame
