"""The player in a real browser."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from suno_lab.widgets.playing import player
from tests.ui.stage import Stage
from tests.widgets.clips import PlainClip, counted_words, write_tone

SECTIONS = [{"label": "verse", "start_s": 0.0, "end_s": 2.0}, {"label": "chorus", "start_s": 2.0, "end_s": 4.0}]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> PlainClip:
    return PlainClip(write_tone(tmp_path_factory.mktemp("tones") / "tone.mp3"), words=counted_words())


@pytest.mark.parametrize("place", ["light", "shadow"])
def test_it_plays_marks_the_sung_word_and_reports_the_time(stage: Stage, clip: PlainClip, place: str) -> None:
    page = stage.mount(player(clip), place=place)
    page.get_by_role("button", name="Play").click()
    stage.wait("get('current_time_s') > 0.5 && get('playing')")
    word = page.locator(".sl-word[aria-current]")
    word.wait_for()
    page.get_by_role("button", name="Pause").click()
    stage.wait("!get('playing')")
    sung = [w.word.strip() for w in clip.words if w.start_s <= stage.get("current_time_s") <= w.end_s + 0.25]
    assert word.inner_text() in sung


def test_a_word_seeks_by_click_and_by_enter(stage: Stage, clip: PlainClip) -> None:
    page = stage.mount(player(clip))
    page.get_by_role("button", name="dark").click()
    stage.wait("Math.abs(get('current_time_s') - 2.7) < 0.01")
    page.get_by_role("button", name="dark").press("ArrowLeft")
    page.keyboard.press("Enter")
    stage.wait("Math.abs(get('current_time_s') - 2.25) < 0.01")
    assert page.locator(".sl-word[aria-current]").inner_text() == "the"


def test_python_moves_the_playhead_and_starts_the_sound(stage: Stage, clip: PlainClip) -> None:
    page = stage.mount(player(clip))
    stage.set("current_time_s", 3.2)
    page.locator(".sl-word[aria-current]", has_text="sand").wait_for()
    stage.set("playing", True)
    page.get_by_role("button", name="Pause").wait_for()


def test_dragging_selects_and_escape_clears(stage: Stage, clip: PlainClip) -> None:
    page = stage.mount(player(clip))
    box = page.get_by_role("slider").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 20, steps=4)
    page.mouse.up()
    start_s, end_s = stage.get("selection")
    assert (start_s, end_s) == (pytest.approx(1.0, abs=0.05), pytest.approx(3.0, abs=0.05))
    page.get_by_role("slider").press("Escape")
    assert stage.get("selection") == []


def test_the_selection_bounds_the_sound(stage: Stage, clip: PlainClip) -> None:
    page = stage.mount(player(clip, selection=[3.0, 3.3]))
    page.get_by_role("button", name="Play").click()
    stage.wait("!get('playing') && get('current_time_s') > 3")
    assert stage.get("current_time_s") == pytest.approx(3.3, abs=0.1)


def test_the_keyboard_is_enough(stage: Stage, clip: PlainClip) -> None:
    page = stage.mount(player(clip))
    slider = page.get_by_role("slider")
    slider.press("End")
    stage.wait("get('current_time_s') > 3.9")
    slider.press("ArrowLeft")
    stage.wait("get('current_time_s') === 0")
    slider.press("Space")
    page.get_by_role("button", name="Pause").wait_for()


def test_layers_switch_while_they_play(stage: Stage, clip: PlainClip, tmp_path: Path) -> None:
    stems = {name: write_tone(tmp_path / f"{name}.wav", hz=hz) for name, hz in (("vocals", 440.0), ("drums", 110.0))}
    page = stage.mount(player(clip, stems=stems))
    page.get_by_role("button", name="Play").click()
    stage.wait("get('current_time_s') > 0.2")
    page.get_by_role("button", name="drums").click()
    assert stage.get("active_layers") == ["vocals"]
    before_s = stage.get("current_time_s")
    stage.wait(f"get('playing') && get('current_time_s') > {before_s} + 0.2")


def test_two_views_of_one_player_speak_one_at_a_time(stage: Stage, clip: PlainClip) -> None:
    page = stage.mount(player(clip))
    stage.mount(player(clip), beside=True)
    first, second = page.get_by_role("group", name="Player: A tone").all()
    first.get_by_role("button", name="Play").click()
    first.get_by_role("button", name="Pause").wait_for()
    second.get_by_role("button", name="Play").click()
    second.get_by_role("button", name="Pause").wait_for()
    first.get_by_role("button", name="Play").wait_for()
    assert stage.get("playing")


def test_tearing_down_leaves_no_listener_and_no_sound(stage: Stage, clip: PlainClip) -> None:
    page = stage.mount(player(clip))
    page.get_by_role("button", name="Play").click()
    stage.wait("get('playing')")
    page.evaluate("() => window.tearDown()")
    assert page.evaluate("() => window.model.handlersLeft()") == 0
    assert page.locator("#host").inner_html() == ""


def test_play_waits_for_a_sound_that_is_still_on_its_way(stage: Stage, clip: PlainClip) -> None:
    shown = player(clip)
    assert shown.ready()
    shown.audio = b""
    page = stage.mount(shown)
    page.get_by_role("button", name="Play").click()
    page.get_by_text("loading …").wait_for()
    sound = base64.b64encode(clip.path.read_bytes()).decode()
    page.evaluate("(sound) => window.model.set('audio', Uint8Array.from(atob(sound), (c) => c.charCodeAt(0)))", sound)
    stage.wait("get('playing') && get('current_time_s') > 0.2")
    page.get_by_text("loading …").wait_for(state="hidden")


def test_waiting_for_the_sound_can_be_given_up(stage: Stage, clip: PlainClip) -> None:
    shown = player(clip)
    assert shown.ready()
    shown.audio = b""
    page = stage.mount(shown)
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Play").wait_for()
    assert page.get_by_text("loading …").count() == 0


def test_a_broken_file_is_said_in_words(stage: Stage, clip: PlainClip) -> None:
    page = stage.mount(player(clip, audio=b"no music"))
    page.get_by_role("status").filter(has_text="cannot be played").wait_for()


def test_lyrics_without_times_can_be_read(stage: Stage, clip: PlainClip) -> None:
    page = stage.mount(player(PlainClip(clip.path, lyrics="[Verse]\nSlow tide")))
    page.get_by_text("lyrics").click()
    assert page.get_by_text("Slow tide").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everything_is_drawn(stage: Stage, clip: PlainClip, theme: str) -> None:
    shown = player(clip, sections=SECTIONS, beats=[0.5 * i for i in range(8)], show_spectrogram=True)
    page = stage.mount(shown, theme=theme)
    page.get_by_text("emulated – not Suno").wait_for()
    assert page.get_by_role("button", name="chorus").is_visible()
    assert painted_share(page, ".sl-wave") > 0.05
    assert painted_share(page, ".sl-spectrogram") == 1.0
    stage.keep(f"player-{theme}")


def painted_share(page: Any, selector: str) -> float:
    """How much of a canvas is not transparent."""
    return float(
        page.locator(selector).evaluate(
            """canvas => {
              const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
              let n = 0;
              for (let i = 3; i < data.length; i += 4) n += data[i] > 0;
              return n / (data.length / 4);
            }"""
        )
    )
