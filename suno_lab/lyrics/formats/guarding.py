"""Text that a format would read as its own marks, made harmless and brought back.

The formats have no escape of their own (WebVTT and TextGrid do). A mark gets an invisible WORD JOINER (U+2060) behind
it, so that programs show the text as it is and do not act on it; braces and backslashes, which ASS acts on in any case,
become their full-width forms with the joiner behind. Reading takes all of it back.
"""

from __future__ import annotations

JOINER = "\u2060"
_WIDE = {"{": "｛", "}": "｝", "\\": "＼"}


def one_line(text: str) -> str:
    """Without line ends and other control characters; spaces single."""
    return " ".join("".join(c if c.isprintable() else " " for c in text.replace(JOINER, "")).split())


def guarded(text: str, marks: str) -> str:
    """The text on one line, with a joiner behind each of ``marks``; ``{}\\`` made wide."""
    plain = one_line(text)
    return "".join(c + JOINER if c in marks else _WIDE[c] + JOINER if c in _WIDE else c for c in plain)


def unguarded(text: str) -> str:
    """The opposite of :func:`guarded`."""
    for narrow, wide in _WIDE.items():
        text = text.replace(wide + JOINER, narrow)
    return " ".join(text.replace(JOINER, "").split())
