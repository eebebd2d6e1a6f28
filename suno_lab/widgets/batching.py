"""Many requests from one: models × prompts × repetitions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import ipywidgets as W
import traitlets as t

from suno_lab.api import Request
from suno_lab.errors import InvalidRequest
from suno_lab.widgets.forms import FormField, price_text
from suno_lab.widgets.notes import Notes

Prompt = Mapping[str, Any]
OWN_LINES = "the lines below"
MAX_TASKS_N = 500  #: more than this is a slip of the hand


def batch(request: Request, *, models: Sequence[str], prompts: Sequence[Prompt], n: int = 1) -> list[Request]:
    """One request for every model, prompt and repetition; equal requests stand next to each other.

    Parameters
    ----------
    request : Request
        What they have in common.
    models : sequence of str
        Empty: the request's own.
    prompts : sequence of mapping
        Fields that replace the request's; empty: the request as it is.
    n : int
        How often each is asked for.

    Raises
    ------
    InvalidRequest
        For fewer than one of each, or more than :data:`MAX_TASKS_N` in all.
    """
    chosen: Sequence[Prompt] = [{"model": model} for model in models] or [{}]
    tasks_n = len(chosen) * max(len(prompts), 1) * n
    if not 1 <= tasks_n <= MAX_TASKS_N:
        raise InvalidRequest(f"{tasks_n} tasks; a batch has 1 to {MAX_TASKS_N}", field="n", given=n)
    return [
        dataclasses.replace(request, **prompt, **model)
        for prompt in prompts or [{}]
        for model in chosen
        for _ in range(n)
    ]


def line_prompts(text: str, *, field: str) -> list[Prompt]:
    """One prompt a line, for the field that carries the idea."""
    return [{field: line.strip()} for line in text.splitlines() if line.strip()]


class Several(W.HBox):
    """A box for each option; ``value`` holds those that are ticked, in the options' order."""

    value = t.Tuple()

    def __init__(self, options: Sequence[str], *, description: str) -> None:
        plain = {"indent": False, "layout": W.Layout(width="auto", margin="2px 14px 2px 0")}
        self.boxes = {option: W.Checkbox(description=option, **plain) for option in options}
        for box in self.boxes.values():
            box.observe(lambda _: self._collect(), names="value")
        named = W.Label(description, layout=W.Layout(width="9em", flex="none", margin="2px 8px 2px 2px"))
        named.add_class("suno-lab-label")
        row = W.HBox(list(self.boxes.values()), layout=W.Layout(flex_flow="row wrap"))
        super().__init__([named, row])

    def _collect(self) -> None:
        self.value = tuple(option for option, box in self.boxes.items() if box.value)

    @t.observe("value")
    def _tick(self, change: dict[str, Any]) -> None:
        for option, box in self.boxes.items():
            box.value = option in change["new"]


class BatchPanel(W.VBox):
    """Chooses models, prompts and repetitions; ``ask`` is called with the requests when the button is pressed.

    Parameters
    ----------
    base : callable
        Gives the request that all have in common; may raise :class:`~suno_lab.errors.InvalidRequest`.
    price : callable
        Requests → what they cost together in credits, None where no price is known.
    prompt_sets : mapping of str to sequence of mapping
        Prompts by name of their set.
    """

    def __init__(
        self,
        *,
        models: Sequence[str],
        base: Callable[[], Request],
        price: Callable[[Iterable[Request]], float | None],
        ask: Callable[[list[Request]], object],
        prompt_sets: Mapping[str, Sequence[Prompt]],
        emulated: bool,
    ) -> None:
        self.base, self.price, self.ask, self.prompt_sets, self.emulated = base, price, ask, prompt_sets, emulated
        self.idea_field = "description"
        named = {"style": {"description_width": "9em"}, "layout": W.Layout(width="auto")}
        self.models = Several(models, description="models")
        self.prompt_set = W.Dropdown(options=[OWN_LINES, *prompt_sets], description="prompts", **named)
        self.lines = W.Textarea(rows=4, placeholder="one description a line", description="lines", **named)
        self.repeats = W.BoundedIntText(value=1, min=1, max=MAX_TASKS_N, description="times each", **named)
        self.note = Notes()
        self.button = W.Button(description="Ask for all", layout=W.Layout(width="auto", align_self="flex-start"))
        for control in (self.models, self.prompt_set, self.lines, self.repeats):
            control.observe(lambda _: self.review(), names="value")
        self.button.on_click(lambda _: self._ask())
        super().__init__([self.models, self.prompt_set, self.lines, self.repeats, self.note, self.button])

    @property
    def requests(self) -> list[Request]:
        """What would be asked now.

        Raises
        ------
        InvalidRequest
            Where the form or the numbers are wrong.
        """
        own = self.prompt_set.value == OWN_LINES
        prompts = (
            line_prompts(self.lines.value, field=self.idea_field) if own else self.prompt_sets[self.prompt_set.value]
        )
        return batch(self.base(), models=self.models.value, prompts=prompts, n=self.repeats.value)

    def review(self) -> None:
        """Say how many tasks that makes and what they cost."""
        self.lines.layout.display = None if self.prompt_set.value == OWN_LINES else "none"
        try:
            requests = self.requests
        except (InvalidRequest, TypeError) as problem:
            self.note.say((str(problem), "soft"))
            return
        total = self.price(requests)
        each = None if total is None else total / len(requests)
        self.note.say((price_text(each, tasks_n=len(requests), emulated=self.emulated), "soft"))

    def _ask(self) -> None:
        try:
            requests = self.requests
        except (InvalidRequest, TypeError) as problem:
            self.note.say((str(problem), "bad"))
            return
        self.ask(requests)


def model_choices(fields: Iterable[FormField]) -> tuple[str, ...]:
    """The models a form offers; empty where the operation takes none."""
    return next((field.choices for field in fields if field.kind == "model"), ())
