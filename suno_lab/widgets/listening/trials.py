"""What a listening test is made of, as plain values: settings, questions, sounds, trials, and the plan that joins them.

The plan knows what is behind every letter. It goes into the journal and nowhere else; what a listener's page gets is
made from it by :mod:`suno_lab.widgets.listening.pages`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from suno_lab.errors import StudyError
from suno_lab.store.hashes import canonical
from suno_lab.studies.assignment import Purpose
from suno_lab.widgets.listening.excerpts import Treatment

Form = Literal["ab", "abx", "rating", "mushra", "category"]
FORMS: tuple[Form, ...] = ("ab", "abx", "rating", "mushra", "category")
Role = Literal["clip", "reference", "anchor"]

CONSENT = (
    "You will hear short pieces of music made by computer programs and be asked what you think of them.",
    "Taking part is voluntary. You may stop at any moment, without a reason and without a disadvantage.",
    "Kept are your answers, when you gave them, and what you played. No name, no address, no sound from your side.",
)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a trial.

    Attributes
    ----------
    name : str
        The scale under which answers are kept.
    of_pair, of_one : str
        As it is asked of two excerpts, and of a single one.
    shows_prompt : bool
        Whether what was asked for has to be shown.
    """

    name: str
    of_pair: str
    of_one: str
    shows_prompt: bool = False


QUESTIONS: Mapping[str, Question] = {
    q.name: q
    for q in (
        Question(name="preference", of_pair="Which one do you prefer?", of_one="How much do you like it?"),
        Question(
            name="fit",
            of_pair="Which one fits the description better?",
            of_one="How well does it fit the description?",
            shows_prompt=True,
        ),
        Question(name="vocals", of_pair="Which singing is better?", of_one="How good is the singing?"),
        Question(name="quality", of_pair="Which one sounds cleaner?", of_one="How good is the sound quality?"),
        Question(
            name="likeness",
            of_pair="Which one is closer to the reference?",
            of_one="How close does it come to the reference?",
        ),
        Question(name="musicality", of_pair="Which one is the better music?", of_one="How good is it as music?"),
    )
}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One line of the questionnaire at the end: a choice where there are ``options``, free words otherwise."""

    name: str
    text: str
    options: tuple[str, ...] = ()


QUESTIONNAIRE = (
    Field(
        name="training",
        text="Years of musical training",
        options=("none", "up to 2", "3 to 5", "6 to 10", "more than 10"),
    ),
    Field(name="listening", text="What did you listen with?", options=("headphones", "loudspeakers", "a built-in one")),
    Field(name="hearing", text="Do you know of a hearing impairment?", options=("no", "yes", "I would rather not say")),
    Field(name="remarks", text="Anything you would like to add?"),
)


@dataclass(frozen=True, kw_only=True)
class ListeningSettings:
    """How a test is made; see :func:`suno_lab.widgets.listening.listening_test` for the meaning of each."""

    form: Form = "ab"
    by: str = "model"
    item: str = "prompt_id"
    questions: tuple[Question, ...] = (QUESTIONS["preference"],)
    conditions: tuple[str, ...] | None = None
    reference: str | None = None
    excerpt_s: float = 12.0
    match: str = "position"
    listeners_n: int = 1
    minutes: float = 15.0
    trials_n: int | None = None
    repeats: float = 0.1
    same_n: int = 1
    degraded_n: int = 1
    training_n: int = 1
    least_heard_s: float = 4.0
    break_every_n: int = 15
    headphones: bool = True
    consent: tuple[str, ...] = CONSENT
    questionnaire: tuple[Field, ...] = QUESTIONNAIRE
    seed: int = 0

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise StudyError(f"form is one of {', '.join(FORMS)}, got {self.form!r}")
        if (self.form == "mushra") != (self.reference is not None):
            raise StudyError(
                'form="mushra" and reference= go together: the method compares with an open reference, '
                'and without one form="rating" is the honest choice'
            )
        if not self.questions and self.form != "abx":
            raise StudyError("a trial asks at least one question")
        names = [question.name for question in self.questions]
        if len(set(names)) < len(names):
            raise StudyError(f"each question is asked once, got {', '.join(names)}")

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the questions of every trial."""
        return ("abx",) if self.form == "abx" else tuple(question.name for question in self.questions)

    def as_json(self) -> dict[str, Any]:
        """As a mapping of plain values."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Sound:
    """One thing to hear. ``sound`` is a random word and all that a listener's page ever learns."""

    sound: str
    clip_id: str
    condition: str
    start_s: float
    end_s: float
    treatment: Treatment = "plain"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One trial of one listener.

    Attributes
    ----------
    page : str
        A random word that names the page.
    sounds, roles : tuple of str
        What is behind the letters A, B, …, in order.
    reference : str or None
        The sound that is shown as the reference.
    x : str or None
        Of an ABX trial: the sound behind X; one of the two under another name.
    repeat_of : str or None
        The page that this one repeats.
    """

    page: str
    purpose: Purpose
    item: str
    prompt: str
    sounds: tuple[str, ...]
    roles: tuple[Role, ...]
    matched_by: str
    reference: str | None = None
    x: str | None = None
    repeat_of: str | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A whole test: who hears what."""

    test_id: str
    name: str
    settings: ListeningSettings
    sounds: tuple[Sound, ...]
    target_lufs: float
    sittings: tuple[tuple[Trial, ...], ...] = field(repr=False)
    emulated: bool = False

    def sound(self, sound: str) -> Sound:
        """One sound by its word.

        Raises
        ------
        StudyError
            The plan has no such sound.
        """
        for known in self.sounds:
            if known.sound == sound:
                return known
        raise StudyError(f"the test {self.name!r} has no sound {sound!r}")

    def as_json(self) -> str:
        """The plan as text; the same text for the same plan."""
        return canonical(asdict(self))

    @property
    def sha256(self) -> str:
        """What can be published before the first vote, to show afterwards that nothing was changed.

        The random words in the plan keep anyone from trying out plans until one fits.
        """
        return hashlib.sha256(self.as_json().encode("ascii")).hexdigest()


def settings_from(values: Mapping[str, Any]) -> ListeningSettings:
    """Settings from :meth:`ListeningSettings.as_json`."""
    rows = {
        "questions": tuple(Question(**row) for row in values["questions"]),
        "questionnaire": tuple(Field(**{**row, "options": tuple(row["options"])}) for row in values["questionnaire"]),
        "consent": tuple(values["consent"]),
        "conditions": None if values["conditions"] is None else tuple(values["conditions"]),
    }
    return ListeningSettings(**{**values, **rows})


def plan_from(values: Mapping[str, Any]) -> Plan:
    """A plan from the parsed text of :meth:`Plan.as_json`."""
    rows = {
        "settings": settings_from(values["settings"]),
        "sounds": tuple(Sound(**row) for row in values["sounds"]),
        "sittings": tuple(tuple(_trial(row) for row in sitting) for sitting in values["sittings"]),
    }
    return Plan(**{**values, **rows})


def _trial(row: Mapping[str, Any]) -> Trial:
    return Trial(**{**row, "sounds": tuple(row["sounds"]), "roles": tuple(row["roles"])})
