"""What is odd with the files of a session's clips, in words."""

from __future__ import annotations

from typing import Any

from suno_lab.store.files import LENGTH_DIFFERS, SILENT, finding_text
from suno_lab.widgets.rows import plain, records


def findings_of(session: Any) -> dict[str, str]:
    """What decoding showed to be odd, by clip; clips with nothing odd are left out."""
    clips = session.clips
    odd = clips[clips["file_status"].isin([LENGTH_DIFFERS, SILENT])]
    found = {str(row["clip_id"]): _words(row) for row in records(odd)}
    return {clip_id: words for clip_id, words in found.items() if words}


def _words(row: Any) -> str | None:
    return finding_text(row["file_status"], plain(row["decoded_s"]), plain(row["duration_s"]))
