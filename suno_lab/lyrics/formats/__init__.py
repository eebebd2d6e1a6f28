"""Timed lyrics in other formats, both ways. The folder is the registry: one format a file.

A format module says ``SUFFIX``, ``KEEPS`` (``"words"`` or ``"lines"``: the finest times it can hold), ``PRECISION_S``
(what times are rounded to), ``write(words) -> str`` and ``read(text) -> tuple of SungWord``.
"""

from __future__ import annotations

import codecs
import os
import pkgutil
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from suno_lab.lyrics.timed import SungWord

__all__ = ["format_of", "formats", "read", "read_file", "write", "write_file"]

#: other endings that are in use
ALIASES = {".ssa": "ass", ".elrc": "enhanced_lrc", ".webvtt": "webvtt"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@cache
def formats() -> dict[str, ModuleType]:
    """The format modules by name."""
    modules = {info.name: import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)}
    return {name: module for name, module in sorted(modules.items()) if hasattr(module, "SUFFIX")}


def write(words: Sequence[SungWord], format: str) -> str:
    """Timed words as text in a format.

    Parameters
    ----------
    words : sequence of SungWord
        In order; times in seconds.
    format : str
        One of :func:`formats`.

    Raises
    ------
    ValueError
        For a format that does not exist.
    """
    return str(_module(format).write(words))


def read(text: str, format: str) -> tuple[SungWord, ...]:
    """Timed words from text in a format; what keeps lines only gives one "word" a line.

    Raises
    ------
    ValueError
        For a format that does not exist, or text that is not in it.
    """
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return tuple(_module(format).read(plain))


def write_file(words: Sequence[SungWord], path: str | os.PathLike[str], *, format: str | None = None) -> Path:
    """Write timed words to a file, in UTF-8 with plain line ends.

    Parameters
    ----------
    words : sequence of SungWord
        In order; times in seconds.
    path : path-like
        Where to; folders are made.
    format : str, optional
        One of :func:`formats`; by default what the ending says.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        For an ending or format that is not known.

    Examples
    --------
    >>> write_file(words, "song.lrc")
    """
    target = Path(path).expanduser()
    text = write(words, format or format_of(target))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="\n")
    return target


def read_file(path: str | os.PathLike[str], *, format: str | None = None) -> tuple[SungWord, ...]:
    """Read timed words from a file of any of the formats, made by whatever program.

    UTF-8, UTF-16 and UTF-32 (with a byte order mark) and, where the bytes are none of these, Windows-1252; line ends of
    any system. A ``.lrc`` with times inside its lines is read as enhanced LRC.

    Parameters
    ----------
    path : path-like
        The file.
    format : str, optional
        One of :func:`formats`; by default what the ending says.

    Raises
    ------
    ValueError
        For an ending or format that is not known, or a file that is not in it.
    FileNotFoundError
        There is no such file.

    Examples
    --------
    >>> words = read_file("song.lrc")
    """
    source = Path(path).expanduser()
    text = _decoded(source.read_bytes())
    chosen = format or format_of(source)
    if format is None and chosen == "lrc" and formats()["enhanced_lrc"].holds_words(text):
        chosen = "enhanced_lrc"
    try:
        return read(text, chosen)
    except ValueError as problem:
        raise ValueError(f"{source.name}: {problem}") from problem


def format_of(path: str | os.PathLike[str]) -> str:
    """The format that a file's ending stands for.

    Raises
    ------
    ValueError
        For an ending that is not known.
    """
    known = {module.SUFFIX.lower(): name for name, module in formats().items()} | ALIASES
    suffix = Path(path).suffix
    if suffix.lower() not in known:
        raise ValueError(f"no lyrics format ends in {suffix!r}, expected one of {', '.join(sorted(known))}")
    return known[suffix.lower()]


def _decoded(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _module(format: str) -> ModuleType:
    if format not in formats():
        raise ValueError(f"unknown lyrics format {format!r}, expected one of {', '.join(formats())}")
    return formats()[format]
