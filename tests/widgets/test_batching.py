from __future__ import annotations

import pytest

from suno_lab.api.music import Generate
from suno_lab.errors import InvalidRequest
from suno_lab.widgets import composer
from suno_lab.widgets.batching import Several, batch, line_prompts
from tests.widgets.sessions import PlainSession

BASE = Generate(description="x", model="V5")


def test_a_batch_is_models_times_prompts_times_repetitions() -> None:
    made = batch(BASE, models=["V4", "V5"], prompts=line_prompts("sea\n\n sand \n", field="description"), n=2)
    assert [(request.description, request.model) for request in made] == [  # type: ignore[attr-defined]
        ("sea", "V4"), ("sea", "V4"), ("sea", "V5"), ("sea", "V5"),
        ("sand", "V4"), ("sand", "V4"), ("sand", "V5"), ("sand", "V5"),
    ]  # fmt: skip


def test_without_models_and_prompts_it_is_the_request_itself() -> None:
    assert batch(BASE, models=[], prompts=[], n=3) == [BASE] * 3


@pytest.mark.parametrize("n", [0, -1, 501])
def test_too_few_and_too_many_are_refused(n: int) -> None:
    with pytest.raises(InvalidRequest, match="a batch has 1 to 500"):
        batch(BASE, models=[], prompts=[], n=n)


def test_the_panel_says_the_price_and_asks_for_all() -> None:
    form = composer(
        PlainSession(), watch=False, description="x", prompt_sets={"two": [{"description": "a"}, {"description": "b"}]}
    )
    [panel] = form.batch.children
    panel.models.value, panel.prompt_set.value, panel.repeats.value = ("V4", "V5"), "two", 2
    assert panel.note.texts == ["8 tasks: 96 emulated credits"]
    panel.button.click()
    assert len(form.jobs.cards) == 8
    assert [fresh for _, fresh in form.session.asked][:4] == [False, True, False, True]


def test_ticked_models_are_in_the_order_they_are_offered() -> None:
    models = Several(["V4", "V5", "V6"], description="models")
    models.boxes["V6"].value = models.boxes["V4"].value = True
    assert models.value == ("V4", "V6")
    models.value = ("V5",)
    assert [box.value for box in models.boxes.values()] == [False, True, False]


def test_lines_are_ideas_of_the_mode() -> None:
    form = composer(PlainSession(), watch=False, lyrics="la", style="folk", title="Sea")
    [panel] = form.batch.children
    panel.lines.value = "jazz\nrock"
    assert [(request.lyrics, request.style) for request in panel.requests] == [("la", "jazz"), ("la", "rock")]


def test_what_is_wrong_with_the_form_is_said_in_the_panel() -> None:
    form = composer(PlainSession(), watch=False, operation="extend")
    [panel] = form.batch.children
    panel.button.click()
    assert "clip is missing" in panel.note.texts[0]
    assert form.jobs.cards == []


def test_a_refusal_ends_the_batch() -> None:
    def refuse(request: object) -> None:
        raise InvalidRequest("no")

    form = composer(PlainSession(answer=refuse), watch=False, description="x")
    assert form.submit_all([BASE, BASE]) == []
    assert form.notes.texts == ["no"]
