"""Files by content: ``audio/<first two hex digits>/<sha256>.<ext>``. The name is the proof."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 1024 * 1024
FOLDER = "audio"
#: files that grow; their names begin with the process they belong to and a dash
PARTS = f"{FOLDER}/.parts"

#: the first bytes of what a service may send: (offset, bytes, media type, extension)
MAGIC: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"ID3", "audio/mpeg", "mp3"),
    (0, b"\xff\xfb", "audio/mpeg", "mp3"),
    (0, b"\xff\xfa", "audio/mpeg", "mp3"),
    (0, b"\xff\xf3", "audio/mpeg", "mp3"),
    (0, b"\xff\xf2", "audio/mpeg", "mp3"),
    (0, b"fLaC", "audio/flac", "flac"),
    (0, b"OggS", "audio/ogg", "ogg"),
    (8, b"WAVE", "audio/wav", "wav"),
    (8, b"WEBP", "image/webp", "webp"),
    (4, b"ftypM4A", "audio/mp4", "m4a"),
    (4, b"ftyp", "video/mp4", "mp4"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (0, b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (0, b"MThd", "audio/midi", "mid"),
)


def sniff(head: bytes) -> tuple[str, str] | None:
    """Media type and extension by the first bytes, or None for nothing known."""
    for offset, mark, media_type, extension in MAGIC:
        if head[offset : offset + len(mark)] == mark:
            return media_type, extension
    return None


@dataclass(frozen=True, kw_only=True)
class Blob:
    """A stored file. ``path`` is relative to the session folder; the rest is known of audio that was decoded."""

    path: str
    sha256: str
    size_bytes: int
    media_type: str
    source_codec: str | None = None
    decoded_s: float | None = None
    peak: float | None = None  #: largest absolute sample value, 1.0 for full scale
    outline: bytes | None = None  #: the waveform, see :class:`suno_lab.audio.outline.Outline`


class BlobStore:
    """The files of a session folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def temporary(self, name: str) -> Path:
        """Where a file of this (harmless) name grows: on the target's file system, so that the last move is atomic."""
        folder = self.root / PARTS
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder / f"{name}.part"

    def place(self, part: Path) -> Blob:
        """Give a complete file its final name; the same content twice is one file.

        Raises
        ------
        ValueError
            The first bytes are of no known kind.
        """
        digest, size_bytes, head = _digest(part)
        kind = sniff(head)
        if kind is None:
            raise ValueError(f"the file begins with {head[:12]!r}, which is neither audio, picture nor video")
        media_type, extension = kind
        relative = f"{FOLDER}/{digest[:2]}/{digest}.{extension}"
        target = self.root / relative
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.chmod(part, 0o600)
        os.replace(part, target)
        _sync_folder(target.parent)
        return Blob(path=relative, sha256=digest, size_bytes=size_bytes, media_type=media_type)

    def put(self, content: bytes) -> Blob:
        """Store bytes that are in memory already."""
        folder = self.temporary("x").parent
        descriptor, name = tempfile.mkstemp(suffix=".part", dir=folder)
        part = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            return self.place(part)
        finally:
            part.unlink(missing_ok=True)

    def check(self, path: str, sha256: str) -> str | None:
        """What is wrong with a stored file, or None."""
        target = self.root / path
        if not target.is_file():
            return "missing"
        return None if _digest(target)[0] == sha256 else "changed"


def _digest(path: Path) -> tuple[str, int, bytes]:
    digest, size_bytes, head = hashlib.sha256(), 0, b""
    with path.open("rb") as source:
        while chunk := source.read(CHUNK_BYTES):
            head = head or chunk[:32]
            digest.update(chunk)
            size_bytes += len(chunk)
    return digest.hexdigest(), size_bytes, head


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # some file systems cannot
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
