"""Local files as sources: kept by content, uploaded when a request that needs them is sent."""

from __future__ import annotations

import shutil
from pathlib import Path

from suno_lab.errors import InvalidRequest
from suno_lab.store.blobs import BlobStore

#: ``<MARK><sha256>.<ext>`` stands for a kept file that the service has to be given an address for. The form is that
#: of an address, so that a request with it can be checked like any other; no resolver knows the name.
MARK = "https://local.invalid/"


def local_source(folder: Path, path: Path) -> str:
    """Keep a local file and give its mark; equal content has an equal mark, wherever it lies.

    Raises
    ------
    InvalidRequest
        There is no such file, or it is neither audio nor picture.
    """
    if not path.is_file():
        raise InvalidRequest(f"no file {str(path)!r}; a source is a Clip, its id, a path or an address", field="source")
    blobs = BlobStore(folder)
    part = blobs.temporary(f"source-{path.stat().st_ino}-{path.stat().st_size}")
    try:
        shutil.copyfile(path, part)
        blob = blobs.place(part)
    except ValueError as problem:
        raise InvalidRequest(f"{path}: {problem}", field="source") from None
    finally:
        part.unlink(missing_ok=True)
    return MARK + Path(blob.path).name


def kept_file(folder: Path, mark: str) -> Path:
    """Where the file of a mark lies."""
    name = mark.removeprefix(MARK)
    return folder / "audio" / name[:2] / name
