"""Every widget of a session in JupyterLab and Notebook 7, with a real kernel, by pointer and key as a person would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.ui.walks import SONGS, Walk

PLAYER, FORM, SLOW, MATRIX, BROWSE, MAGIC, LAST = range(2, 9)
CELLS = (
    SONGS,
    "shown = sung.clips[0].player(beats=[0.5 * i for i in range(8)])\nshown",
    "form = session.composer()\nform",
    "patient = EmulatorSettings(latency_s=60.0)\n"
    "slow = SunoSession(FOLDER + '-slow', service='emulator', emulator=patient, songs=PlainSongs(), progress=False)\n"
    "slow.composer(description='calm sea')",
    "grid = session.matrix()\ngrid",
    "table = session.browse()\ntable",
    "%load_ext suno_lab\n%suno -m V4 --instrumental -o tune calm piano",
    "",
)


#: how often Tab is pressed before a completion is given up
TABS_N = 10


@pytest.fixture(scope="module", params=["lab", "notebook"])
def walk(notebooks: Callable[..., Any], request: pytest.FixtureRequest) -> Iterator[Walk]:
    """A notebook with everything in it, run in each front end; the tests go through it from the top."""
    with notebooks(f"FOLDER = 'walk-{request.param}'", *CELLS, kind=request.param) as page:
        walk = Walk(page, kind=request.param)
        assert walk.kernel_says("tune.model_requested") == "'V4'"  # answered when every cell has run
        yield walk


def test_the_player(walk: Walk) -> None:
    walk.to(PLAYER)
    player = walk.page.locator(".sl-player").first
    player.get_by_role("button", name="sand").click()
    sand_s = float(walk.kernel_says("float(words[words['word'].str.contains('sand')].index[0][1])"))
    walk.kernel_comes_to_say("shown.current_time_s", str(sand_s))
    player.get_by_role("button", name="sand").press("ArrowLeft")
    walk.page.keyboard.press("Enter")
    player.locator(".sl-word[aria-current]", has_text="dark").wait_for()
    slider = player.get_by_role("slider")
    box = slider.bounding_box()
    walk.page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 20)
    walk.page.mouse.down()
    walk.page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 20, steps=4)
    walk.page.mouse.up()
    walk.kernel_comes_to_say("len(shown.selection)", "2")
    assert float(walk.kernel_says("shown.excerpt.duration_s / shown.duration_s")) == pytest.approx(0.5, abs=0.02)
    player.get_by_role("button", name="spectrogram").click()
    walk.kernel_comes_to_say("len(shown.spectrogram) > 0", "True")
    player.get_by_role("button", name="loop").click()
    player.get_by_label("Speed").select_option("0.75")
    player.get_by_label("Lyrics view").select_option("section")
    player.get_by_role("button", name="Play", exact=True).click()
    player.get_by_role("button", name="Pause").wait_for()
    player.locator(".sl-word[aria-current]", has_text="Over").wait_for()
    walk.picture("player")
    slider.press("Space")
    player.get_by_role("button", name="Play", exact=True).wait_for()
    assert walk.kernel_says("(shown.loop, shown.speed, shown.view)") == "(True, 0.75, 'section')"
    slider.press("Escape")
    walk.kernel_comes_to_say("shown.selection", "[]")
    walk.kernel_says("shown.seek(1.5)")
    player.get_by_text("0:01.5").wait_for()
    assert player.locator(".sl-note").inner_text() == "emulated – not Suno"
    walk.check_access(".sl-player")


def test_the_form(walk: Walk) -> None:
    walk.to(FORM)
    form = walk.page.locator(".suno-lab-composer").first
    form.get_by_label("description", exact=True).press_sequentially("calm piano")
    form.get_by_text("2990 characters left").wait_for()
    form.get_by_label("style", exact=True).wait_for(state="hidden")
    form.get_by_label("mode", exact=True).select_option("own lyrics, style, title")
    form.get_by_label("description", exact=True).wait_for(state="hidden")
    form.get_by_label("style", exact=True).fill("folk")
    form.get_by_label("title", exact=True).fill("T" * 81)
    form.get_by_text("1 characters too long: 81 of 80").wait_for()
    form.get_by_role("button", name="Insert [Verse]").click()
    walk.page.keyboard.type("Slow tide come in")
    form.get_by_text("1 sung lines, 4 syllables").wait_for()
    form.get_by_role("button", name="Generate music").click()
    form.get_by_text("title is 81 characters").first.wait_for()
    form.get_by_label("title", exact=True).fill("Foam")
    form.get_by_role("button", name="Generate music").click()
    form.get_by_role("button", name="stop watching").wait_for()
    walk.picture("form")
    players = form.get_by_role("group", name="Player: Foam")
    players.first.get_by_role("button", name="Play", exact=True).click()
    players.first.get_by_role("button", name="Pause").wait_for()
    form.get_by_text("done in").wait_for()
    assert players.count() == 2
    assert form.get_by_text("emulated – not Suno").count() == 3
    walk.check_access(".suno-lab-composer")
    walk.picture("form-done")


def test_a_batch(walk: Walk) -> None:
    walk.to(FORM)
    form = walk.page.locator(".suno-lab-composer").first
    form.get_by_label("mode", exact=True).select_option("from a description")
    form.get_by_label("description", exact=True).click()  # the first click into a cell also moves its frame
    form.get_by_text("batch", exact=True).click()
    form.get_by_label("V4", exact=True).check()
    form.get_by_label("V5", exact=True).check()
    form.get_by_label("lines", exact=True).fill("calm sea")
    form.get_by_text("2 tasks: 24 emulated credits").wait_for()
    form.get_by_role("button", name="Ask for all").click()
    form.get_by_text("done in").nth(2).wait_for()
    assert walk.kernel_says("session.requests.query('description == \"calm sea\"')['model_requested'].tolist()") == (
        "['V4', 'V5']"
    )


def test_watching_can_be_stopped(walk: Walk) -> None:
    walk.to(SLOW)
    form = walk.page.locator(".suno-lab-composer").nth(1)
    form.get_by_role("button", name="Generate music").click()
    form.get_by_text("waiting in the service's queue").wait_for()
    form.get_by_role("button", name="stop watching").click()
    form.get_by_text("is not watched any more").wait_for()
    assert walk.kernel_says("len(slow.open_tasks)") == "1"


def test_the_form_for_another_operation(walk: Walk) -> None:
    walk.to(FORM)
    form = walk.page.locator(".suno-lab-composer").first
    form.get_by_label("ask for").select_option("Write lyrics")
    form.get_by_role("button", name="Write lyrics").wait_for()
    form.get_by_label("model", exact=True).wait_for(state="hidden")


def test_the_comparison(walk: Walk) -> None:
    walk.to(MATRIX)
    grid = walk.page.locator(".sl-matrix").first
    grid.get_by_text("Foam").first.wait_for()  # what the form has asked for appears by itself
    grid.locator(".sl-choose").first.click()
    grid.get_by_role("button", name="Pause").wait_for()
    walk.page.keyboard.press("3")
    walk.page.keyboard.press("s")
    walk.kernel_comes_to_say("grid.stars == [grid.active] != ['']", "True")
    grid.get_by_label("Note on the chosen clip").fill("warm")
    grid.get_by_label("Order").focus()
    walk.kernel_comes_to_say("session.ratings.query('note == \"warm\"')['clip_id'].tolist() == [grid.active]", "True")
    grid.get_by_label("Order").select_option("duration_s")
    grid.get_by_role("button", name="★ only").click()
    assert grid.locator(".sl-choose").count() == 1
    walk.picture("comparison")
    grid.get_by_role("button", name="★ only").click()
    grid.get_by_label("Filter clips").fill("tide, on")
    assert grid.locator(".sl-choose").count() == 2
    grid.get_by_label("Filter clips").fill("")
    grid.get_by_label("Order").select_option("")
    grid.locator(".sl-choose").first.focus()
    walk.page.keyboard.press("Space")
    grid.get_by_role("button", name="Play", exact=True).wait_for()
    assert walk.cell_types == {"code"}
    walk.check_access(".sl-matrix")


def test_the_table(walk: Walk) -> None:
    walk.to(BROWSE)
    table = walk.page.locator(".sl-browse").first
    table.get_by_label("Search clips").fill("tide, on")
    table.get_by_text("2 of").wait_for()
    table.locator("tbody .sl-open").first.click()
    walk.page.get_by_role("group", name="Player: Slow tide, on").first.wait_for()
    origin = walk.page.get_by_role("group", name="Where this clip came from")
    origin.wait_for()
    walk.check_access(".sl-lineage")
    walk.picture("table")
    table.get_by_label("Search clips").fill("")
    origin.get_by_role("button", name="generate").press("Enter")
    walk.kernel_comes_to_say("table.clip == sung.clips[0]", "True")
    walk.page.get_by_role("button", name="ask like this").click()
    walk.page.locator(".suno-lab-composer").get_by_label("lyrics", exact=True).last.wait_for()
    table.get_by_role("button", name="length").click()
    table.get_by_role("button", name="length").click()
    assert table.locator("th[aria-sort=descending]").inner_text() == "length ↓"
    table.get_by_label("Search clips").fill("famous-artist")
    table.locator("tbody .sl-finding", has_text="artist name").click()
    walk.check_access(".sl-browse")


def test_the_magic_and_completion(walk: Walk) -> None:
    walk.to(MAGIC)
    cards = walk.page.locator(".suno-lab-card", has_text="state SUCCESS")
    cards.first.wait_for()
    assert cards.locator("xpath=following-sibling::*").locator("audio").count() == 2
    walk.to(LAST)
    cell = walk.page.locator(".jp-CodeCell").last
    cell.locator(".cm-content").click()
    walk.page.keyboard.type("%suno --")
    offered = offered_by_tab(walk)
    offered.filter(has_text="--duration").wait_for()
    walk.page.keyboard.press("Escape")
    walk.page.keyboard.press("Control+a")
    walk.page.keyboard.type("session['")
    offered_by_tab(walk).first.wait_for()
    walk.picture("completion")
    task_id = walk.kernel_says("sung.task_id").strip("'")
    walk.page.keyboard.type(task_id[:4])  # of a long list only the beginning is on the page
    offered.filter(has_text=task_id).click()
    assert task_id in cell.locator(".cm-content").inner_text()


def offered_by_tab(walk: Walk) -> Any:
    """What is offered to complete a word; asked for again, as a front end waits no longer than a second for it."""
    offered = walk.page.locator(".jp-Completer-item:visible")
    for _ in range(TABS_N):
        walk.page.keyboard.press("Tab")
        walk.page.wait_for_timeout(1_500)
        if offered.count():
            break
    return offered


def test_a_saved_notebook_holds_cards_and_no_sound(walk: Walk) -> None:
    walk.page.evaluate("() => { window.jupyterapp.commands.execute('docmanager:save') }")
    walk.page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')")
    saved = walk.page.evaluate("() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.model.toJSON())")
    assert "emulated – not Suno" in saved
    assert len(saved) < 60_000
