"""Large bytes for widgets, in memory that the system has back as soon as they are let go.

A song's bytes on the heap would keep it that large: of the arena of a thread the C library returns only what lies at
its end, and only beyond a threshold that grows with the arrays a notebook has freed.
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import Any

import traitlets as t


def read_bulk(path: Path) -> bytes | memoryview:
    """All bytes of a file, in pages of their own.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    with path.open("rb") as file:
        size_n = os.fstat(file.fileno()).st_size
        if not size_n:
            return b""
        pages = memoryview(mmap.mmap(-1, size_n))  # a copy: the file itself may be cut while somebody reads
        return pages[: file.readinto(pages)]


class Bulk(t.TraitType[bytes | memoryview, bytes | memoryview]):
    """Bytes, or a view of bytes; a browser gets both alike."""

    default_value = b""
    info_text = "bytes or a view of bytes"

    def validate(self, obj: Any, value: Any) -> bytes | memoryview:
        """Refuse anything else."""
        if isinstance(value, (bytes, memoryview)):
            return value
        self.error(obj, value)
