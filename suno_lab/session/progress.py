"""Showing that something is going on: stage, time elapsed, what is typical, credits; never a made-up percentage."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import Literal, Protocol, TextIO

Progress = Literal["auto", "notebook", "terminal", "log"] | bool
#: at most so many updates a second
UPDATES_PER_S = 5.0
#: in a log file, one line in so many seconds
LOG_EVERY_S = 60.0


class Display(Protocol):
    """A place for one changing line."""

    def show(self, text: str) -> None:
        """Replace the line."""

    def say(self, text: str) -> None:
        """Leave a line that stays."""

    def close(self, text: str) -> None:
        """Replace the line for the last time."""


class Silent:
    """Shows nothing."""

    def show(self, text: str) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def close(self, text: str) -> None:
        """Nothing."""


class Terminal:
    """One line that is overwritten."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out, self._width = out or sys.stderr, 0

    def show(self, text: str) -> None:
        """Replace the line."""
        self._out.write("\r" + text[:118].ljust(self._width))
        self._out.flush()
        self._width = min(len(text), 118)

    def say(self, text: str) -> None:
        """Leave a line that stays."""
        if self._width:
            self.show("")
        self._out.write(("\r" if self._width else "") + text + "\n")
        self._out.flush()
        self._width = 0

    def close(self, text: str) -> None:
        """Replace the line for the last time."""
        self.show(text)
        self._out.write("\n")
        self._out.flush()
        self._width = 0


class Log:
    """One line a minute, for output that is no terminal."""

    def __init__(self, out: TextIO | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock, self._last = out or sys.stderr, clock, -LOG_EVERY_S

    def show(self, text: str) -> None:
        """A line, unless one was written within the last minute."""
        now = self._clock()
        if now - self._last >= LOG_EVERY_S:
            self._last = now
            self.say(text)

    def say(self, text: str) -> None:
        """A line."""
        self._out.write(text + "\n")
        self._out.flush()

    def close(self, text: str) -> None:
        """The last line."""
        self.say(text)


class Notebook:
    """One plain-text output that is updated in place; it survives in a saved notebook."""

    def __init__(self) -> None:
        self._handle: object | None = None

    def show(self, text: str) -> None:
        """Replace the line."""
        from IPython.display import display

        if self._handle is None:
            self._handle = display({"text/plain": text}, raw=True, display_id=True)
        else:
            self._handle.update({"text/plain": text}, raw=True)  # type: ignore[attr-defined]

    def say(self, text: str) -> None:
        """An output of its own."""
        from IPython.display import display

        display({"text/plain": text}, raw=True)

    def close(self, text: str) -> None:
        """Replace the line for the last time."""
        self.show(text)
        self._handle = None


def choose_display(progress: Progress) -> Display:
    """The display that fits where this runs."""
    kind = _kind() if progress in ("auto", True) else progress
    makers: dict[object, Callable[[], Display]] = {"notebook": Notebook, "terminal": Terminal, "log": Log}
    return makers.get(kind, Silent)()


def _kind() -> str | bool:
    if "PYTEST_CURRENT_TEST" in os.environ:
        return False
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and getattr(shell, "kernel", None) is not None:
        return "notebook"
    return "terminal" if sys.stderr.isatty() else "log"


def line_of(stage: str, elapsed_s: float, *, typical_s: float | None = None, spent_credits: float = 0.0) -> str:
    """What is going on, in one line.

    Parameters
    ----------
    stage : str
        In the service's words once there is a task.
    elapsed_s : float
        Seconds since it was asked for.
    typical_s : float or None
        What such tasks took in this session; None where none was finished yet.
    spent_credits : float
        What the session's requests cost so far.
    """
    parts = [stage, f"{elapsed_s:.0f} s"]
    if typical_s is not None and typical_s >= 1.0:
        parts.append(f"typically {typical_s:.0f} s")
    if spent_credits:
        parts.append(f"{spent_credits:g} credits spent")
    return " · ".join(parts)


class Throttle:
    """Passes on at most ``UPDATES_PER_S`` texts a second, and only changed ones."""

    def __init__(self, display: Display, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._display, self._clock = display, clock
        self._last_text, self._last_at = "", float("-inf")

    @property
    def due(self) -> bool:
        """Whether enough time has passed for another update."""
        return self._clock() - self._last_at >= 1 / UPDATES_PER_S

    def show(self, text: str) -> None:
        """Show, unless it is too soon or says nothing new."""
        if self.due and text != self._last_text:
            self._display.show(text)
            self._last_text, self._last_at = text, self._clock()
