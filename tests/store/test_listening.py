from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from suno_lab.errors import StudyError
from suno_lab.store import SessionFolder, listening
from suno_lab.store.hashes import canonical
from suno_lab.store.journal import Journal
from suno_lab.store.listening import KeptEvent, KeptTest

TEST = KeptTest(test_id="t1", name="first", settings=canonical({"seed": 1}), plan="{}", plan_sha256="00")


def event(position: int, *, run: str = "r1", **about: object) -> KeptEvent:
    return KeptEvent(test_id="t1", listener="ann", run=run, position=position, event={"type": "play", **about})


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    folder = SessionFolder(tmp_path)
    listening.keep_test(folder.journal, TEST, now=1.0)
    yield folder.journal
    folder.close()


def test_a_test_is_found_by_name_and_by_id(journal: Journal) -> None:
    assert listening.find_test(journal, name="first") == TEST
    assert listening.find_test(journal, test_id="t1") == TEST
    assert listening.find_test(journal, name="second") is None
    assert listening.tests(journal) == [TEST]


def test_a_name_stands_for_one_set_of_settings() -> None:
    listening.same_settings(TEST, {"seed": 1})
    with pytest.raises(StudyError, match="another minutes, seed"):
        listening.same_settings(TEST, {"seed": 2, "minutes": 10})


def test_an_event_is_kept_once_and_sittings_stay_apart(journal: Journal) -> None:
    assert listening.keep_events(journal, [event(0), event(1, page="p1")], now=2.0) == [event(0), event(1, page="p1")]
    assert listening.keep_events(journal, [event(1, page="other"), event(2)], now=3.0) == [event(2)]
    listening.keep_events(journal, [event(0, run="r2")], now=4.0)
    assert listening.events_of(journal, "t1", run="r1") == [event(0), event(1, page="p1"), event(2)]
    assert len(listening.events_of(journal, "t1")) == 4
