"""Paid calls whose outcome nobody knows: what is at risk, and the four ways out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import ipywidgets as W

from suno_lab.widgets.notes import Notes
from suno_lab.widgets.rows import plain, records


def risk_line(record: dict[str, Any]) -> str:
    """One unresolved request in words."""
    at_risk = plain(record.get("credits_at_risk"))
    credits = "an unknown number of credits" if at_risk is None else f"{at_risk:g} credits"
    error = plain(record.get("error")) or "no answer came"
    return f"{record['operation']}: {credits} at risk – {error}"


class UnresolvedPanel(W.VBox):
    """Lists ``session.unresolved()``; hidden while there is nothing.

    Parameters
    ----------
    aside : callable
        Runs an action without blocking; by default in a thread of its own.
    """

    def __init__(self, session: Any, *, aside: Callable[[Callable[[], None]], None] | None = None) -> None:
        self.session, self.aside = session, aside or in_thread
        self.notes = Notes()
        self.find_out = W.Button(description="find out (free)", tooltip="by callbacks and by the balance")
        self.find_out.on_click(lambda _: self._do(self.session.resolve, "looked"))
        self.cards = W.VBox()
        super().__init__([self.notes, self.cards, self.find_out])
        self.refresh()

    def refresh(self) -> None:
        """Show what is unresolved now."""
        found = records(self.session.unresolved())
        self.layout.display = None if found else "none"
        self.notes.say((f"{len(found)} calls may or may not have been charged", "warn") if found else "")
        self.cards.children = [self._card(dict(record)) for record in found]

    def _card(self, record: dict[str, Any]) -> W.Widget:
        request_id = str(record["request_id"])
        at_risk = plain(record.get("credits_at_risk"))
        said = Notes(lines=[{"text": risk_line(record), "tone": "plain"}])
        task_id = W.Text(placeholder="task id from the service's own log", description="task")
        adopt = W.Button(description="it is this task")
        give_up = W.Button(description="give up", tooltip="stays as a row; may be asked again")
        sure = W.Checkbox(description="may pay twice", indent=False, layout=W.Layout(width="auto"))
        again = W.Button(description="ask again", disabled=True)
        sure.observe(lambda change: setattr(again, "disabled", at_risk is None or not change["new"]), names="value")
        adopt.on_click(lambda _: self._do(lambda: self.session.adopt(request_id, task_id.value.strip()), "adopted"))
        give_up.on_click(lambda _: self._do(lambda: self.session.drop(request_id), "given up"))
        again.on_click(
            lambda _: self._do(lambda: self.session.resubmit(request_id, max_extra_credits=at_risk), "asked again")
        )
        ways = W.HBox([task_id, adopt, give_up, sure, again], layout=W.Layout(flex_flow="row wrap"))
        return W.VBox([said, ways])

    def _do(self, action: Callable[[], object], done: str) -> None:
        def work() -> None:
            try:
                action()
            except Exception as problem:  # noqa: BLE001 - the border of a background thread: said here, or never
                self.notes.say((f"{type(problem).__name__}: {problem}", "bad"))
            else:
                self.refresh()
                if self.cards.children:
                    self.notes.say((f"{done}; {len(self.cards.children)} left", "soft"))

        self.notes.say(("working …", "soft"))
        self.aside(work)


def in_thread(action: Callable[[], None]) -> None:
    """Run an action in a thread of its own."""
    threading.Thread(target=action, name="suno_lab-widgets", daemon=True).start()
