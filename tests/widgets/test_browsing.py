from __future__ import annotations

from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from suno_lab.api.music import Generate
from suno_lab.widgets import browse
from suno_lab.widgets.playing import Player
from suno_lab.widgets.tabling import lineage_steps, table_columns, table_rows
from suno_lab.widgets.unresolved import UnresolvedPanel, risk_line
from tests.widgets.sessions import MeasuredSession

DF = pd.DataFrame(
    {
        "request_id": ["r1", "r2"],
        "clip_id": ["c1", None],
        "title": ["Sea", None],
        "service": ["emulator", "kie"],
        "model_requested": ["V5", "V4"],
        "description": ["calm piano", "sad song"],
        "tempo_bpm": [92.31, None],
        "duration_s": [92.4, None],
        "error": [None, "artist names are not accepted"],
        "requested_at": pd.to_datetime(["2026-01-02 03:04:05", None], utc=True),
    }
)


@pytest.fixture
def session(tone_mp3: Path) -> MeasuredSession:
    return MeasuredSession({"a": tone_mp3, "b": tone_mp3}, loudness_lufs={"a": -12.0, "b": -18.0})


@pytest.fixture
def risky(session: MeasuredSession) -> MeasuredSession:
    about = {"operation": ["generate", "extend"], "credits_at_risk": [12.0, None], "error": ["timeout", None]}
    session.risky = pd.DataFrame(about, index=pd.Index(["r1", "r2"], name="request_id"))
    return session


def test_a_clip_and_a_failed_request_are_a_row_each() -> None:
    names = ("title", "model_requested", "prompt", "tempo_bpm", "duration_s", "requested_at")
    clip, failed = table_rows(DF, names)
    assert [cell["text"] for cell in clip["cells"]] == [
        "Sea",
        "V5 (emulated)",
        "calm piano",
        "92.31 bpm",
        "1:32",
        "2026-01-02 03:04:05",
    ]
    assert (clip["id"], clip["cells"][3]["value"]) == ("c1", 92.31)
    assert (failed["id"], failed["clip_id"], failed["finding"]) == ("r2", "", "artist names are not accepted")
    assert failed["cells"][3] == {"text": "", "value": None}


def test_what_is_odd_with_a_file_stands_in_its_row(session: MeasuredSession) -> None:
    odd, plain = browse(session).table.rows
    assert (odd["finding"], plain["finding"]) == ("the file holds 1:02, the service says 2:03", "")


def test_columns_are_called_as_people_call_them() -> None:
    assert table_columns(["tempo_bpm", "latency_s"]) == [
        {"name": "tempo_bpm", "label": "tempo"},
        {"name": "latency_s", "label": "latency s"},
    ]


def test_the_way_back_is_told_step_by_step() -> None:
    frame = pd.DataFrame(
        {"clip_id": ["0123456789", None, None], "operation": ["extend", "upload", None], "source": ["", "", "url: x"]}
    )
    assert lineage_steps(frame) == ["extend (clip 01234567)", "upload", "url: x"]


def test_choosing_a_row_shows_its_player_and_lets_the_last_one_go(session: MeasuredSession) -> None:
    shown = browse(session)
    shown.table.selected = "a"
    first = shown.detail.children[0]
    assert isinstance(first, Player)
    assert shown.detail.children[1].texts == ["came from: generate (clip a)"]
    shown.table.selected = "b"
    assert first.audio == b""
    assert shown.clip.clip_id == "b"
    shown.close()
    assert shown.detail.children[0].audio == b""


def test_what_a_clip_was_made_from_is_a_picture_whose_boxes_can_be_chosen(session: MeasuredSession) -> None:
    shown = browse(session)
    shown.table.selected = "b"
    picture = shown.detail.children[1]
    assert picture.steps == [
        {"x": 0, "y": 0.0, "what": "extend", "which": "b", "made": True, "clip_id": "b", "into": None},
        {"x": -1, "y": 0.0, "what": "source url", "which": "https://x/y.mp3", "made": False, "clip_id": "", "into": 0},
    ]
    picture.chosen = "nowhere"
    assert shown.table.selected == "b"
    picture.chosen = "a"
    assert shown.table.selected == "a"


def test_a_clip_can_be_asked_for_again(session: MeasuredSession) -> None:
    shown = browse(session)
    shown.table.selected = "a"
    shown.detail.children[2].click()
    form = shown.detail.children[-1]
    assert form.request == Generate(description="calm piano", model="V5")
    form.close()


def test_a_failed_request_says_why(session: MeasuredSession) -> None:
    shown = browse(session)
    shown.table.rows = table_rows(DF)
    shown.table.selected = "r2"
    assert shown.detail.children[0].texts == ["artist names are not accepted"]


def test_what_has_come_appears_when_the_browser_looks(session: MeasuredSession, tone_mp3: Path) -> None:
    shown = browse(session)
    session.paths["c"], session.loudness_lufs["c"] = tone_mp3, -10.0
    look = partial(shown.table._handle_custom_msg, {"type": "look"}, [])
    look()
    assert len(shown.table.rows) == 2  # nothing was written, so nothing is read again
    session.journal.insert("events", {})
    look()
    assert [row["id"] for row in shown.table.rows] == ["a", "b", "c"]


def test_a_misspelled_keyword_is_an_error(session: MeasuredSession) -> None:
    with pytest.raises(TypeError, match="did you mean 'search'"):
        browse(session, serch="x")


# ── unresolved calls ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_panel_hides_while_nothing_is_unresolved(session: MeasuredSession) -> None:
    assert UnresolvedPanel(session).layout.display == "none"


def test_what_is_at_risk_is_said(risky: MeasuredSession) -> None:
    panel = UnresolvedPanel(risky)
    assert panel.notes.texts == ["2 calls may or may not have been charged"]
    assert [card.children[0].texts[0] for card in panel.cards.children] == [
        "generate: 12 credits at risk – timeout",
        "extend: an unknown number of credits at risk – no answer came",
    ]
    assert risk_line({"operation": "extend", "credits_at_risk": 1.5, "error": "x"}) == "extend: 1.5 credits at risk – x"


def test_the_four_ways_out(risky: MeasuredSession) -> None:
    panel = UnresolvedPanel(risky, aside=lambda action: action())
    task_id, adopt, give_up, sure, again = panel.cards.children[0].children[1].children
    assert again.disabled
    sure.value = True
    assert not again.disabled
    again.click()
    task_id.value = " t9 "
    adopt.click()
    assert panel.notes.texts == ["InvalidRequest: the service does not know a task 't9'"]
    give_up.click()
    panel.find_out.click()
    assert risky.done == [("resubmit", "r1", 12.0), ("adopt", "r1", "t9"), ("drop", "r1"), ("resolve",)]
    assert len(panel.cards.children) == 1


def test_nothing_is_asked_again_at_an_unknown_price(risky: MeasuredSession) -> None:
    panel = UnresolvedPanel(risky, aside=lambda action: action())
    _, _, _, sure, again = panel.cards.children[1].children[1].children
    sure.value = True
    assert again.disabled


def test_by_default_nothing_blocks(risky: MeasuredSession) -> None:
    panel = UnresolvedPanel(risky)
    threads: list[object] = []
    panel.aside = threads.append
    panel.find_out.click()
    assert panel.notes.texts == ["working …"]
    assert risky.done == []
