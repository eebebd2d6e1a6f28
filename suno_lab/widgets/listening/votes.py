"""From events to votes: where the letters are turned back into clips. Only here, and only from the plan."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, get_type_hints

from suno_lab.store.listening import KeptEvent
from suno_lab.store.ratings import Rating
from suno_lab.widgets.listening.pages import WORDS
from suno_lab.widgets.listening.trials import Plan, Trial

if TYPE_CHECKING:
    import pandas as pd

PAIR_VALUES = {"first": 1.0, "second": 0.0, "tie": 0.5, "both_bad": 0.5}
HEARD_TOLERANCE_S = 0.3  #: fades and the clock's grain


@dataclass(frozen=True, kw_only=True)
class Vote:
    """One answer. Of a pair, ``value`` is 1 for ``clip_id``, 0 for ``other_clip_id``, 0.5 for a tie or two bad ones;
    of an ABX trial 1 for a right answer; of a scale the number given.

    Attributes
    ----------
    listened : bool
        Whether everything was heard for as long as the test demands; other answers are no ratings.
    revealed_n : int
        How often the listener had been told before what was behind the letters of other pages.
    """

    test: str
    listener: str
    run: str
    position: int
    page: str
    purpose: str
    form: str
    item: str
    question: str
    clip_id: str
    condition: str
    role: str
    treatment: str
    answer: str
    value: float
    start_s: float
    end_s: float
    matched_by: str
    heard_s: float
    took_s: float
    listened: bool
    other_clip_id: str | None = None
    other_condition: str | None = None
    other_treatment: str | None = None
    repeat_of: str | None = None
    comment: str | None = None
    revealed_n: int = 0


def answers_of(events: Iterable[KeptEvent]) -> dict[str, Mapping[str, Any]]:
    """The answer to each page of one sitting: the first one, later ones change nothing."""
    done: dict[str, Mapping[str, Any]] = {}
    for kept in events:
        if kept.event.get("type") == "done" and isinstance(kept.event.get("page"), str):
            done.setdefault(kept.event["page"], kept.event)
    return done


def _revealed_before(events: Iterable[KeptEvent]) -> dict[str, int]:
    """Of each answered page, how many others had been revealed when it was answered."""
    revealed: set[str] = set()
    before: dict[str, int] = {}
    for kept in events:
        kind, page = kept.event.get("type"), str(kept.event.get("page"))
        if kind == "revealed":
            revealed.add(page)
        elif kind == "done":
            before.setdefault(page, len(revealed))
    return before


def votes_of(plan: Plan, events: Sequence[KeptEvent]) -> list[Vote]:
    """All votes of one sitting, in order of presentation.

    Parameters
    ----------
    events : sequence of KeptEvent
        Of one run; the listener's number is told by the pages that were answered.
    """
    answered, revealed = answers_of(events), _revealed_before(events)
    who = {"test": plan.name, "listener": events[0].listener, "run": events[0].run} if events else {}
    return [
        vote
        for sitting in plan.sittings
        for position, trial in enumerate(sitting)
        if trial.page in answered
        for vote in _votes(
            plan, trial, answered[trial.page], {**who, "position": position, "revealed_n": revealed[trial.page]}
        )
    ]


def ratings_of(votes: Iterable[Vote]) -> list[Rating]:
    """What belongs into ``session.ratings``: of tests proper, heard long enough; no traps, no repeats, no anchors."""
    return [
        Rating(
            clip_id=vote.clip_id,
            other_clip_id=vote.other_clip_id,
            rater=vote.listener,
            kind="preference" if vote.form == "ab" else "label" if vote.form == "abx" else "rating",
            scale=vote.question,
            value=vote.value,
            label=vote.answer,
            note=vote.comment,
            start_s=vote.start_s,
            end_s=vote.end_s,
        )
        for vote in votes
        if vote.purpose == "test" and vote.listened and vote.role == "clip"
    ]


def votes_frame(votes: Iterable[Vote]) -> pd.DataFrame:
    """Votes as a frame with one column a field, the same with and without rows."""
    import pandas as pd

    dtypes = {str: "string", str | None: "string", int: "int64", float: "float64", bool: "bool"}
    hints = get_type_hints(Vote)
    rows = [asdict(vote) for vote in votes]
    columns = {f.name: pd.Series([row[f.name] for row in rows], dtype=dtypes[hints[f.name]]) for f in fields(Vote)}
    return pd.DataFrame(columns)


# ── one trial ────────────────────────────────────────────────────────────────────────────────────────────────────────
def _votes(plan: Plan, trial: Trial, event: Mapping[str, Any], who: Mapping[str, Any]) -> Iterator[Vote]:
    heard = event.get("heard_s")
    heard_s = [_number(heard.get(sound)) for sound in trial.sounds] if isinstance(heard, dict) else [0.0]
    first = plan.sound(trial.sounds[0])
    wanted_s = min(plan.settings.least_heard_s, first.end_s - first.start_s) - HEARD_TOLERANCE_S
    about = {
        **who,
        "page": trial.page,
        "purpose": trial.purpose,
        "form": plan.settings.form,
        "item": trial.item,
        "matched_by": trial.matched_by,
        "repeat_of": trial.repeat_of,
        "heard_s": round(min(heard_s), 3),
        "took_s": round(_number(event.get("took_s")), 3),
        "listened": min(heard_s) >= wanted_s,
        "comment": _comment(event.get("comment")),
    }
    given = event.get("answers")
    answers: Mapping[str, Any] = given if isinstance(given, dict) else {}
    for question in plan.settings.asked:
        if question in answers:
            yield from _answered(plan, trial, question, answers[question], about)


def _answered(plan: Plan, trial: Trial, question: str, answer: Any, about: Mapping[str, Any]) -> Iterator[Vote]:
    word = answer if isinstance(answer, str) else ""
    if plan.settings.form in ("ab", "abx") and word in PAIR_VALUES:
        value = PAIR_VALUES[word] if plan.settings.form == "ab" else float(_names_x(plan, trial, word))
        yield _vote(plan, trial, 0, question, word, value, {**about, **_other(plan, trial)})
    elif plan.settings.form == "category" and word in {str(i) for i in range(1, len(WORDS) + 1)}:
        yield _vote(plan, trial, 0, question, WORDS[int(word) - 1], float(word), about)
    elif plan.settings.form in ("rating", "mushra") and isinstance(answer, dict):
        for place, sound in enumerate(trial.sounds):
            value = _number(answer.get(sound), missing=math.nan)
            if 0 <= value <= 100:
                yield _vote(plan, trial, place, question, f"{value:g}", value, about)


def _names_x(plan: Plan, trial: Trial, answer: str) -> bool:
    assert trial.x is not None
    chosen = trial.sounds[0 if answer == "first" else 1]
    return answer in ("first", "second") and plan.sound(chosen).clip_id == plan.sound(trial.x).clip_id


def _other(plan: Plan, trial: Trial) -> dict[str, str]:
    other = plan.sound(trial.sounds[1])
    return {
        "other_clip_id": other.clip_id,
        "other_condition": other.condition,
        "other_treatment": other.treatment,
    }


def _vote(
    plan: Plan, trial: Trial, place: int, question: str, answer: str, value: float, about: Mapping[str, Any]
) -> Vote:
    sound = plan.sound(trial.sounds[place])
    return Vote(
        **about,
        question=question,
        answer=answer,
        value=value,
        clip_id=sound.clip_id,
        condition=sound.condition,
        treatment=sound.treatment,
        role=trial.roles[place],
        start_s=sound.start_s,
        end_s=sound.end_s,
    )


def _number(value: Any, *, missing: float = 0.0) -> float:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if usable else missing


def _comment(value: Any) -> str | None:
    return value.strip()[:2000] or None if isinstance(value, str) else None
