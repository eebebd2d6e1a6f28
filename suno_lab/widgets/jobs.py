"""Jobs on the screen: each with its stage, its time, a button to stop watching, and what came of it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import ipywidgets as W

from suno_lab.errors import SunoLabError
from suno_lab.widgets.notes import Notes

#: more changes than this a front end should not be sent
UPDATES_PER_S = 5.0
#: what the stages of a task are called on the screen; other words of a service are shown as they are
STAGES = {
    "PENDING": "waiting in the service's queue",
    "TEXT_SUCCESS": "words are written, the music is being made",
    "FIRST_SUCCESS": "the first clip is ready, the second is being made",
    "SUCCESS": "fetching the files",
}
#: the stage in which some of what is made can be heard already
FIRST = "FIRST_SUCCESS"

Shown = dict[str, W.Widget]
"""Players on a card, by clip: what plays already goes on when the rest joins it."""


def stage_text(job: Any, *, typical_s: float | None = None) -> str:
    """The stage of a job in words, with the time it has taken and what others took; never a made-up percentage."""
    stage = str(job.stage)
    typical = f" (typically {typical_s:.0f} s)" if typical_s is not None and typical_s >= 1 else ""
    return f"{STAGES.get(stage, stage)} · {job.elapsed_s:.0f} s{typical}"


def looks_per_progress(busy_n: int, *, pause_s: float) -> int:
    """At every how many looks the cards' times are renewed, so that together they change five times a second at most.

    What has ended is shown at every look.
    """
    return max(1, math.ceil(busy_n / (UPDATES_PER_S * pause_s)))


class JobCard(W.VBox):
    """One job: from asked to heard.

    Parameters
    ----------
    job : Job
        What is watched.
    title : str
        What it is called.
    show : callable
        ``show(result, players)`` gives the widgets for a result; players that ``players`` holds are used again, new
        ones are added to it.
    early : callable, optional
        ``early(job)`` gives what is here already of a task under way, None for nothing.
    typical_s : float, optional
        How long such jobs took so far.
    """

    def __init__(
        self,
        job: Any,
        *,
        title: str,
        show: Callable[[Any, Shown], list[W.Widget]],
        early: Callable[[Any], Any] = lambda job: None,
        typical_s: float | None = None,
    ) -> None:
        self.job, self.show, self.early, self.typical_s = job, show, early, typical_s
        self.players: Shown = {}
        self.notes = Notes()
        self.stop = W.Button(description="stop watching", tooltip="The task itself goes on, and stays resumable")
        self.stop.on_click(lambda _: self._cancel())
        self.results = W.VBox()
        self.finished = False
        head = W.HBox([W.Label(title, layout=W.Layout(flex="1 1 auto", min_width="0")), self.stop])
        super().__init__([head, self.notes, self.results], layout=W.Layout(margin="6px 0 0 0"))
        self.refresh()

    def refresh(self, *, progress: bool = True) -> bool:
        """Show where the job is (with ``progress`` False: only whether it has ended); returns whether it goes on."""
        if self.finished:
            return False
        if not self.job.done():
            if progress:
                self.notes.say(stage_text(self.job, typical_s=self.typical_s))
            if self.job.stage == FIRST and not self.players:
                self._display(lambda: self.early(self.job))
            return True
        self.finished = True
        self.stop.layout.display = "none"
        self._conclude()
        return False

    def _conclude(self) -> None:
        if self._display(lambda: self.job.result(0)):
            self.notes.say((f"done in {self.job.elapsed_s:.0f} s", "soft"))

    def _display(self, result: Callable[[], Any]) -> bool:
        """Put what there is below the stage, and say what stands against it; returns whether all went well."""
        try:
            shown = self.show(result(), self.players)
        except SunoLabError as problem:
            self.notes.say((str(problem), "bad"))
        except Exception as problem:  # noqa: BLE001 - the border of a background thread: said here, or never
            self.notes.say((f"{type(problem).__name__}: {problem}", "bad"))
        else:
            self.results.children = shown
            return True
        return False

    def _cancel(self) -> None:
        self.job.cancel()
        self.refresh()

    def close(self) -> None:
        """Let go of the players too; they hold sound."""
        for child in self.results.children:
            child.close()
        super().close()


class JobList(W.VBox):
    """The cards of a session's jobs, newest first, kept up to date from one background thread.

    Parameters
    ----------
    pause_s : float
        How long the thread waits between two looks.
    watch : bool
        Whether there is a thread at all; without it :meth:`refresh` is called by whoever wants to look.
    """

    def __init__(self, *, pause_s: float = 0.3, watch: bool = True) -> None:
        super().__init__()
        self.pause_s, self.watch, self.busy_n = pause_s, watch, 0
        self._cards: list[JobCard] = []
        self._stopped = threading.Event()
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None

    @property
    def cards(self) -> list[JobCard]:
        """All cards, newest first."""
        return list(self._cards)

    def add(self, card: JobCard) -> None:
        """Put a card on top and watch its job."""
        with self._lock:
            self._cards.insert(0, card)
            self.children = tuple(self._cards)
            self.refresh()
            if self.watch and (self._thread is None or not self._thread.is_alive()):
                self._thread = threading.Thread(target=self._look_on, name="suno_lab-widgets", daemon=True)
                self._thread.start()

    def refresh(self, *, progress: bool = True) -> bool:
        """Look at every job once; returns whether any goes on."""
        with self._lock:
            self.busy_n = sum([card.refresh(progress=progress) for card in self.cards])
        return self.busy_n > 0

    def _look_on(self) -> None:
        for look in count():
            if self._stopped.wait(self.pause_s):
                return
            with self._lock:
                progress = look % looks_per_progress(self.busy_n, pause_s=self.pause_s) == 0
                if not self.refresh(progress=progress):
                    self._thread = None
                    return

    def close(self) -> None:
        """Stop looking; the jobs themselves go on."""
        self._stopped.set()
        for card in self.cards:
            card.close()
        super().close()
