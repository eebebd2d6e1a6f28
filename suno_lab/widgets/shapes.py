"""What a player draws, as plain values: peaks, a picture of the spectrum, words with lines and sections.

Pure functions; nothing here knows a browser, a session or a widget.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from suno_lab.audio import MEL_BANDS_N, Audio
from suno_lab.widgets.rows import number, records, text
from suno_lab.widgets.singing import word_rows

PEAKS_N = 1200
SPECTROGRAM_FRAMES_N = 900
SPECTROGRAM_RANGE_DB = 70.0

#: what a browser has to be told about a file, by its ending
MIME_TYPES: Mapping[str, str] = {
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".mp4": "audio/mp4",
}


@dataclass(frozen=True, kw_only=True)
class PlayerData:
    """What a player shows over the waveform of one clip.

    Attributes
    ----------
    words : list of dict
        ``word, start_s, end_s, line, section, section_index``, in order of time.
    sections : list of dict
        ``label, start_s, end_s``.
    beats_s : list of float
    """

    words: list[dict[str, Any]]
    sections: list[dict[str, Any]]
    beats_s: list[float]


def player_data(
    *, words: Any = None, lyrics: str = "", sections: Any = None, beats_s: Iterable[float] | None = None
) -> PlayerData:
    """Shape what is known of a clip for the player.

    Parameters
    ----------
    words : frame, or sequence of Word or mapping, optional
        See :func:`~suno_lab.widgets.singing.word_rows`.
    lyrics : str
        The text that is sung: tells where lines end, which the words alone often do not.
    sections : frame or sequence, optional
        With ``label, start_s, end_s``. Left out, they are taken from the words' own ``section``.
    beats_s : iterable of float, optional
        Times of beats in seconds.
    """
    rows = word_rows(words, lyrics=lyrics)
    return PlayerData(
        words=rows,
        sections=section_rows(sections) if sections is not None else sections_of_words(rows),
        beats_s=[round(float(beat), 4) for beat in (() if beats_s is None else beats_s)],
    )


def peak_pairs(mono: npt.NDArray[np.float32], n: int = PEAKS_N) -> npt.NDArray[np.float32]:
    """Lowest and highest sample of ``n`` equal parts, shape (min(n, len(mono)), 2)."""
    n = max(1, min(n, len(mono)))
    starts = np.arange(n) * len(mono) // n
    return np.stack([np.minimum.reduceat(mono, starts), np.maximum.reduceat(mono, starts)], axis=1).astype(np.float32)


def spectrogram_levels(audio: Audio, *, frames_n: int = SPECTROGRAM_FRAMES_N) -> npt.NDArray[np.uint8]:
    """Mel power in dB below the loudest, as levels 0–255, shape (bands, at most ``frames_n``); low bands first."""
    power = audio.mel_power
    n = min(frames_n, len(power))
    starts = np.arange(n) * len(power) // n
    blocks = np.maximum.reduceat(power, starts, axis=0)
    top = float(blocks.max())
    if top <= 0:
        return np.zeros((MEL_BANDS_N, n), np.uint8)
    below_db = 10 * np.log10(np.maximum(blocks / top, 10 ** (-SPECTROGRAM_RANGE_DB / 10)))
    return np.round((1 + below_db / SPECTROGRAM_RANGE_DB) * 255).astype(np.uint8).T


def section_rows(sections: Any) -> list[dict[str, Any]]:
    """Sections as plain rows in order of time; the label is taken from ``label``, ``section`` or ``name``."""
    rows = []
    for record in records(sections):
        start_s, end_s = number(record.get("start_s")), number(record.get("end_s"))
        label = next((text(record[k]) for k in ("label", "section", "name") if text(record.get(k))), "")
        if start_s is not None and end_s is not None and end_s > start_s:
            rows.append({"label": label, "start_s": round(start_s, 4), "end_s": round(end_s, 4)})
    return sorted(rows, key=lambda row: row["start_s"])


def sections_of_words(rows: Sequence[Mapping[str, Any]], *, duration_s: float = math.inf) -> list[dict[str, Any]]:
    """Sections from the words sung in them: each lasts until the next begins, the last until its last word ends."""
    firsts = [
        row
        for before, row in zip([None, *rows], rows, strict=False)
        if row["section"] and (before is None or before["section_index"] != row["section_index"])
    ]
    if not firsts:
        return []
    ends = [row["start_s"] for row in firsts[1:]] + [min(duration_s, rows[-1]["end_s"])]
    return [
        {"label": row["section"], "start_s": row["start_s"], "end_s": round(end_s, 4)}
        for row, end_s in zip(firsts, ends, strict=True)
    ]


def mime_type(path: Path) -> str:
    """What kind of sound a file is, by its ending."""
    return MIME_TYPES.get(path.suffix.lower(), "audio/mpeg")
