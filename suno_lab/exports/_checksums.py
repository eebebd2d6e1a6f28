"""Checksums over a data set, in the format of ``sha256sum``."""

from __future__ import annotations

import hashlib
from pathlib import Path

from suno_lab.errors import StoreError

SUMS_NAME = "SHA256SUMS"


def sha256_of(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_sums(folder: Path) -> Path:
    """Write ``SHA256SUMS`` over every file below ``folder``."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != SUMS_NAME)
    lines = [f"{sha256_of(p)}  {p.relative_to(folder).as_posix()}\n" for p in files]
    target = folder / SUMS_NAME
    target.write_text("".join(lines), encoding="utf-8")
    return target


def verify(folder: str | Path) -> list[str]:
    """Hold a data set against its checksums.

    Parameters
    ----------
    folder : path-like
        A folder with ``SHA256SUMS``.

    Returns
    -------
    list of str
        One finding per file that is missing, changed or not listed; empty when all is well.

    Raises
    ------
    StoreError
        There is no ``SHA256SUMS``, or a line of it does not read.
    """
    root = Path(folder).resolve()
    sums = root / SUMS_NAME
    if not sums.is_file():
        raise StoreError(f"{root} has no {SUMS_NAME}: it is no data set that can be verified")
    listed: dict[str, str] = {}
    for number, line in enumerate(sums.read_text(encoding="utf-8").splitlines(), 1):
        digest, separator, name = line.partition("  ")
        if not separator or len(digest) != 64:
            raise StoreError(f"{sums}, line {number}: expected '<sha256>  <name>', found {line[:80]!r}")
        listed[name] = digest
    present = {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file() and p != sums}
    missing = [f"missing: {name}" for name in listed if name not in present]
    changed = [f"changed: {n}" for n, digest in listed.items() if n in present and sha256_of(root / n) != digest]
    extra = [f"not listed: {name}" for name in sorted(present - set(listed))]
    return missing + changed + extra
