"""The comparison in a real browser."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from suno_lab.widgets import Matrix, matrix
from tests.ui.stage import Stage
from tests.widgets.clips import write_tone
from tests.widgets.sessions import MeasuredSession

#: answers the widget's calls for sound as Python does
ANSWER = """
sound => {
  const bytes = Uint8Array.from(atob(sound), (c) => c.charCodeAt(0));
  const send = window.model.send;
  window.model.send = (message) => {
    send(message);
    if (message.type === 'sound') setTimeout(() => window.model.fire(
      'msg:custom', { type: 'sound', clip_id: message.clip_id }, [new DataView(bytes.slice().buffer)]));
  };
}
"""


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tone(tmp_path_factory.mktemp("tones") / "tone.wav", duration_s=3.0)


@pytest.fixture
def shown(stage: Stage, sound: Path) -> Any:
    clips = dict.fromkeys("abc", sound)
    loud = {"a": -12.0, "b": -18.0, "c": -15.0}
    page = stage.mount(matrix(MeasuredSession(clips, loudness_lufs=loud, tempo_bpm=[120.0, 90.0, 100.0])))
    page.evaluate(ANSWER, base64.b64encode(sound.read_bytes()).decode())
    return page


def test_switching_keeps_the_place_in_the_music(stage: Stage, shown: Any) -> None:
    shown.get_by_role("button", name="Song a").first.click()
    stage.wait("get('playing')")
    shown.wait_for_function("() => parseFloat(document.querySelector('.sl-time').textContent.slice(2)) > 0.4")
    shown.keyboard.press("2")
    stage.wait("get('active') === 'b' || get('active') === 'c'")
    assert stage.get("playing")
    assert shown.evaluate("() => parseFloat(document.querySelector('.sl-time').textContent.slice(2))") >= 0.4


def test_the_keyboard_chooses_plays_and_stars(stage: Stage, shown: Any) -> None:
    shown.get_by_role("group", name="Compare clips").focus()
    shown.keyboard.press("1")
    assert stage.get("active") == "a"
    shown.keyboard.press("ArrowRight")
    chosen = stage.get("active")
    assert chosen != "a"
    shown.keyboard.press("s")
    assert stage.get("stars") == [chosen]
    shown.keyboard.press("Space")
    stage.wait("get('playing')")
    shown.keyboard.press("Space")
    stage.wait("!get('playing')")


def test_new_clips_do_not_take_the_focus_away(stage: Stage, shown: Any) -> None:
    shown.get_by_role("group", name="Compare clips").focus()
    shown.keyboard.press("2")
    chosen = stage.get("active")
    stage.set("clips", [*stage.get("clips"), {**stage.get("clips")[0], "clip_id": "new", "title": "New"}])
    shown.get_by_role("button", name="Star: New").wait_for()
    shown.keyboard.press("s")
    assert stage.get("stars") == [chosen]


def test_sound_is_fetched_once(stage: Stage, shown: Any) -> None:
    for name in ("Song a", "Song b", "Song a"):
        shown.get_by_role("button", name=name).and_(shown.locator(".sl-choose")).click()
        stage.wait("get('playing')")
    shown.get_by_text("loading").wait_for(state="hidden")
    assert [message["clip_id"] for message in stage.sent if message["type"] == "sound"] == ["a", "b"]


def test_order_and_filter(stage: Stage, shown: Any) -> None:
    names = shown.locator(".sl-choose .sl-name")
    shown.get_by_label("Order").select_option("tempo_bpm")
    assert names.all_inner_texts() == ["Song b", "Song c", "Song a"]
    shown.get_by_label("Filter clips").fill("song c")
    assert names.all_inner_texts() == ["Song c"]
    shown.get_by_label("Filter clips").fill("")
    shown.get_by_role("button", name="Star: Song a").click()
    shown.get_by_role("button", name="★ only").click()
    assert names.all_inner_texts() == ["Song a"]


def test_a_note_belongs_to_the_chosen_clip(stage: Stage, shown: Any) -> None:
    shown.get_by_role("group", name="Compare clips").focus()
    shown.keyboard.press("1")
    shown.get_by_label("Note on the chosen clip").fill("warm")
    shown.get_by_label("Note on the chosen clip").blur()
    assert stage.get("notes") == {"a": "warm"}


def test_tearing_down_leaves_nothing(stage: Stage, shown: Any) -> None:
    shown.get_by_role("button", name="Song a").first.click()
    stage.wait("get('playing')")
    shown.evaluate("() => window.tearDown()")
    assert shown.evaluate("() => window.model.handlersLeft()") == 0


def test_a_busy_kernel_is_asked_once(watched_page: Any) -> None:
    looks = "() => window.sent.filter((message) => message.type === 'look').length"
    watched_page.clock.install()
    Stage(watched_page).mount(Matrix(rows=["x"], columns=["V5"]))
    watched_page.clock.run_for(10_000)
    assert watched_page.evaluate(looks) == 1
    watched_page.evaluate("() => window.model.fire('msg:custom', { type: 'looked' })")
    watched_page.clock.run_for(4_000)
    assert watched_page.evaluate(looks) == 2
