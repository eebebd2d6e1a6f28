"""Labelling by ear in a real browser."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from suno_lab.models import Word
from suno_lab.store import SessionFolder
from suno_lab.widgets.annotation import annotate
from tests.ui.servers import Jupyter
from tests.ui.stage import Stage
from tests.widgets.hostile import HOSTILE
from tests.widgets.listening.material import ClipsOnDisk

CLIPS = ("clip-0-V5-0", "clip-1-V5-0")
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]}

#: answers the page's calls for sound as Python does
ANSWER = """
sound => {
  const bytes = Uint8Array.from(atob(sound), (c) => c.charCodeAt(0));
  const send = window.model.send;
  window.model.send = (message) => {
    send(message);
    if (message.type === 'sound') setTimeout(() => window.model.fire(
      'msg:custom', { type: 'sound', sound: message.sound }, [new DataView(bytes.slice().buffer)]));
    if (message.type === 'save' && !window.silent)
      setTimeout(() => window.model.fire('msg:custom', { type: 'saved', number: message.number }, []));
  };
}
"""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[ClipsOnDisk]:
    made = ClipsOnDisk(tmp_path / "session")
    words = [("slow ", 0.5, 0.9), ("tide ", 1.0, 1.4), ("in ", 2.0, 2.2)]
    made.words = {c: [Word(word=word, start_s=start_s, end_s=end_s) for word, start_s, end_s in words] for c in CLIPS}
    yield made
    made.close()


@pytest.fixture
def shown(stage: Stage, session: ClipsOnDisk) -> Any:
    return mounted(stage, session)


def mounted(stage: Stage, session: ClipsOnDisk, **about: Any) -> Any:
    page = stage.mount(annotate(session, clips=CLIPS), **about)
    page.evaluate(ANSWER, base64.b64encode(session.clip(CLIPS[0]).path.read_bytes()).decode())
    return page


def saved(stage: Stage) -> dict[str, Any]:
    """What the page hands to Python when it is told to save."""
    stage.page.get_by_role("button", name="Save", exact=True).click()
    answers: dict[str, Any] = [message for message in stage.sent if message["type"] == "save"][-1]["answers"]
    return answers


def test_the_tempo_is_tapped(stage: Stage, shown: Any) -> None:
    shown.evaluate("() => { let now = 0; performance.now = () => (now += 500); }")
    shown.get_by_role("group", name="Annotate").focus()
    for _ in range(5):
        shown.keyboard.press("t")
    assert saved(stage)["tempo_bpm"] == 120.0
    shown.get_by_role("button", name="Halve").click()
    assert saved(stage)["tempo_bpm"] == 60.0
    shown.get_by_label("Beats a minute").fill("97.5")
    assert saved(stage)["tempo_bpm"] == 97.5


def test_a_tempo_that_would_not_be_kept_is_said_so(shown: Any) -> None:
    shown.get_by_label("Beats a minute").fill("500")
    shown.get_by_text("only 20 to 400 is kept").wait_for()
    shown.get_by_role("button", name="Halve").click()
    shown.get_by_text("only 20 to 400 is kept").wait_for(state="detached")


def test_saved_is_only_what_python_has(shown: Any) -> None:
    shown.get_by_role("button", name="Save", exact=True).click()
    shown.get_by_text("saved", exact=True).wait_for()
    shown.evaluate("() => { window.silent = true; }")
    shown.get_by_role("button", name="Save", exact=True).click()
    shown.get_by_text("saving …").wait_for()
    shown.get_by_text("Not saved yet").wait_for()


def test_the_key_is_held_against_a_drone(stage: Stage, shown: Any) -> None:
    drone = shown.get_by_role("button", name="Drone")
    shown.get_by_label("Tonic").select_option("Eb")
    drone.click()
    assert drone.get_attribute("aria-pressed") == "true"
    shown.get_by_label("Mode").select_option("minor")
    assert saved(stage)["musical_key"] == "Eb minor"
    drone.click()
    assert drone.get_attribute("aria-pressed") == "false"
    shown.get_by_label("Tonic").select_option("none")
    assert saved(stage)["musical_key"] == "none"


def test_a_word_is_dragged(stage: Stage, shown: Any) -> None:
    mark = shown.get_by_role("slider", name="tide: start of the word")
    box, lane = mark.bounding_box(), shown.locator(".sl-lane").bounding_box()
    shown.mouse.move(box["x"] + 2, box["y"] + 10)
    shown.mouse.down()
    shown.mouse.move(lane["x"] + lane["width"] * 0.15, box["y"] + 10, steps=4)
    shown.mouse.up()
    answers = saved(stage)
    assert [word.get("heard") for word in answers["words"]] == [None, True, None]
    assert answers["words"][1]["start_s"] == pytest.approx(1.5, abs=0.02)
    assert answers["words"][1]["end_s"] == pytest.approx(1.9, abs=0.02)
    assert [answers["words"][i]["start_s"] for i in (0, 2)] == [0.5, 2.0]


def test_a_word_is_nudged_by_keyboard(stage: Stage, shown: Any) -> None:
    shown.get_by_role("slider", name="slow: start of the word").focus()
    for keys in ("ArrowRight", "ArrowRight", "Shift+ArrowRight", "ArrowLeft"):
        shown.keyboard.press(keys)
    assert saved(stage)["words"][0]["start_s"] == pytest.approx(0.61)
    shown.get_by_role("slider", name="slow: start of the word").focus()
    shown.keyboard.press("Enter")
    assert saved(stage)["words"][0]["start_s"] == 0.0


def test_words_are_set_one_after_the_other_while_it_plays(stage: Stage, shown: Any) -> None:
    shown.get_by_role("button", name="Play").click()
    shown.wait_for_function("() => parseFloat(document.querySelector('.sl-time').textContent.slice(2)) > 0.2")
    shown.keyboard.press("w")
    shown.wait_for_function("() => parseFloat(document.querySelector('.sl-time').textContent.slice(2)) > 0.5")
    shown.keyboard.press("w")
    first, second = (word["start_s"] for word in saved(stage)["words"][:2])
    assert 0.15 < first < second


def test_words_that_are_right_are_confirmed_by_key(stage: Stage, shown: Any) -> None:
    mark = shown.get_by_role("slider", name="slow: start of the word")
    assert mark.get_attribute("aria-valuetext") == "0.50 s, not confirmed"
    shown.get_by_role("group", name="Annotate").focus()
    shown.keyboard.press("r")
    shown.keyboard.press("r")
    assert mark.get_attribute("aria-valuetext") == "0.50 s"
    words = saved(stage)["words"]
    assert [word.get("heard") for word in words] == [True, True, None]
    assert [word["start_s"] for word in words] == [0.5, 1.0, 2.0]


def test_sections_begin_at_the_playhead_and_can_be_taken_away(stage: Stage, shown: Any) -> None:
    shown.get_by_label("Kind of section").select_option("verse")
    shown.get_by_role("button", name="Section starts here").click()
    shown.locator(".sl-lane canvas").click(position={"x": 400, "y": 60})
    shown.get_by_label("Kind of section").select_option("chorus")
    shown.get_by_role("group", name="Annotate").focus()
    shown.keyboard.press("s")
    sections = saved(stage)["sections"]
    assert [section["label"] for section in sections] == ["verse", "chorus"]
    assert sections[0]["start_s"] == 0.0 < sections[1]["start_s"]
    shown.get_by_role("slider", name="chorus: start of the section").press("Delete")
    assert [section["label"] for section in saved(stage)["sections"]] == ["verse"]


def test_voice_and_instruments_are_marked(stage: Stage, shown: Any) -> None:
    assert "instruments" not in saved(stage)
    shown.get_by_role("group", name="Is there singing?").get_by_label("yes").check()
    shown.get_by_role("group", name="Who sings?").get_by_label("several").check()
    for name in ("piano", "drums"):
        shown.get_by_label(name).check()
    shown.get_by_label("drums").uncheck()
    answers = saved(stage)
    assert (answers["vocals"], answers["vocal_gender"], answers["instruments"]) == ("yes", "several", ["piano"])
    shown.get_by_label("none of these").check()
    assert saved(stage)["instruments"] == []


def test_going_on_saves_and_shows_the_next(stage: Stage, shown: Any) -> None:
    shown.get_by_role("button", name="Save and next").click()
    assert [message["type"] for message in stage.sent] == ["save", "show"]
    assert stage.sent[-1]["number"] == 1
    stage.set("number", 1)
    stage.set("answers", {"number": 1, "words": [], "tempo_bpm": 88})
    shown.get_by_role("heading", name="Clip 2 of 2").wait_for()
    assert shown.get_by_label("Beats a minute").input_value() == "88"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_it(stage: Stage, session: ClipsOnDisk, theme: str, tmp_path: Path) -> None:
    page = mounted(stage, session, theme=theme)
    page.get_by_role("button", name="Section starts here").click()
    page.get_by_label("piano").check()
    found: Any = Axe().run(page, context="#host", options=AXE)
    assert found.violations_count == 0, found.generate_report()
    stage.screenshot(tmp_path / f"annotation-{theme}.png")


def test_hostile_words_are_shown_as_words(stage: Stage, session: ClipsOnDisk) -> None:
    words = [Word(word=f"{text} ", start_s=i / 10, end_s=i / 10 + 0.1) for i, text in enumerate(HOSTILE)]
    session.words = dict.fromkeys(CLIPS, words)
    page = mounted(stage, session)
    assert page.evaluate("() => window.pwned") is None
    assert page.locator("#host :is(script, img, iframe, a)").count() == 0
    assert page.locator(".sl-mark").count() > 40


def test_tearing_down_leaves_nothing(stage: Stage, shown: Any) -> None:
    shown.get_by_role("button", name="Drone").click()
    shown.get_by_role("button", name="Play").click()
    shown.get_by_role("button", name="Pause").wait_for()
    shown.evaluate("() => window.tearDown()")
    assert shown.evaluate("() => window.model.handlersLeft()") == 0
    assert shown.locator("#host").inner_html() == ""


SETUP = """
import os; os.makedirs("labels", exist_ok=True)
from pathlib import Path
from tests.widgets.listening.material import ClipsOnDisk
from suno_lab.widgets import annotate
session = ClipsOnDisk(Path("labels").absolute())
"""


def test_in_jupyterlab_labels_reach_the_session(open_notebook: Any, jupyter: Jupyter) -> None:
    page = open_notebook(SETUP, "annotate(session, 3, annotator='ann')")
    page.get_by_label("Beats a minute").fill("120")
    page.get_by_role("button", name="Save and next").click()
    page.get_by_role("heading", name="Clip 2 of 3").wait_for()
    page.get_by_text("1 of 3 labelled").wait_for()
    with closing(SessionFolder(jupyter.root / "labels")) as folder:
        assert folder.journal.value("select value from ratings where scale = 'reference_tempo_bpm'") == 120.0
