from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from suno_lab.store import SessionFolder
from suno_lab.store.journal import Journal
from suno_lab.store.ratings import Rating, keep, latest


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    folder = SessionFolder(tmp_path)
    yield folder.journal
    folder.close()


def test_the_last_statement_of_a_person_counts(journal: Journal) -> None:
    star = Rating(clip_id="c1", rater="ann", kind="label", scale="star", value=1.0)
    gone = Rating(clip_id="c1", rater="ann", kind="label", scale="star", value=0.0)
    other = Rating(clip_id="c1", rater="bob", kind="label", scale="star", value=1.0)
    keep(journal, [star, gone, other], now=10.0)
    assert latest(journal, rater="ann", scale="star") == {"c1": gone}
    assert latest(journal, rater="bob", scale="star") == {"c1": other}
    assert latest(journal, rater="ann", scale="mood") == {}
