"""Listening from a session: tests, files, votes and labels on clips that were really asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from suno_lab import SunoSession
from suno_lab.errors import StudyError
from suno_lab.studies.preference import preferences
from suno_lab.studies.screening import screen_listeners
from tests.widgets.listening.material import QUICK, answer_all


@pytest.fixture
def asked(session: SunoSession) -> SunoSession:
    for description in ("calm piano", "fast drums"):
        for model in ("V4_5", "V5"):
            session.generate(description, model=model)
    return session


def test_votes_become_ratings_and_findings(asked: SunoSession) -> None:
    test = asked.listening_test("ab", **{**QUICK, "trials_n": 4})
    answer_all(test, lambda page: {"preference": "first"})
    ratings = asked.ratings
    assert (ratings["kind"] == "preference").sum() == 4
    assert set(ratings["clip_id"]) | set(ratings["other_clip_id"]) <= set(asked.clips.index)
    votes = asked.listening_votes()
    assert set(votes["condition"]) == {"V4_5", "V5"}
    [row] = preferences(votes).to_dict("records")
    assert (row["items_n"], row["wins_a_n"] + row["wins_b_n"]) == (2, 4)
    [who] = screen_listeners(votes).to_dict("records")
    assert who["listener"] == "me"
    assert asked.listeners()["answered_n"].tolist() == [8]  # practice, four tests, a repeat, two traps


def test_votes_are_ranked_and_that_is_written_down(asked: SunoSession) -> None:
    test = asked.listening_test("ab", **{**QUICK, "trials_n": 4}, name="autumn")
    answers = iter(["first", "first", "second", "tie"] * 3)
    answer_all(test, lambda page: {"preference": next(answers)})
    found = asked.rank("autumn", prior_n=0.5)
    assert set(found.table["condition"]) == {"V4_5", "V5"}
    assert found.emulated
    [kept] = asked.comparisons.to_dict("records")
    assert (kept["feature"], kept["by"], kept["verdict"]) == ("votes: preference", "autumn", found.verdict)
    votes = asked.listening_votes("autumn")
    assert asked.rank(votes=votes[votes["listener"] == "me"], prior_n=0.5).verdict == found.verdict


def test_a_session_without_clips_says_so(session: SunoSession, tmp_path: Path) -> None:
    for ask in (session.listening_test, session.annotate, lambda: session.listening_files(tmp_path / "out")):
        with pytest.raises(StudyError, match="no clip"):
            ask()
    assert session.listening_votes().empty
    assert session.listeners().empty
    assert session.annotated().empty
    assert session.annotation_agreement().empty


def test_files_are_written_and_labels_are_kept(asked: SunoSession, tmp_path: Path) -> None:
    [path] = asked.listening_files(tmp_path / "out", **QUICK, name="elsewhere", kbps=64)
    assert path.name == "listening-test.html"
    with pytest.raises(StudyError, match="result code"):
        asked.import_votes("SL1.nothing")
    labelling = asked.annotate(2, annotator="ann")
    labelling.behind.save(0, {"tempo_bpm": 100.0})
    assert asked.ratings["scale"].tolist() == ["reference_tempo_bpm"]
    assert asked.annotated()["annotator"].tolist() == ["ann"]
