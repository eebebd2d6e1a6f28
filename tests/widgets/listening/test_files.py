from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from suno_lab.errors import StudyError
from suno_lab.store import listening as kept
from suno_lab.widgets.listening import import_votes, listening_files
from suno_lab.widgets.listening.codes import Result, encode_result
from suno_lab.widgets.listening.files import inert_json
from tests.widgets.listening.material import HOSTILE, QUICK, ClipsOnDisk

OPTIONS = {**QUICK, "listeners_n": 2, "questions": ("preference", "fit"), "kbps": 64}


def embedded(path: Path, name: str) -> Any:
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', path.read_text(), re.DOTALL)
    assert found
    return json.loads(found[1])


def result_of(path: Path, listener: int, *, run: str = "ab12") -> Result:
    [sitting] = [s for s in embedded(path, "sittings")["sittings"] if s["listener"] == listener]
    events: list[dict[str, Any]] = [{"type": "start", "sitting": listener}]
    for page in sitting["pages"]:
        if page["kind"] == "trial":
            heard_s = {piece["sound"]: 2.0 for piece in page["pieces"]}
            answers = {"preference": "second", "fit": "both_bad"}
            events.append({"type": "done", "page": page["page"], "answers": answers, "heard_s": heard_s, "took_s": 1.0})
    about = {"test": sitting["test"], "commitment": sitting["commitment"]}
    return Result(**about, listener=listener, run=run, events=tuple(events))


@pytest.fixture
def written(session: ClipsOnDisk, tmp_path: Path) -> Path:
    [made] = listening_files(session, tmp_path / "out", **OPTIONS)
    return made


def test_one_file_holds_all_sittings_and_no_name_of_a_model(written: Path) -> None:
    assert len(embedded(written, "sittings")["sittings"]) == 2
    sounds = embedded(written, "sounds")
    text = written.read_text()
    for sound in sounds.values():
        text = text.replace(sound, "")  # chance puts any two letters into base64
    for word in ("V4_5", "V5", "clip-", ".wav", "prompt-0", "title</"):
        assert word not in text
    for file in map(base64.b64decode, sounds.values()):
        assert (file[0], file[1] >> 5) == (0xFF, 7)  # sound from the first byte on: no tags
        assert b"V4_5" not in file
    assert len({len(sound) for sound in sounds.values()}) == 1  # no size and no length tells one from another


def test_a_file_can_not_reveal_what_it_does_not_hold(session: ClipsOnDisk, tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="stands in the session alone"):
        listening_files(session, tmp_path / "out", **OPTIONS, reveal="vote")


def test_nothing_points_outside(written: Path) -> None:
    addresses = re.findall(r"https?://[^\s\"']+", written.read_text())
    assert set(addresses) == {"http://www.w3.org/2000/svg"}


def test_hostile_words_stay_words(written: Path) -> None:
    assert HOSTILE not in written.read_text()
    shown = {p.get("prompt") for s in embedded(written, "sittings")["sittings"] for p in s["pages"]}
    assert HOSTILE in shown
    assert inert_json("</script><!--&") == '"\\u003c/script\\u003e\\u003c!--\\u0026"'


def test_what_is_too_large_is_split_and_then_refused(session: ClipsOnDisk, tmp_path: Path, written: Path) -> None:
    whole_mb = written.stat().st_size / 1e6
    split = listening_files(session, tmp_path / "split", **OPTIONS, max_mb=whole_mb - 0.001)
    assert [p.name for p in split] == ["listening-test-1.html", "listening-test-2.html"]
    assert all(len(embedded(p, "sittings")["sittings"]) == 1 for p in split)
    assert all(p.stat().st_size < whole_mb * 1e6 for p in split)
    with pytest.raises(StudyError, match="one sitting makes a file"):
        listening_files(session, tmp_path / "small", **OPTIONS, max_mb=0.01)


def test_a_code_comes_back_as_ratings_once(session: ClipsOnDisk, written: Path, tmp_path: Path) -> None:
    code = encode_result(result_of(written, 1))
    votes = import_votes(session, code, clock=lambda: 5.0)
    assert set(votes["listener"]) == {"listener 2 (ab12)"}
    rows = session.ratings()
    assert len(rows) == 4
    assert {(row["scale"], row["value"], row["label"]) for row in rows} == {
        ("preference", 0.0, "second"),
        ("fit", 0.5, "both_bad"),
    }
    saved = tmp_path / "result.txt"
    saved.write_text(code)
    assert import_votes(session, saved).equals(votes)
    assert session.ratings() == rows


def test_codes_of_other_tests_and_versions_are_refused(session: ClipsOnDisk, written: Path) -> None:
    good = result_of(written, 0)
    for wrong, said in [
        ({"test": "other"}, "not made in this session"),
        ({"commitment": "0" * 64}, "another version"),
        ({"listener": 7}, "no sitting 8"),
        ({"listener": 1}, "another listener's"),
    ]:
        code = encode_result(Result(**{**good.__dict__, **wrong}))
        with pytest.raises(StudyError, match=said):
            import_votes(session, encode_result(good), code)
    assert session.ratings() == []
    assert kept.events_of(session.journal, good.test) == []
