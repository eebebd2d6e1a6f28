from __future__ import annotations

import pytest

from suno_lab.api import operations
from suno_lab.api.music import Generate
from suno_lab.errors import InvalidRequest
from suno_lab.widgets.forms import Room, counts, findings, form_fields, has_modes, price_text, request_from, room

GENERATE = operations()["generate"]


def names(*, mode: str, instrumental: bool) -> set[str]:
    return {
        field.name
        for field in form_fields(GENERATE)
        if counts(field, modes=True, mode=mode, instrumental=instrumental)  # type: ignore[arg-type]
    }


@pytest.mark.parametrize("operation", operations().values(), ids=lambda operation: operation.name)
def test_every_operation_has_a_form(operation) -> None:  # type: ignore[no-untyped-def]
    assert {field.name for field in form_fields(operation)} == {name for name, _ in _declared(operation)}
    assert all(field.choices for field in form_fields(operation) if field.kind in ("choice", "model"))


def _declared(operation) -> list[tuple[str, object]]:  # type: ignore[no-untyped-def]
    import dataclasses

    return [(field.name, field.type) for field in dataclasses.fields(operation.request)]


def test_each_mode_shows_only_what_counts_in_it() -> None:
    assert names(mode="simple", instrumental=False) >= {"description", "model", "instrumental"}
    assert not names(mode="simple", instrumental=False) & {"lyrics", "style", "title", "vocal_gender"}
    assert names(mode="custom", instrumental=False) >= {"lyrics", "style", "title", "model", "vocal_gender"}
    assert not names(mode="custom", instrumental=True) & {"lyrics", "vocal_gender", "description"}


def test_only_operations_with_two_modes_have_a_choice() -> None:
    assert has_modes(GENERATE)
    assert not has_modes(operations()["extend"])


def test_empty_fields_are_left_to_the_request() -> None:
    made = request_from(GENERATE, {"description": " calm piano ", "model": "V5", "title": "", "style_weight": ""})
    assert made == Generate(description=" calm piano ", model="V5")


def test_numbers_and_lists_are_read() -> None:
    made = request_from(GENERATE, {"style_weight": "0.5", "image_urls": "https://a.example/1\n\n https://a.example/2 "})
    assert made == Generate(style_weight=0.5, image_urls=("https://a.example/1", "https://a.example/2"))


def test_a_number_that_is_none_is_said_in_words() -> None:
    with pytest.raises(InvalidRequest, match="style weight must be a number, got 'much'"):
        request_from(GENERATE, {"style_weight": "much"})


def test_a_required_field_that_is_empty_is_named() -> None:
    with pytest.raises(InvalidRequest, match="clip is missing"):
        request_from(operations()["extend"], {"clip_id": ""})


@pytest.mark.parametrize(("model", "most_n"), [("V4", 3000), ("V5", 5000)])
def test_the_room_for_lyrics_depends_on_the_model(model: str, most_n: int) -> None:
    left = room(Generate(lyrics="x" * 100, style="pop", model=model), host="kie")["lyrics"]
    assert (left.used_n, left.most_n, left.left_n) == (100, most_n, most_n - 100)


def test_what_one_page_disputes_is_said() -> None:
    left = room(Generate(description="x" * 501), host="kie")["description"]
    assert (left.most_n, left.disputed_n) == (3000, 500)
    assert "only 500" in str(left)


def test_too_long_is_said_with_both_figures() -> None:
    assert str(Room(used_n=81, most_n=80)) == "1 characters too long: 81 of 80"


def test_contradictions_are_findings_not_crashes() -> None:
    [found] = findings(Generate(description="a", style="b"), operation=GENERATE, host="kie")
    assert (found.severity, found.field) == ("refuse", "description")


@pytest.mark.parametrize(
    ("credits", "about", "text"),
    [
        (12.0, {}, "12 credits, about $0.06"),
        (12.0, {"tasks_n": 3}, "3 tasks: 36 credits, about $0.18"),
        (12.0, {"emulated": True}, "12 emulated credits"),
        (0.0, {}, "free"),
        (None, {}, "no price is published for this call"),
    ],
)
def test_the_price_in_words(credits: float | None, about: dict[str, object], text: str) -> None:
    assert price_text(credits, **about) == text  # type: ignore[arg-type]
