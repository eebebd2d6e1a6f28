"""Named faults: what can go wrong on purpose, how often, and the dice that decide it.

A fault strikes a *call* (before it is handled, or its answer on the way back), a *task* (decided when the task is
accepted, so that it stays true for every later question) or a *file*.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Strikes(StrEnum):
    """What a fault happens to."""

    CREATION = "creation"  #: a call that would make or charge something, before it is handled
    CALL = "call"  #: any call of the protocol, before it is handled
    ANSWER = "answer"  #: the answer of any call of the protocol, after it was handled (and charged)
    TASK = "task"  #: a task, from its acceptance on


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that can go wrong."""

    name: str
    strikes: Strikes
    doc: str


_ROWS: tuple[tuple[str, Strikes, str], ...] = (
    ("rate_limit", Strikes.CREATION, "refused as too frequent; nothing is charged"),
    ("no_credits", Strikes.CREATION, "refused for lack of credits, whatever the balance"),
    ("maintenance", Strikes.CALL, "code 455"),
    ("server_error", Strikes.CALL, "HTTP 500 and code 500, before anything is done"),
    ("connection_reset", Strikes.CALL, "the connection is reset before anything is done"),
    ("lost_answer", Strikes.ANSWER, "the call is done and charged, then the connection is reset"),
    ("slow_answer", Strikes.ANSWER, "the call is done and charged, the answer comes after slow_answer_s"),
    ("truncated_body", Strikes.ANSWER, "the call is done and charged, the answer breaks off half way"),
    ("wrong_json", Strikes.ANSWER, "the call is done and charged, the answer is not JSON"),
    ("refunded_531", Strikes.TASK, "ends in GENERATE_AUDIO_FAILED with errorCode 531; the credits come back"),
    ("sensitive_word", Strikes.TASK, "ends in SENSITIVE_WORD_ERROR; the credits come back"),
    ("success_without_audio", Strikes.TASK, "SUCCESS with an empty audioUrl; sourceAudioUrl is there"),
    ("null_duration", Strikes.TASK, "SUCCESS with duration null"),
    ("expired_link", Strikes.TASK, "the audio links answer 404 as if their days were over; recovery mends them"),
    ("empty_file", Strikes.TASK, "the audio links answer 200 with no bytes; recovery mends them"),
    ("callback_exception", Strikes.TASK, "ends in CALLBACK_EXCEPTION although the audio exists"),
    ("duplicate_callback", Strikes.TASK, "every callback is sent twice"),
    ("late_callback", Strikes.TASK, "every callback comes one latency late"),
    ("skipped_states", Strikes.TASK, "PENDING, then at once the end state; the early callbacks are left out"),
)
FAULTS: Mapping[str, Fault] = {name: Fault(name=name, strikes=strikes, doc=doc) for name, strikes, doc in _ROWS}

#: Words that end a task in ``SENSITIVE_WORD_ERROR`` whenever they are asked for, with the message that follows.
SENSITIVE_WORDS: Mapping[str, str] = {
    "forbidden-word": "Song Description flagged for moderation",
    "famous-artist": "Song Description contained artist name: famous-artist",
}


def sensitive_message(text: str) -> str | None:
    """What moderation says about ``text``; None where it says nothing."""
    lowered = text.lower()
    return next((message for word, message in SENSITIVE_WORDS.items() if word in lowered), None)


class Dice:
    """Seeded draws, one for every question that was asked before.

    Parameters
    ----------
    seed : int
        Equal seeds give equal sequences.
    start : int
        What has happened before, so that a restart does not begin the sequence again.
    """

    def __init__(self, seed: int, *, start: int = 0) -> None:
        self._random = random.Random(f"{seed}/{start}")

    def struck(self, rates: Mapping[str, float], where: Iterable[Strikes]) -> tuple[str, ...]:
        """The faults of kind ``where`` that happen this time."""
        kinds = set(where)
        return tuple(
            name for name, rate in rates.items() if FAULTS[name].strikes in kinds and self._random.random() < rate
        )
