"""What was behind the letters, told to a listener after the vote: in the notebook only, and only where asked for.

A file for listeners elsewhere cannot tell: which model is behind a letter does not stand in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from suno_lab.errors import StudyError
from suno_lab.widgets.listening.pages import LETTERS, PAIR_OPTIONS, WORDS
from suno_lab.widgets.listening.trials import Plan, Role, Trial

Reveal = Literal["vote", "end"]
WHEN: tuple[Reveal, ...] = ("vote", "end")

OF_ROLE: Mapping[Role, str] = {
    "clip": "",
    "reference": " – the reference itself",
    "anchor": " – dulled, the low anchor",
}


def checked_reveal(reveal: str | None) -> str:
    """When to tell, as a page knows it: ``"vote"``, ``"end"``, or nothing.

    Raises
    ------
    StudyError
        For another word.
    """
    if reveal is not None and reveal not in WHEN:
        raise StudyError(f'reveal is "vote" (after each answer), "end" (after the last) or None, got {reveal!r}')
    return reveal or ""


def revealed_trials(
    plan: Plan, trials: Iterable[Trial], answered: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What was behind the letters of trials that are answered; of others nothing.

    Parameters
    ----------
    answered : mapping of str to mapping
        Answers by page, as kept.

    Returns
    -------
    list of dict
        One a trial, plain values: ``prompt``, ``pieces`` (``name``, ``was``), ``answers`` (``question``, ``answer``).
    """
    return [_revealed(plan, trial, answered[trial.page]) for trial in trials if trial.page in answered]


def _revealed(plan: Plan, trial: Trial, event: Mapping[str, Any]) -> dict[str, Any]:
    told = list(zip(LETTERS, trial.sounds, trial.roles, strict=False))
    pieces = [{"name": name, "was": _was(plan, sound, role)} for name, sound, role in told]
    if trial.x is not None:
        same = plan.sound(trial.x).clip_id
        x = next(name for name, sound, _ in told if plan.sound(sound).clip_id == same)
        pieces.append({"name": "X", "was": f"the same as {x}"})
    given = event.get("answers")
    answers = given if isinstance(given, dict) else {}
    return {
        "prompt": trial.prompt,
        "pieces": pieces,
        "answers": [
            {"question": name, "answer": _in_words(plan, answers[name], trial.sounds)}
            for name in plan.settings.asked
            if name in answers
        ],
    }


def _was(plan: Plan, sound: str, role: Role) -> str:
    of = plan.sound(sound)
    model = f"{of.condition} (emulated)" if plan.emulated else of.condition
    spoilt = " – spoilt on purpose" if of.treatment == "degraded" else ""
    return f"{model}{spoilt}{OF_ROLE[role]}"


def _in_words(plan: Plan, answer: Any, sounds: Sequence[str]) -> str:
    """An answer as the page had it."""
    if isinstance(answer, dict):
        return ", ".join(f"{name} {answer[s]}" for name, s in zip(LETTERS, sounds, strict=False) if s in answer)
    known = (
        {str(i): word for i, word in enumerate(WORDS, 1)} if plan.settings.form == "category" else dict(PAIR_OPTIONS)
    )
    return known.get(str(answer), str(answer))
