"""The table of clips in a real browser."""

from __future__ import annotations

from typing import Any

import pytest

from suno_lab.widgets.browsing import ClipTable
from tests.ui.stage import Stage

COLUMNS = [{"name": "title", "label": "title"}, {"name": "tempo_bpm", "label": "tempo"}]
TEMPI = {"Sea": 92.0, "Sand": None, "Sky": 120.0, "Snow": 71.0}


@pytest.fixture
def shown(stage: Stage) -> Any:
    rows = [
        {
            "id": title, "clip_id": title, "hidden": "tide" if title == "Snow" else "",
            "finding": "nothing can be heard in this file" if title == "Sky" else "",
            "cells": [{"text": title, "value": title}, {"text": f"{tempo or ''}", "value": tempo}],
        }
        for title, tempo in TEMPI.items()
    ]  # fmt: skip
    return stage.mount(ClipTable(columns=COLUMNS, rows=rows))


def titles(page: Any) -> list[str]:
    return list(page.locator("tbody th .sl-open").all_inner_texts())


def test_a_click_on_the_head_sorts_and_another_turns_it_round(shown: Any) -> None:
    shown.get_by_role("button", name="tempo").click()
    assert titles(shown) == ["Snow", "Sea", "Sky", "Sand"]
    shown.get_by_role("button", name="tempo").click()
    assert titles(shown) == ["Sky", "Sea", "Snow", "Sand"]
    assert shown.locator("th[aria-sort=descending]").count() == 1


def test_sorting_by_keyboard_keeps_the_focus(shown: Any) -> None:
    shown.get_by_role("button", name="tempo").press("Enter")
    shown.keyboard.press("Enter")
    assert titles(shown) == ["Sky", "Sea", "Snow", "Sand"]


def test_search_finds_what_is_shown_and_what_is_sung(shown: Any) -> None:
    shown.get_by_label("Search clips").fill("s TIDE")
    assert titles(shown) == ["Snow"]
    shown.get_by_text("1 of 4").wait_for()


def test_a_row_is_chosen_by_click_and_by_keyboard(stage: Stage, shown: Any) -> None:
    shown.get_by_text("92").click()
    assert stage.get("selected") == "Sea"
    shown.get_by_role("button", name="Sea").focus()
    shown.keyboard.press("ArrowDown")
    shown.keyboard.press("Enter")
    assert stage.get("selected") == "Sand"


def test_long_tables_come_in_portions(stage: Stage) -> None:
    plain = {"hidden": "", "finding": ""}
    rows = [{"id": str(i), "clip_id": str(i), **plain, "cells": [{"text": str(i), "value": i}] * 2} for i in range(450)]
    page = stage.mount(ClipTable(columns=COLUMNS, rows=rows))
    assert page.locator("tbody tr").count() == 200
    page.get_by_role("button", name="show more").click()
    page.get_by_role("button", name="show more").click()
    assert page.locator("tbody tr").count() == 450


def test_what_is_odd_with_a_file_stands_under_its_title_and_is_found(shown: Any) -> None:
    shown.get_by_label("Search clips").fill("nothing can be heard")
    assert titles(shown) == ["Sky"]
    shown.locator("tbody .sl-finding", has_text="nothing can be heard in this file").wait_for()
