"""Sound without what is written about it: a file's tags may name the model that a listener is not to know."""

from __future__ import annotations

import io
from pathlib import Path

ID3V1_BYTES, ID3V2_HEAD_BYTES, APE_FOOT_BYTES = 128, 10, 32


def untagged_sound(path: Path) -> bytes:
    """A file's sound, sample for sample, without tags: MP3 as it is between them, anything else as FLAC."""
    content = path.read_bytes()
    bare = untagged_mp3(content)
    if bare[:1] == b"\xff" and bare[1:2] >= b"\xe0":
        return bare
    return _as_flac(path)


def untagged_mp3(content: bytes) -> bytes:
    """The frames of an MP3 file: without ID3v2 in front, and without APE and ID3v1 behind."""
    start, end = 0, len(content)
    while content[start : start + 3] == b"ID3":
        start += _id3v2_bytes(content[start : start + ID3V2_HEAD_BYTES])
    if content[end - ID3V1_BYTES : end - ID3V1_BYTES + 3] == b"TAG":
        end -= ID3V1_BYTES
    foot = content[end - APE_FOOT_BYTES : end]
    if foot[:8] == b"APETAGEX":
        has_head = bool(foot[23] & 0x80)
        end -= int.from_bytes(foot[12:16], "little") + (APE_FOOT_BYTES if has_head else 0)
    return content[start : max(end, start)]


def _id3v2_bytes(head: bytes) -> int:
    """Length of an ID3v2 tag, head included; its size has seven bits a byte."""
    size = sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=False))
    has_foot = len(head) > 5 and bool(head[5] & 0x10)
    return ID3V2_HEAD_BYTES + size + (ID3V2_HEAD_BYTES if has_foot else 0)


def _as_flac(path: Path) -> bytes:
    import numpy as np
    import soundfile

    from suno_lab.audio import Audio

    audio = Audio.load(path)
    file = io.BytesIO()
    soundfile.write(file, np.clip(audio.samples, -1.0, 1.0), audio.sr, format="FLAC", subtype="PCM_16")
    return file.getvalue()
