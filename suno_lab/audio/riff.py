"""What the header of a WAV file claims. libsndfile corrects the claim silently, so that a cut file looks whole."""

from __future__ import annotations

import struct
from typing import BinaryIO

CHUNKS_N = 64  #: after so many chunks without sound, the header says nothing
UNKNOWN_N = (0, 0x7FFFFFFF, 0xFFFFFFFF)  #: what writers put there who do not know the length yet


def claimed_frames(file: BinaryIO) -> int | None:
    """Frames that the header of a RIFF/WAVE file claims; None for other files and where it claims nothing.

    ``file`` is read from where it stands.
    """
    head = file.read(12)
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return None
    frame_bytes = 0
    for _ in range(CHUNKS_N):
        chunk = file.read(8)
        if len(chunk) < 8:
            return None
        size = struct.unpack("<I", chunk[4:])[0]
        if chunk[:4] == b"data":
            return size // frame_bytes if frame_bytes and size not in UNKNOWN_N else None
        body = file.read(16) if chunk[:4] == b"fmt " else b""
        if len(body) == 16:
            frame_bytes = struct.unpack("<H", body[12:14])[0]
        file.seek(size + size % 2 - len(body), 1)
    return None
