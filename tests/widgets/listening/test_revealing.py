from __future__ import annotations

from typing import Any

import pytest

from suno_lab.errors import StudyError
from suno_lab.widgets.listening import ListeningTest, listening_test
from tests.widgets.listening.material import QUICK, ClipsOnDisk, answer_all

Sent = list[dict[str, Any]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What Python tells the page."""
    told: Sent = []
    monkeypatch.setattr(ListeningTest, "send", lambda self, content, buffers=None: told.append(content))
    return told


def asked(test: ListeningTest, sent: Sent, page: str) -> list[dict[str, Any]]:
    test.behind._receive(test, {"type": "reveal", "page": page}, [])
    answer = sent.pop()
    assert (answer["type"], answer["page"]) == ("revealed", page)
    trials: list[dict[str, Any]] = answer["trials"]
    return trials


def trial_pages(test: ListeningTest) -> list[str]:
    return [page["page"] for page in test.test["pages"] if page["kind"] == "trial"]


def vote(test: ListeningTest, page: str) -> None:
    test.behind.keep({"type": "done", "page": page, "answers": {"preference": "second"}})


def test_by_default_nothing_is_told(session: ClipsOnDisk, sent: Sent) -> None:
    test = listening_test(session, **QUICK)
    answer_all(test, lambda page: {"preference": "first"})
    for page in (trial_pages(test)[0], "end"):
        assert asked(test, sent, page) == []
    assert test.votes["revealed_n"].tolist() == [0] * 6


def test_after_each_vote_that_trial_and_no_other_is_told(session: ClipsOnDisk, sent: Sent) -> None:
    test = listening_test(session, **QUICK, reveal="vote")
    first, second, *_ = trial_pages(test)
    assert asked(test, sent, first) == []
    vote(test, first)
    [told] = asked(test, sent, first)
    plan = test.behind.plan
    behind = [f"{plan.sound(sound).condition} (emulated)" for sound in plan.sittings[0][0].sounds]
    assert [piece["was"] for piece in told["pieces"]] == behind
    assert told["answers"] == [{"question": "preference", "answer": "B"}]
    assert asked(test, sent, second) == []
    vote(test, second)
    assert test.votes["revealed_n"].tolist() == [0, 1]


def test_at_the_end_all_is_told_and_not_before(session: ClipsOnDisk, sent: Sent) -> None:
    test = listening_test(session, **QUICK, reveal="end")
    vote(test, trial_pages(test)[0])
    assert asked(test, sent, trial_pages(test)[0]) == asked(test, sent, "end") == []
    answer_all(test, lambda page: {"preference": "first"})
    told = asked(test, sent, "end")
    assert len(told) == len(trial_pages(test))
    assert sum("spoilt on purpose" in piece["was"] for trial in told for piece in trial["pieces"]) == 1
    assert set(test.votes["revealed_n"]) == {0}


def test_references_anchors_and_x_are_named(session: ClipsOnDisk, sent: Sent) -> None:
    mushra = listening_test(session, "mushra", **QUICK, reference="V4_5", reveal="vote")
    page = trial_pages(mushra)[0]
    vote(mushra, page)
    said = " ".join(piece["was"] for piece in asked(mushra, sent, page)[0]["pieces"])
    assert "the reference itself" in said
    assert "the low anchor" in said
    abx = listening_test(session, "abx", **{**QUICK, "salt": "1"}, name="abx", reveal="vote")
    page, trial = trial_pages(abx)[0], abx.behind.trials[0]
    vote(abx, page)
    place = [abx.behind.plan.sound(s).clip_id for s in trial.sounds].index(abx.behind.plan.sound(trial.x).clip_id)
    assert asked(abx, sent, page)[0]["pieces"][-1] == {"name": "X", "was": f"the same as {'AB'[place]}"}


def test_it_is_no_part_of_the_plan(session: ClipsOnDisk) -> None:
    """The same test goes on with and without it, and what was published of it beforehand holds."""
    plain = listening_test(session, **QUICK)
    telling = listening_test(session, **QUICK, reveal="end")
    assert telling.test == {**plain.test, "reveal": "end"}


def test_another_word_is_refused(session: ClipsOnDisk) -> None:
    with pytest.raises(StudyError, match="after each answer"):
        listening_test(session, **QUICK, reveal="always")
