"""Telling a repeat that was meant from a loop that forgot: the same paid request twice in one run."""

from __future__ import annotations

import sys
from types import FrameType

from suno_lab.errors import RepeatedRequest

Run = tuple[str, object]


class Repeats:
    """Remembers which requests were made in which run.

    In a notebook a run is one execution of one cell; in a script it is one place of the program, so that a loop over
    the same request is noticed and asking for it again further down is not.
    """

    def __init__(self) -> None:
        self._seen: set[tuple[str, Run]] = set()

    def check(self, request_hash: str, run: Run, *, operation: str) -> None:
        """Remember a paid request.

        Raises
        ------
        RepeatedRequest
            It was made in this run already.
        """
        if (request_hash, run) in self._seen:
            raise RepeatedRequest(
                f"the same {operation} request twice in one run: an equal request is answered by what is kept, "
                "so a loop gains nothing. Ask for several with n=3, or insist on another with fresh=True"
            )
        self._seen.add((request_hash, run))


def current_run() -> Run:
    """Which run the caller is in."""
    cell = _cell()
    return ("cell", cell) if cell is not None else ("line", _place(sys._getframe(1)))


def _cell() -> object | None:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return None
    parent = getattr(shell, "parent_header", None) or {}
    return (parent.get("header", parent).get("msg_id") if isinstance(parent, dict) else None, shell.execution_count)


def _place(frame: FrameType | None) -> tuple[str, int, int] | None:
    """Where outside this package the call came from."""
    while frame is not None:
        if not frame.f_globals.get("__name__", "").startswith("suno_lab."):
            return (frame.f_code.co_filename, frame.f_lineno, frame.f_lasti)
        frame = frame.f_back
    return None
