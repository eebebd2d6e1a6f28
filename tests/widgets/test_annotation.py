from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from suno_lab.errors import StudyError
from suno_lab.models import Word
from suno_lab.widgets.annotation import (
    COLUMNS,
    Annotation,
    annotate,
    annotated_labels,
    annotation_agreement,
    drawn_evenly,
    label_rows,
)
from tests.widgets.listening.material import ClipsOnDisk

ANSWERS: dict[str, Any] = {
    "tempo_bpm": 92.5,
    "musical_key": "Eb minor",
    "vocals": "yes",
    "vocal_gender": "several",
    "instruments": ["piano", "drums"],
    "words": [
        {"word": "slow", "start_s": 0.5, "end_s": 0.8, "heard": True},
        {"word": "tide", "start_s": 1.0, "end_s": 1.4, "heard": True},
    ],
    "sections": [{"label": "chorus", "start_s": 3.0}, {"label": "verse", "start_s": 0.25}],
}


@pytest.fixture
def session(tmp_path: Path) -> Iterator[ClipsOnDisk]:
    made = ClipsOnDisk(tmp_path)
    yield made
    made.close()


def test_clips_are_drawn_evenly_and_by_the_seed() -> None:
    groups = {"V4": [f"a{i}" for i in range(10)], "V5": [f"b{i}" for i in range(3)]}
    drawn = drawn_evenly(groups, 8, seed=1)
    assert sorted(clip[0] for clip in drawn) == ["a"] * 5 + ["b"] * 3
    assert drawn == drawn_evenly(groups, 8, seed=1)
    assert drawn != drawn_evenly(groups, 8, seed=2)
    assert len(drawn_evenly(groups, 99, seed=1)) == 13


def test_annotators_share_clips_but_not_the_order(session: ClipsOnDisk) -> None:
    ann, bob = (annotate(session, 6, annotator=who).behind.clip_ids for who in ("ann", "bob"))
    assert sorted(ann) == sorted(bob)
    assert ann != bob
    assert sum("V4_5" in clip_id for clip_id in ann) == 3


def test_no_trait_tells_the_model(session: ClipsOnDisk) -> None:
    shown = annotate(session, 4)
    state = {name: value for name, value in shown.get_state().items() if not isinstance(value, bytes)}
    del state["_esm"], state["_css"]
    for word in ("V4_5", "V5", "clip-", ".wav", "title", "prompt-0"):
        assert word not in json.dumps(state)


def test_labels_become_rows_and_come_back(session: ClipsOnDisk) -> None:
    shown = annotate(session, 2, clips=["clip-0-V5-0"], annotator="ann", clock=lambda: 5.0)
    shown.behind.save(0, ANSWERS)
    assert shown.done == [0]
    frame = annotated_labels(session)
    assert set(frame["annotator"]) == {"ann"}
    said = {row["scale"]: row for row in frame.to_dict("records")}
    assert said["reference_tempo_bpm"]["value"] == 92.5
    assert said["reference_musical_key"]["label"] == "Eb minor"
    assert said["reference_instrument_piano"]["label"] == "yes"
    assert said["reference_instrument_bass"]["label"] == "no"
    sections = frame[frame["scale"] == "reference_section"]
    assert sections[["label", "start_s", "end_s"]].to_numpy().tolist() == [["verse", 0.25, 3.0], ["chorus", 3.0, 6.0]]
    again = annotate(session, 2, clips=["clip-0-V5-0"], annotator="ann")
    assert again.answers["instruments"] == ["drums", "piano"]
    assert again.answers["words"] == ANSWERS["words"]
    assert again.done == [0]
    assert annotate(session, 2, clips=["clip-0-V5-0"], annotator="bob").answers == {"number": 0, "words": []}


def test_a_label_can_be_taken_back(session: ClipsOnDisk) -> None:
    shown = annotate(session, clips=["clip-0-V5-0"])
    shown.behind.save(0, ANSWERS)
    shown.behind.save(0, {**ANSWERS, "tempo_bpm": None, "sections": []})
    scales = set(annotated_labels(session)["scale"])
    assert "reference_musical_key" in scales
    assert not {"reference_tempo_bpm", "reference_section"} & scales
    assert "tempo_bpm" not in annotate(session, clips=["clip-0-V5-0"]).answers
    shown.behind.save(0, {})
    assert "reference_musical_key" in set(annotated_labels(session)["scale"])
    shown.behind.save(0, dict.fromkeys(ANSWERS))
    assert annotated_labels(session).empty
    assert shown.done == []


