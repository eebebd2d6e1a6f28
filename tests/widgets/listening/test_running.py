from __future__ import annotations

from typing import Any

import pytest

from suno_lab.errors import StudyError
from suno_lab.widgets.listening import ListeningTest, listening_test, listening_votes
from tests.widgets.listening.material import QUICK, ClipsOnDisk, answer_all


def test_votes_are_turned_back_into_clips_and_kept(session: ClipsOnDisk) -> None:
    test = listening_test(session, **QUICK, questions=("preference", "fit"))
    answer_all(test, lambda page: {"preference": "first", "fit": "tie"})
    votes = test.votes
    assert test.finished
    assert set(votes["purpose"]) == {"training", "test", "repeat", "same", "degraded"}
    assert (votes.loc[votes["question"] == "preference", "value"] == 1.0).all()
    rows = session.ratings()
    assert len(rows) == 2 * 2
    plan = test.behind.plan
    for row in rows:
        assert (row["rater"], row["kind"], row["note"]) == ("me", "preference", "warm")
        assert row["value"] == {"preference": 1.0, "fit": 0.5}[row["scale"]]
    [first] = [t for t in plan.sittings[0] if t.purpose == "test"][:1]
    assert rows[0]["clip_id"] == plan.sound(first.sounds[0]).clip_id
    assert rows[0]["other_clip_id"] == plan.sound(first.sounds[1]).clip_id


def test_a_vote_without_listening_is_kept_but_is_no_rating(session: ClipsOnDisk) -> None:
    test = listening_test(session, **QUICK)
    answer_all(test, lambda page: {"preference": "first"}, heard_s=0.1)
    assert not test.votes["listened"].any()
    assert session.ratings() == []


def test_a_second_answer_to_a_page_changes_nothing(session: ClipsOnDisk) -> None:
    test = listening_test(session, **QUICK)
    answer_all(test, lambda page: {"preference": "first"})
    before = session.ratings()
    answer_all(test, lambda page: {"preference": "second"})
    assert session.ratings() == before
    assert (test.votes["value"] == 1.0).all()


def test_a_degraded_trap_knows_its_worse_side(session: ClipsOnDisk) -> None:
    test = listening_test(session, **QUICK)
    answer_all(test, lambda page: {"preference": "first"})
    [trap] = test.votes.query("purpose == 'degraded'").to_dict("records")
    assert sorted([trap["treatment"], trap["other_treatment"]]) == ["degraded", "plain"]


def test_abx_counts_what_is_right(session: ClipsOnDisk) -> None:
    test = listening_test(session, "abx", **QUICK)
    plan = test.behind.plan
    behind = {trial.page: trial for trial in plan.sittings[0]}

    def right(page: dict[str, Any]) -> dict[str, str]:
        trial = behind[page["page"]]
        x = plan.sound(trial.x).clip_id
        return {"abx": "first" if plan.sound(trial.sounds[0]).clip_id == x else "second"}

    answer_all(test, right)
    assert (test.votes["value"] == 1.0).all()
    assert {row["scale"] for row in session.ratings()} == {"abx"}


@pytest.mark.parametrize(("form", "options"), [("rating", {}), ("mushra", {"reference": "V5"})])
def test_scales_give_one_row_a_piece(session: ClipsOnDisk, form: str, options: dict[str, str]) -> None:
    test = listening_test(session, form, **QUICK, **options)
    [question] = test.behind.plan.settings.asked
    answer_all(test, lambda page: {question: {p["sound"]: 40 + i for i, p in enumerate(page["pieces"])}})
    votes = test.votes
    pieces_n = votes.groupby("page").size().unique().tolist()
    assert pieces_n == [{"rating": 2, "mushra": 3}[form]]
    assert votes["value"].between(0, 100).all()
    rated = {row["clip_id"] for row in session.ratings()}
    assert not any("V5" in clip_id for clip_id in rated) or form == "rating"


def test_categories_are_numbers_with_words(session: ClipsOnDisk) -> None:
    test = listening_test(session, "category", **QUICK)
    answer_all(test, lambda page: {"preference": "4"})
    assert {(row["value"], row["label"]) for row in session.ratings()} == {(4.0, "good")}


@pytest.mark.parametrize("nonsense", [None, 7, "third", {"x": 1}, [], "9", float("nan")])
def test_nonsense_is_no_vote(session: ClipsOnDisk, nonsense: Any) -> None:
    test = listening_test(session, **QUICK)
    answer_all(test, lambda page: {"preference": nonsense, "unknown": "first"})
    assert test.votes.empty
    assert session.ratings() == []


def test_the_same_name_goes_on_and_other_settings_are_refused(session: ClipsOnDisk) -> None:
    first = listening_test(session, **QUICK)
    first.behind.keep({"type": "done", "page": "consent", "answers": {}})
    again = listening_test(session, **{**QUICK, "salt": "11"})
    assert again.test == first.test
    assert again.answered_n == 1
    with pytest.raises(StudyError, match="another excerpt_s"):
        listening_test(session, **{**QUICK, "excerpt_s": 3.0})


def test_every_listener_has_a_sitting_until_all_are_taken(session: ClipsOnDisk) -> None:
    options = {**QUICK, "listeners_n": 2}
    ann, bob = (listening_test(session, listener=who, **options) for who in ("ann", "bob"))
    assert ann.test["pages"] != bob.test["pages"]
    assert listening_test(session, listener="ann", **options).test == ann.test
    with pytest.raises(StudyError, match="all 2 sittings"):
        listening_test(session, listener="cem", **options)


def test_messages_are_answered_and_only_own_sounds_are_sent(session: ClipsOnDisk, monkeypatch: Any) -> None:
    test = listening_test(session, **QUICK)
    sent: list[tuple[dict[str, Any], Any]] = []
    monkeypatch.setattr(ListeningTest, "send", lambda self, content, buffers=None: sent.append((content, buffers)))
    receive = test.behind._receive
    receive(test, {"type": "hello"}, [])
    assert sent.pop()[0] == {"type": "past", "events": [{"type": "start", "sitting": 0}]}
    sound = test.test["pages"][2]["pieces"][0]["sound"]
    receive(test, {"type": "sound", "sound": sound}, [])
    content, [file] = sent.pop()
    assert content == {"type": "sound", "sound": sound}
    assert file.startswith(b"RIFF")
    receive(test, {"type": "sound", "sound": "../clip"}, [])
    assert sent.pop()[0]["type"] == "no sound"
    for strange in ("text", {"no": "type"}, {"type": 3}, {"type": "choose", "value": "x" * 60_000}):
        receive(test, {"type": "event", "number": 6, "event": strange}, [])
    assert len(test.behind.events()) == 1
    assert not sent
    receive(test, {"type": "event", "number": 7, "event": {"type": "shown", "page": "consent"}}, [])
    assert sent.pop()[0] == {"type": "kept", "number": 7}


def test_all_tests_of_a_session_are_read_back(session: ClipsOnDisk) -> None:
    assert listening_votes(session).empty
    for name in ("one", "two"):
        answer_all(listening_test(session, name=name, **{**QUICK, "salt": name}), lambda page: {"preference": "tie"})
    votes = listening_votes(session)
    assert set(votes["test"]) == {"one", "two"}
    assert listening_votes(session, "one").equals(votes[votes["test"] == "one"].reset_index(drop=True))
    assert votes.dtypes.equals(listening_votes(session, "none").dtypes)
