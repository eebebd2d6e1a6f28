"""A listening test and labelling by ear as a person does them: in JupyterLab and Notebook 7, with pointer and keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from suno_lab.store import SessionFolder
from tests.ui.servers import ROOT, RUN_ALL, Jupyter

ARTIFACTS = ROOT / "test-artifacts"
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
SETUP = """
import os
from pathlib import Path
from suno_lab.models import Word
from suno_lab.widgets import annotate, listening_test
from tests.widgets.listening.material import QUICK, ClipsOnDisk
os.makedirs(FOLDER, exist_ok=True)
session = ClipsOnDisk(Path(FOLDER).absolute())
words = [Word(word=w, start_s=s, end_s=s + 0.4) for w, s in (("slow ", 0.5), ("tide ", 1.0), ("in ", 2.0))]
session.words = {row["clip_id"]: words for row in session.rows}
"""
ASK = """
few = {"repeats": 0.0, "same_n": 0, "degraded_n": 0, "training_n": 1, "break_every_n": 1, "reveal": "vote"}
listening_test(session, **{**QUICK, **few}, questions=("preference", "fit"))
"""
LABEL = "annotate(session, 3, annotator='ann')"
RESTART = "() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"


@dataclass(frozen=True)
class Opened:
    """A notebook with both widgets, and the folder of their session."""

    page: Any
    kind: str
    folder: Path

    def group(self, name: str) -> Any:
        found = self.page.get_by_role("group", name=name, exact=True)
        found.wait_for()
        return found

    def screenshot(self, name: str) -> None:
        ARTIFACTS.mkdir(exist_ok=True)
        self.page.screenshot(path=ARTIFACTS / f"{name}-{self.kind}.png")

    def kept(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(SessionFolder(self.folder)) as folder:
            return [tuple(row) for row in folder.journal.rows(sql)]

    def check_access(self, widget: str) -> None:
        found: Any = Axe().run(self.page, context=widget, options=AXE)
        assert found.violations_count == 0, found.generate_report()


@pytest.fixture(scope="module", params=["lab", "notebook"])
def opened(notebooks: Callable[..., Any], jupyter: Jupyter, request: pytest.FixtureRequest) -> Iterator[Opened]:
    folder = f"listening-{request.param}"
    with notebooks(f"FOLDER = {folder!r}", SETUP, ASK, LABEL, kind=request.param) as page:
        yield Opened(page, request.param, jupyter.root / folder)


def hear(test: Any, name: str) -> None:
    piece = test.locator(".sl-piece", has=test.page.get_by_text(name, exact=True))
    piece.click()
    piece.get_by_text("heard").wait_for()


def test_labels_are_given_by_pointer_and_keys(opened: Opened) -> None:
    page, form = opened.page, opened.group("Annotate")
    form.scroll_into_view_if_needed()
    form.get_by_role("button", name="Tap (t)").focus()
    for _ in range(6):
        page.keyboard.press("t")
        page.wait_for_timeout(300)  # a tempo needs time between its taps
    tapped = float(form.get_by_label("Beats a minute").input_value())
    form.get_by_label("Tonic").focus()
    page.keyboard.type("Eb")
    page.keyboard.press("Tab")
    page.keyboard.type("minor")
    drone = form.get_by_role("button", name="Drone")
    drone.click()
    assert drone.get_attribute("aria-pressed") == "true"
    drone.press("d")
    form.get_by_role("group", name="Is there singing?").get_by_label("yes").check()
    form.get_by_role("group", name="Who sings?").get_by_label("female").check()
    form.get_by_label("piano").press("Space")
    drag(page, form.get_by_role("slider", name="tide: start of the word"), to=form.locator(".sl-lane"), share=0.15)
    form.get_by_role("slider", name="in: start of the word").press("Shift+ArrowRight")
    form.locator(".sl-lane canvas").click(position={"x": 300, "y": 60})
    form.get_by_label("Kind of section").select_option("chorus")
    form.get_by_role("button", name="Section starts here").press("s")
    opened.check_access(".sl-annotation")
    opened.screenshot("annotation")
    form.get_by_role("button", name="Save and next").click()
    form.get_by_role("heading", name="Clip 2 of 3").wait_for()
    form.get_by_text("1 of 3 labelled").wait_for()
    rows = opened.kept("select scale, value, label, start_s from ratings where scale like 'reference_%'")
    told = {scale: value if label is None else label for scale, value, label, start_s in rows if start_s is None}
    assert told["reference_tempo_bpm"] == tapped
    assert (told["reference_musical_key"], told["reference_vocals"], told["reference_vocal_gender"]) == (
        "Eb minor", "yes", "female",
    )  # fmt: skip
    assert (told["reference_instrument_piano"], told["reference_instrument_drums"]) == ("yes", "no")
    starts = {label: start_s for scale, _, label, start_s in rows if scale == "reference_word"}
    assert starts == pytest.approx({"tide": 1.5, "in": 2.1}, abs=0.03)
    assert [label for scale, _, label, _ in rows if scale == "reference_section"] == ["chorus"]


def drag(page: Any, mark: Any, *, to: Any, share: float) -> None:
    to.scroll_into_view_if_needed()
    start, lane = mark.bounding_box(), to.bounding_box()
    page.mouse.move(start["x"] + 2, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(lane["x"] + lane["width"] * share, start["y"] + 10, steps=4)
    page.mouse.up()


def test_a_listener_goes_through_by_pointer_and_keys_and_the_kernel_is_restarted(opened: Opened) -> None:
    page, test = opened.page, opened.group("Listening test")
    test.scroll_into_view_if_needed()
    test.get_by_label("I have read this").check()
    test.get_by_role("button", name="Begin").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    test.get_by_role("heading", name="Practice").wait_for()
    practise_by_keys(page, test)
    test.get_by_role("heading", name="What you heard").wait_for()
    test.get_by_text("V5 (emulated)").wait_for()
    opened.screenshot("listening-revealed")
    test.get_by_role("button", name="Go on").click()

    test.get_by_role("heading", name="1 of 2").wait_for()
    assert test.get_by_text("V5").count() == 0
    hear(test, "A")
    hear(test, "B")
    test.get_by_label("both are bad").first.check()
    opened.check_access(".sl-listening")
    opened.screenshot("listening-trial")
    restart_in_the_middle(opened)

    test = opened.group("Listening test")
    test.get_by_role("heading", name="1 of 2").wait_for()
    assert test.get_by_label("both are bad").first.is_checked()
    test.get_by_label("A", exact=True).last.check()
    test.get_by_role("button", name="Next").click()
    test.get_by_text("Your answer (fit): A").wait_for()  # Python says so once it has kept it
    test.get_by_role("button", name="Go on").click()
    test.get_by_role("heading", name="A break").wait_for()
    votes = "select scale, label, kind from ratings where kind = 'preference' order by rating_id"
    assert opened.kept(votes) == [("preference", "both_bad", "preference"), ("fit", "first", "preference")]
    assert opened.kept("select count(*) from listening_events where type = 'revealed'") == [(2,)]


def practise_by_keys(page: Any, test: Any) -> None:
    """Letters choose a piece, the arrow keys an answer; nothing reaches the notebook's own shortcuts."""
    cells_n = page.locator(".jp-CodeCell").count()
    for letter in "ab":
        page.keyboard.press(letter)
        test.locator(".sl-piece[aria-pressed=true]", has_text=letter.upper()).get_by_text("heard").wait_for()
    page.keyboard.press("Space")
    test.get_by_role("button", name="Play").wait_for()
    for question in test.locator("fieldset.sl-question").all():
        question.get_by_label("A", exact=True).focus()
        page.keyboard.press("ArrowRight")
    test.get_by_role("button", name="Next").press("Enter")
    assert page.locator(".jp-CodeCell").count() == cells_n


def restart_in_the_middle(opened: Opened) -> None:
    """What is done while nobody keeps it is said to be lost; the cell run again goes on where it was kept."""
    page = opened.page
    page.evaluate(RESTART)
    opened.group("Listening test").get_by_label("Comment").fill("nobody keeps this")
    opened.group("Listening test").get_by_label("no difference to me").last.check()
    page.get_by_role("alert").get_by_text("run the cell of this test again").wait_for()
    opened.screenshot("listening-restarted")
    page.evaluate(RUN_ALL)
    page.get_by_role("alert").get_by_text("run the cell of this test again").wait_for(state="detached")
