"""Where in the user's own code a call came from."""

from __future__ import annotations

import sys


def outside() -> int:
    """How many frames up from the caller the user's own code is: the ``stacklevel`` of a warning."""
    frame, level = sys._getframe(1), 1
    while frame is not None and frame.f_globals.get("__name__", "").startswith("suno_lab."):
        frame, level = frame.f_back, level + 1  # type: ignore[assignment]
    return level
