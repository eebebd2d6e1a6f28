from __future__ import annotations

from suno_lab.widgets.listening import listeners, listening_test
from suno_lab.widgets.listening.listeners import COLUMNS
from tests.widgets.listening.material import QUICK, ClipsOnDisk, answer_all

OPTIONS = {**QUICK, "listeners_n": 2}


def test_a_sitting_is_a_row(session: ClipsOnDisk) -> None:
    ann = listening_test(session, listener="ann", **OPTIONS)
    answer_all(ann, lambda page: {"preference": "tie"})
    told = {"answers": {"training": "none", "remarks": "süß"}}
    ann.behind.keep({"type": "done", "page": "questionnaire", "at_ms": 1_700_000_005_000, **told})
    ann.behind.keep({"type": "done", "page": "headphones", "at_ms": 1_700_000_000_000, "answers": {"right_n": 5}})
    bob = listening_test(session, listener="bob", **OPTIONS)
    bob.behind.keep({"type": "declined", "page": "consent", "at_ms": "late"})
    first, second = listeners(session).to_dict("records")
    assert (first["listener"], first["sitting"], first["declined"]) == ("ann", 1, False)
    assert first["answered_n"] == first["trials_n"] == 6
    assert first["headphones_right_n"] == 5
    assert first["questionnaire"] == '{"remarks": "süß", "training": "none"}'
    assert (first["ended_at"] - first["began_at"]).total_seconds() == 5.0
    assert (second["sitting"], second["declined"], second["answered_n"]) == (2, True, 0)
    bob.behind.keep({"type": "reconsidered", "page": "consent"})
    assert listeners(session)["declined"].tolist() == [False, False]


def test_nobody_gives_the_same_columns(session: ClipsOnDisk) -> None:
    empty = listeners(session)
    listening_test(session, **OPTIONS)
    assert listeners(session).dtypes.equals(empty.dtypes)
    assert list(empty) == [column.name for column in COLUMNS]