def test_a_saving_is_acknowledged(session: ClipsOnDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(Annotation, "send", lambda self, content, buffers=None: sent.append(content))
    shown = annotate(session, clips=["clip-0-V5-0"])
    shown.behind._receive(shown, {"type": "save", "number": 0, "answers": ANSWERS}, [])
    assert sent == [{"type": "saved", "number": 0}]


def test_the_last_saving_counts_as_a_whole(session: ClipsOnDisk) -> None:
    times = iter([5.0, 6.0])
    shown = annotate(session, clips=["clip-0-V5-0"], clock=lambda: next(times))
    shown.behind.save(0, ANSWERS)
    shown.behind.save(0, {"sections": [{"label": "outro", "start_s": 1.0}]})
    frame = annotated_labels(session)
    assert frame.loc[frame["scale"] == "reference_section", "label"].tolist() == ["outro"]
    assert (frame["scale"] == "reference_word").sum() == 2


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"tempo_bpm": 0},
        {"tempo_bpm": float("nan")},
        {"tempo_bpm": "fast"},
        {"musical_key": "H major"},
        {"vocals": 3},
        {"instruments": "piano"},
        {"words": [1, {"word": "x", "heard": True}, {"word": " ", "start_s": 1, "end_s": 2, "heard": True}]},
        {"sections": [{"label": "verse"}, {"label": "verse", "start_s": 99.0}, None]},
    ],
)
def test_nonsense_makes_no_row(nonsense: dict[str, Any]) -> None:
    assert list(label_rows("c", "ann", nonsense, duration_s=6.0)) == []


def test_words_that_nobody_heard_are_no_labels() -> None:
    """They are what the service says, and would be taken for truth."""
    words = [{**word, "heard": i == 1} for i, word in enumerate(ANSWERS["words"])]
    rows = list(label_rows("c", "ann", {**ANSWERS, "words": words}, duration_s=6.0))
    assert [(row.value, row.label) for row in rows if row.scale == "reference_word"] == [(2, "tide")]


def test_heard_words_come_back_among_the_others(session: ClipsOnDisk) -> None:
    told = (("so ", 0.2), ("slow ", 0.5), ("so ", 1.0))
    session.words["clip-0-V5-0"] = [Word(word=word, start_s=at_s, end_s=at_s + 0.2) for word, at_s in told]
    shown = annotate(session, clips=["clip-0-V5-0"])
    words = [dict(word) for word in shown.answers["words"]]
    words[2] |= {"start_s": 1.1, "end_s": 1.3, "heard": True}
    shown.behind.save(0, {"words": words})
    assert annotate(session, clips=["clip-0-V5-0"]).answers["words"] == words


def test_words_of_the_clip_are_offered(session: ClipsOnDisk) -> None:
    session.words["clip-0-V5-0"] = [Word(word="slow ", start_s=0.5, end_s=0.75)]
    shown = annotate(session, clips=["clip-0-V5-0"])
    assert shown.answers["words"] == [{"word": "slow", "start_s": 0.5, "end_s": 0.75}]


def test_messages_are_answered(session: ClipsOnDisk, monkeypatch: Any) -> None:
    shown = annotate(session, 3)
    sent: list[tuple[dict[str, Any], Any]] = []
    monkeypatch.setattr(Annotation, "send", lambda self, content, buffers=None: sent.append((content, buffers)))
    receive = shown.behind._receive
    receive(shown, {"type": "sound", "sound": "1"}, [])
    content, [file] = sent.pop()
    assert content == {"type": "sound", "sound": "1"}
    assert file.startswith(b"fLaC")
    for strange in ("x", "99", "../clip"):
        receive(shown, {"type": "sound", "sound": strange}, [])
        assert sent.pop()[0]["type"] == "no sound"
    receive(shown, {"type": "show", "number": 2}, [])
    assert shown.number == 2
    for strange_number in (99, -1, "1", None):
        receive(shown, {"type": "save", "number": strange_number, "answers": ANSWERS}, [])
    receive(shown, {"type": "save", "number": 2, "answers": "text"}, [])
    assert session.ratings() == []
    receive(shown, {"type": "save", "number": 2, "answers": ANSWERS}, [])
    assert {row["clip_id"] for row in session.ratings()} == {shown.behind.clip_ids[2]}


def test_agreement_of_two_annotators(session: ClipsOnDisk) -> None:
    assert annotation_agreement(session).empty
    clips = ["clip-0-V5-0", "clip-0-V5-1", "clip-1-V5-0"]
    for who, tempos, vocals, shift_s in (
        ("ann", [90.0, 120.0, 100.0], ["yes", "yes", "no"], 0.0),
        ("bob", [91.0, 120.0, 99.0], ["yes", "yes", "no"], 0.03),
    ):
        behind = annotate(session, clips=clips, annotator=who).behind
        for number, clip_id in enumerate(behind.clip_ids):
            place = clips.index(clip_id)
            words = [{**word, "start_s": word["start_s"] + shift_s} for word in ANSWERS["words"]]
            said = {"tempo_bpm": tempos[place], "vocals": vocals[place], "words": words}
            behind.save(number, said)
    table = annotation_agreement(session).set_index("scale")
    assert table.loc["reference_vocals", "cohen_kappa"] == 1.0
    assert table.loc["reference_tempo_bpm", "icc_agreement"] > 0.99
    assert table.loc["reference_tempo_bpm", "spread"] == 1.0
    assert table.loc["reference_word", "items_n"] == 6
    assert table.loc["reference_word", "spread"] == pytest.approx(0.03)


def test_an_empty_session_is_told_so_and_has_the_same_columns(session: ClipsOnDisk) -> None:
    assert {name: str(dtype) for name, dtype in annotated_labels(session).dtypes.items()} == COLUMNS
    session.rows.clear()
    with pytest.raises(StudyError, match="no clip"):
        annotate(session)
