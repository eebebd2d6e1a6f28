"""A listening test in a notebook: the widget, and what connects it to a session."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import traitlets as t

from suno_lab.errors import StudyError, SunoLabError
from suno_lab.store import listening as kept
from suno_lab.store import ratings
from suno_lab.store.hashes import canonical
from suno_lab.store.listening import KeptEvent, KeptTest
from suno_lab.widgets.base import StrictWidget, script, style, unknown_keyword
from suno_lab.widgets.listening.pages import sitting_pages, sounds_of
from suno_lab.widgets.listening.planning import plan_test, sound_file
from suno_lab.widgets.listening.revealing import checked_reveal, revealed_trials
from suno_lab.widgets.listening.trials import QUESTIONS, ListeningSettings, Plan, Question, plan_from
from suno_lab.widgets.listening.votes import answers_of, ratings_of, votes_frame, votes_of

if TYPE_CHECKING:
    import pandas as pd

NAME = "listening test"
LONGEST_EVENT = 50_000  #: characters


class ListeningTest(StrictWidget):
    """The test made by :func:`listening_test`. ``answered_n`` and ``finished`` follow the listener."""

    _esm = script("common", "deck", "asking", "listening", "listening_notebook", render="renderListening")
    _css = style("common", "listening")

    test = t.Dict().tag(sync=True)
    answered_n = t.Int(0)
    finished = t.Bool(False)

    @property
    def votes(self) -> pd.DataFrame:
        """The votes of this listener so far, with what was behind the letters."""
        return votes_frame(self.behind.votes())


class SessionListening:
    """What connects a :class:`ListeningTest` to a session: sounds on demand, events kept, votes turned into ratings."""

    def __init__(
        self,
        session: Any,
        *,
        plan: Plan,
        listener: str,
        sitting: int,
        widget: ListeningTest,
        clock: Callable[[], float],
    ) -> None:
        self.session, self.plan, self.listener, self.widget, self.clock = session, plan, listener, widget, clock
        self.trials = plan.sittings[sitting]
        self.sounds = frozenset(sounds_of(self.trials))
        self.pages_n = len(widget.test["pages"])
        if not self.events():
            self.keep({"type": "start", "sitting": sitting})
        self._follow()
        widget.on_msg(self._receive)

    def events(self) -> list[KeptEvent]:
        """Everything that happened in this sitting."""
        return kept.events_of(self.session.journal, self.plan.test_id, run=self.listener)

    def votes(self) -> list[Any]:
        """The votes of this sitting."""
        return votes_of(self.plan, self.events())

    def keep(self, event: Mapping[str, Any]) -> None:
        """Keep one event; an answer becomes ratings at once."""
        before = self.events()
        made = KeptEvent(
            test_id=self.plan.test_id, listener=self.listener, run=self.listener, position=len(before), event=event
        )
        keep_and_rate(self.session, self.plan, [made], now=self.clock())
        self._follow()

    def _follow(self) -> None:
        answered = answers_of(self.events())
        self.widget.answered_n = len(answered)
        self.widget.finished = len(answered) >= self.pages_n - 1

    def _receive(self, _: Any, message: dict[str, Any], buffers: Any) -> None:
        kind = message.get("type")
        if kind == "hello":
            self.widget.send({"type": "past", "events": [dict(one.event) for one in self.events()]})
        elif kind == "sound":
            self._send_sound(str(message.get("sound")))
        elif kind == "event" and usable(message.get("event")):
            self.keep(message["event"])
            self.widget.send({"type": "kept", "number": message.get("number")})
        elif kind == "reveal":
            self._reveal(str(message.get("page")))

    def _reveal(self, page: str) -> None:
        """Tell what was behind the letters of a page that is answered (of all, once all are), and write that down."""
        answered, when = answers_of(self.events()), self.widget.test["reveal"]
        pages = {"vote": {page}, "end": set(answered) if self.widget.finished else set()}.get(when, set())
        told = revealed_trials(self.plan, [trial for trial in self.trials if trial.page in pages], answered)
        if told:
            self.keep({"type": "revealed", "page": page, "at_ms": round(self.clock() * 1000)})
        self.widget.send({"type": "revealed", "page": page, "trials": told})

    def _send_sound(self, sound: str) -> None:
        about = {"sound": sound}
        if sound not in self.sounds:
            self.widget.send({**about, "type": "no sound", "text": "there is no such sound in this test"})
            return
        try:
            file = sound_file(self.session, self.plan, sound)
        except (OSError, SunoLabError):
            # the reason names a clip or a path, which a listener must not see; the log of the kernel has it
            self.widget.send({**about, "type": "no sound", "text": "this piece cannot be played"})
            raise
        self.widget.send({**about, "type": "sound"}, buffers=[file])


def usable(event: Any) -> bool:
    """Whether something that came from a page is an event of a bearable size."""
    return isinstance(event, dict) and isinstance(event.get("type"), str) and len(canonical(event)) <= LONGEST_EVENT


def keep_and_rate(session: Any, plan: Plan, events: Iterable[KeptEvent], *, now: float) -> int:
    """Keep events, and the ratings that follow from answers which are new; how many votes were new."""
    new = kept.keep_events(session.journal, events, now=now)
    pages = {one.event.get("page") for one in new if one.event.get("type") == "done"}
    rows = []
    for run in {one.run for one in new} if pages else ():
        known = kept.events_of(session.journal, plan.test_id, run=run)
        first = {page for page in pages if _is_first(known, new, page)}
        rows += [vote for vote in votes_of(plan, known) if vote.page in first]
    ratings.keep(session.journal, ratings_of(rows), now=now)
    return len(rows)


def _is_first(known: Iterable[KeptEvent], new: list[KeptEvent], page: Any) -> bool:
    """Whether the first answer to a page is among the new events (a second one changes nothing)."""
    first = next((e for e in known if e.event.get("type") == "done" and e.event.get("page") == page), None)
    return first is not None and any((e.run, e.position) == (first.run, first.position) for e in new)


# ── settings and plans ───────────────────────────────────────────────────────────────────────────────────────────────
def settings_of(form: str, options: Mapping[str, Any]) -> ListeningSettings:
    """Settings from a caller's keywords; questions may be given by name.

    Raises
    ------
    TypeError
        For a keyword that is no setting.
    StudyError
        For a question that is not known by name, or settings that do not go together.
    """
    known = [f.name for f in fields(ListeningSettings)]
    for name in options:
        if name not in known:
            raise TypeError(unknown_keyword("listening_test", name, known))
    values: dict[str, Any] = {"form": form, **options}
    asked = values.get("questions", "likeness" if form == "mushra" else None)
    if asked is not None:
        values["questions"] = tuple(_question(q) for q in ((asked,) if isinstance(asked, str | Question) else asked))
    for name in ("conditions", "consent", "questionnaire"):
        if values.get(name) is not None:
            values[name] = (values[name],) if isinstance(values[name], str) else tuple(values[name])
    return ListeningSettings(**values)


def _question(given: str | Question) -> Question:
    if isinstance(given, Question):
        return given
    if given not in QUESTIONS:
        raise StudyError(f"no question is called {given!r}; there are {', '.join(QUESTIONS)}, or give a Question")
    return QUESTIONS[given]


def kept_plan(session: Any, name: str, settings: ListeningSettings, *, salt: str, now: float) -> Plan:
    """The plan of the test of that name: the kept one, or a new one that is kept before it is used.

    Raises
    ------
    StudyError
        When the kept one was made with other settings.
    """
    known = kept.find_test(session.journal, name=name)
    if known is not None:
        kept.same_settings(known, settings.as_json())
        return plan_from(json.loads(known.plan))
    plan = plan_test(session, name, settings, salt=salt)
    made = KeptTest(
        test_id=plan.test_id,
        name=name,
        settings=canonical(settings.as_json()),
        plan=plan.as_json(),
        plan_sha256=plan.sha256,
    )
    kept.keep_test(session.journal, made, now=now)
    return plan


def sitting_of(session: Any, plan: Plan, listener: str) -> int:
    """The sitting of a listener: the one begun before, else the first that nobody has taken.

    Raises
    ------
    StudyError
        When all are taken.
    """
    starts = [e for e in kept.events_of(session.journal, plan.test_id) if e.event.get("type") == "start"]
    taken = {event.run: int(event.event.get("sitting", -1)) for event in starts}
    if listener in taken:
        return taken[listener]
    free = [number for number in range(len(plan.sittings)) if number not in taken.values()]
    if not free:
        raise StudyError(
            f"all {len(plan.sittings)} sittings of {plan.name!r} are taken; plan one for more with listeners_n="
        )
    return free[0]


def listening_test(
    session: Any,
    form: str = "ab",
    *,
    name: str = NAME,
    listener: str = "me",
    clock: Callable[[], float] = time.time,
    salt: str | None = None,
    reveal: str | None = None,
    **settings: Any,
) -> ListeningTest:
    """A blind listening test on the clips of a session; votes are kept in ``session.ratings``.

    The same ``name`` continues the same test: after a closed tab or a new kernel it goes on where the listener was.

    Parameters
    ----------
    session : SunoSession
    form : str
        ``"ab"`` (with *no difference* and *both are bad*), ``"abx"``, ``"rating"`` (several pieces, one scale),
        ``"mushra"`` (the same against a ``reference``), ``"category"`` (one piece, five words).
    name, listener : str
        Of the test, and of who is listening. Each listener has a sitting of their own.
    clock : callable
        Now in Unix seconds.
    salt : str, optional
        What the random words for pages and sounds are made from; fresh by default.
    reveal : str, optional
        Whether the listener is told what was behind the letters: ``"vote"`` after each answer, ``"end"`` after the
        last. Not at all by default. Who was told once knows more in later trials: each vote says how often that was
        (``revealed_n``).
    **settings
        - ``by``, ``item``: what is compared (``"model"``), and within what (``"prompt_id"``)
        - ``conditions``: only these; ``reference``: the condition that is the reference
        - ``questions``: names (``"preference"``, ``"fit"``, ``"vocals"``, ``"quality"``, ``"musicality"``,
          ``"likeness"``) or :class:`Question` values
        - ``excerpt_s``, ``match``: how long, and ``"position"`` or a section such as ``"chorus"``
        - ``listeners_n``, ``minutes`` or ``trials_n``: for whom and for how long it is planned
        - ``repeats``, ``same_n``, ``degraded_n``, ``training_n``: share of repeated trials, traps, practice
        - ``least_heard_s``: seconds of each piece that must be heard before a vote
        - ``break_every_n``, ``headphones``, ``consent``, ``questionnaire``: pages around the trials
        - ``seed``: of the plan

    Raises
    ------
    StudyError
        When there is nothing to compare, settings do not go together, or the name stands for another test.
    TypeError
        For a keyword that is none of these.
    """
    chosen, when = settings_of(form, settings), checked_reveal(reveal)
    plan = kept_plan(session, name, chosen, salt=salt or secrets.token_hex(16), now=clock())
    sitting = sitting_of(session, plan, listener)
    made = ListeningTest(test={**sitting_pages(plan, sitting), "reveal": when})
    made.behind = SessionListening(session, plan=plan, listener=listener, sitting=sitting, widget=made, clock=clock)
    return made


def listening_votes(session: Any, name: str | None = None) -> pd.DataFrame:
    """Every vote of one test or of all, traps and repeats included, with what was behind the letters.

    Returns
    -------
    pandas.DataFrame
        One row an answer (of a multi-stimulus trial one a piece); columns as in
        :class:`~suno_lab.widgets.listening.votes.Vote`.
    """
    votes = []
    for test in kept.tests(session.journal):
        if name in (None, test.name):
            plan = plan_from(json.loads(test.plan))
            by_run: dict[str, list[KeptEvent]] = {}
            for event in kept.events_of(session.journal, test.test_id):
                by_run.setdefault(event.run, []).append(event)
            votes += [vote for events in by_run.values() for vote in votes_of(plan, events)]
    return votes_frame(votes)
