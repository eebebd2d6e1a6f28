"""What a listener's page gets of a plan: pages, letters, and words for sounds. Nothing that tells a model."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

from suno_lab.widgets.base import EMULATED_NOTE
from suno_lab.widgets.listening.trials import ListeningSettings, Plan, Question, Trial

Page = dict[str, Any]

LETTERS = "ABCDEFGHIJKLMNOP"
#: the five words of ITU-R BS.1284 and ITU-T P.800, worst first
WORDS = ("bad", "poor", "fair", "good", "excellent")
PAIR_OPTIONS = (("first", "A"), ("second", "B"), ("tie", "no difference to me"), ("both_bad", "both are bad"))
HEADPHONE_TRIALS_N = 6


def sitting_pages(plan: Plan, listener: int) -> Page:
    """Everything the page of one listener is told, as plain values.

    Parameters
    ----------
    listener : int
        From 0.
    """
    settings, trials = plan.settings, plan.sittings[listener]
    return {
        "test": plan.test_id,
        "commitment": plan.sha256,
        "listener": listener,
        "least_heard_s": settings.least_heard_s,
        "note": EMULATED_NOTE if plan.emulated else "",
        "pages": list(_pages(settings, trials, listener)),
    }


def sounds_of(trials: Sequence[Trial]) -> list[str]:
    """The words of all sounds of a sitting, in order of their first appearance."""
    heard = (s for trial in trials for s in (*trial.sounds, trial.reference, trial.x) if s is not None)
    return list(dict.fromkeys(heard))


def _pages(settings: ListeningSettings, trials: Sequence[Trial], listener: int) -> Iterator[Page]:
    yield {"page": "consent", "kind": "consent", "title": "Before you begin", "lines": list(settings.consent)}
    yield {"page": "instructions", "kind": "text", "title": "What to do", "lines": _instructions(settings)}
    if settings.headphones:
        yield _headphone_page(random.Random(f"{settings.seed}/headphones/{listener}"))
    counted_n = sum(trial.purpose != "training" for trial in trials)
    heard_n = 0
    for trial in trials:
        practice = trial.purpose == "training"
        heard_n += not practice
        title = "Practice: this one does not count" if practice else f"{heard_n} of {counted_n}"
        yield _trial_page(settings, trial, title=title)
        if settings.break_every_n and heard_n % settings.break_every_n == 0 and 0 < heard_n < counted_n:
            yield _break_page(heard_n, counted_n)
    if settings.questionnaire:
        fields = [{"name": f.name, "text": f.text, "options": list(f.options)} for f in settings.questionnaire]
        yield {"page": "questionnaire", "kind": "questionnaire", "title": "About you", "fields": fields}
    yield {"page": "end", "kind": "end", "title": "Thank you"}


def _instructions(settings: ListeningSettings) -> list[str]:
    what = {
        "ab": "On every page you hear two pieces, A and B. Switch between them as often as you like.",
        "abx": "On every page you hear A, B and X. X is one of the two: say which.",
        "category": "On every page you hear one piece and judge it.",
        "rating": "On every page you hear several pieces. Give each a place on the scale; equal ones an equal place.",
        "mushra": (
            "On every page you hear a reference and several versions. Rate how close each comes to the reference; "
            "one of them is the reference itself and belongs at the top."
        ),
    }[settings.form]
    return [
        "Use headphones, in a quiet room. Set the volume once, during practice, and leave it.",
        what,
        f"You can answer once every piece was heard for {settings.least_heard_s:g} s. There is no right answer "
        "to find out and no hurry; a first impression after listening is what counts.",
        "Keys: letters choose a piece, space starts and stops it. You may close this page and come back later.",
    ]


def _headphone_page(rng: random.Random) -> Page:
    """Three tones a trial: which is the quietest? On loudspeakers the one in antiphase is taken for it.

    After K. J. P. Woods, M. H. Siegel, J. Traer & J. H. McDermott, "Headphone screening to facilitate web-based
    auditory experiments" (2017).
    """
    orders = [rng.sample(["plain", "quiet", "antiphase"], k=3) for _ in range(HEADPHONE_TRIALS_N)]
    lines = ["You hear three tones in a row, six times. Say each time which one was the quietest."]
    return {"page": "headphones", "kind": "headphones", "title": "Your headphones", "lines": lines, "orders": orders}


def _break_page(heard_n: int, counted_n: int) -> Page:
    lines = [f"{heard_n} of {counted_n} are done. Take a minute off: ears tire before one notices."]
    return {"page": f"break-{heard_n}", "kind": "text", "title": "A break", "lines": lines}


def _trial_page(settings: ListeningSettings, trial: Trial, *, title: str) -> Page:
    questions = [_question(settings, question) for question in settings.questions]
    if settings.form == "abx":
        options = [["first", "A"], ["second", "B"]]
        questions = [{"name": "abx", "kind": "choice", "text": "Which one is X?", "options": options}]
    shows_prompt = any(question.shows_prompt for question in settings.questions)
    return {
        "page": trial.page,
        "kind": "trial",
        "title": title,
        "prompt": trial.prompt if shows_prompt else "",
        "pieces": _pieces(trial),
        "questions": questions,
    }


def _pieces(trial: Trial) -> list[dict[str, str]]:
    """Buttons: the reference, the letters, X."""
    pieces = [{"name": name, "sound": sound} for name, sound in zip(LETTERS, trial.sounds, strict=False)]
    if trial.reference is not None:
        pieces.insert(0, {"name": "Reference", "sound": trial.reference})
    if trial.x is not None:
        pieces.append({"name": "X", "sound": trial.x})
    return pieces


def _question(settings: ListeningSettings, question: Question) -> dict[str, Any]:
    if settings.form == "ab":
        options = [list(option) for option in PAIR_OPTIONS]
        return {"name": question.name, "kind": "choice", "text": question.of_pair, "options": options}
    if settings.form == "category":
        options = [[str(i), word] for i, word in enumerate(WORDS, 1)]
        return {"name": question.name, "kind": "choice", "text": question.of_one, "options": options}
    return {"name": question.name, "kind": "slider", "text": question.of_one, "words": list(WORDS)}
