"""Text in pictures: a font that is always there, and what to do with scripts it does not have."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont, ImageFont

#: the font has what comes before: Latin, Greek, Cyrillic
_KNOWN_BEFORE = 0x0530
EMULATED = "emulated – not Suno"


@lru_cache(maxsize=32)
def font(size_px: int) -> FreeTypeFont | ImageFont:
    """DejaVu Sans Bold, from the files of matplotlib; Pillow's own font where those are missing."""
    from PIL import ImageFont

    spec = find_spec("matplotlib")
    home = Path(spec.origin).parent if spec and spec.origin else Path()
    path = home / "mpl-data" / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"
    return ImageFont.truetype(str(path), size_px) if path.is_file() else ImageFont.load_default(size_px)


def drawable(text: str) -> str:
    """``text`` on one line, in characters the font has; others transliterated, control characters dropped."""
    from anyascii import anyascii

    known = "".join(c if ord(c) < _KNOWN_BEFORE or c in "–—‘’“”…" else anyascii(c) for c in text)
    return "".join(c for c in " ".join(known.split()) if c.isprintable())


def wrapped(text: str, *, size_px: int, width_px: int, most_lines: int) -> list[str]:
    """``text`` broken at words to fit ``width_px``; the last line ends in "…" where there was more."""
    lines: list[str] = [""]
    for word in drawable(text).split():
        candidate = f"{lines[-1]} {word}".strip()
        if not lines[-1] or font(size_px).getlength(candidate) <= width_px:
            lines[-1] = candidate
        else:
            lines.append(word)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], f"{lines[most_lines - 1]} …"]
    return [_clipped(line, size_px=size_px, width_px=width_px) for line in lines]


def _clipped(line: str, *, size_px: int, width_px: int) -> str:
    """A line cut to fit, where even one word is too long."""
    if font(size_px).getlength(line) <= width_px:
        return line
    kept = next(n for n in range(len(line), -1, -1) if font(size_px).getlength(line[:n] + "…") <= width_px or n == 0)
    return line[:kept] + "…"
