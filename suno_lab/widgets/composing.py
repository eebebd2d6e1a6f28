"""A form to ask with: any operation of the service, submitted without blocking the notebook."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import ipywidgets as W

from suno_lab.api import Request, operations
from suno_lab.errors import InvalidRequest, SunoLabError
from suno_lab.store import tasks
from suno_lab.widgets.base import EMULATED_NOTE, unknown_keyword
from suno_lab.widgets.batching import BatchPanel, Prompt, model_choices
from suno_lab.widgets.fields import FieldRow
from suno_lab.widgets.forms import (
    SELDOM,
    FormField,
    Mode,
    counts,
    findings,
    form_fields,
    has_modes,
    price_text,
    request_from,
    room,
)
from suno_lab.widgets.jobs import JobCard, JobList, Shown
from suno_lab.widgets.notes import Notes, Tone, toned
from suno_lab.widgets.rows import model_label

MODES: tuple[tuple[str, Mode], ...] = (("from a description", "simple"), ("own lyrics, style, title", "custom"))


TITLE_LENGTH = 60


def composer(
    session: Any,
    *,
    operation: str = "generate",
    like: Any = None,
    prompt_sets: Mapping[str, Sequence[Prompt]] | None = None,
    watch: bool = True,
    **values: Any,
) -> Composer:
    """A form that asks ``session`` for music.

    Parameters
    ----------
    session : SunoSession
        Anything with ``submit(request) -> Job``. It keeps the key; the form never sees it.
    operation : str
        Which call the form starts with: any name of :func:`suno_lab.api.operations`.
    like : Clip, Task or Request, optional
        Start with what was asked for there.
    prompt_sets : mapping of str to sequence of mapping, optional
        Prompts for the batch: ``{"moods": [{"description": "calm piano"}, {"style": "folk", "lyrics": "…"}]}``.
    watch : bool
        Whether a background thread keeps the stages up to date; without it call ``form.jobs.refresh()``.
    **values
        What the fields start with: ``composer(session, model="V5", description="calm piano")``.

    Raises
    ------
    TypeError
        For a keyword that is no field of the operation.
    """
    if operation not in operations():
        raise InvalidRequest(f"unknown operation {operation!r}, expected one of {', '.join(operations())}")
    asked = asked_of(like)
    operation = asked.operation if asked else operation
    known = [field.name for field in form_fields(operations()[operation])]
    for name in values:
        if name not in known:
            raise TypeError(unknown_keyword("composer", name, known))
    start = {name: value for name, value in asked.items() if value is not None} if asked else {}
    return Composer(
        session, operation=operation, prompt_sets=prompt_sets or {}, watch=watch, values={**start, **values}
    )


def asked_of(source: Any) -> Request | None:
    """The request behind a clip, a task or a request; None for None."""
    if source is None or isinstance(source, Request):
        return source
    made: Request = source.task.request if hasattr(source, "task") else source.request
    return made


class Composer(W.VBox):
    """The form of :func:`composer`. ``jobs`` is what was asked with it, ``request`` what would be asked now."""

    def __init__(
        self,
        session: Any,
        *,
        operation: str,
        prompt_sets: Mapping[str, Sequence[Prompt]],
        watch: bool,
        values: dict[str, Any],
    ) -> None:
        self.session, self.prompt_sets = session, prompt_sets
        self.rows: dict[str, FieldRow] = {}
        names = [(row.title, name) for name, row in operations().items() if row.method == "POST"]
        wide, short = {"description_width": "9em"}, {"description_width": "4em"}
        self.operation_choice = W.Dropdown(options=names, value=operation, description="ask for", style=wide)
        self.mode_choice = W.Dropdown(options=MODES, description="mode", style=short)
        self.main, self.seldom, self.batch = W.VBox(), W.VBox(), W.VBox()
        self.more = W.Accordion(children=[self.seldom, self.batch], titles=["more", "batch"])
        self.notes, self.price = Notes(), Notes()
        self.button = W.Button(button_style="primary", layout=W.Layout(width="auto", margin="4px 10px 4px 0"))
        self.anew = W.Checkbox(
            description="ask anew",
            indent=False,
            tooltip="although an equal request was answered before",
            layout=W.Layout(width="auto", margin="0 0 0 16px"),
        )
        self.jobs = JobList(watch=watch)
        self.operation_choice.observe(lambda _: self._lay_out({}), names="value")
        self.mode_choice.observe(lambda _: self._review(), names="value")
        self.button.on_click(lambda _: self.submit())
        head = W.HBox([_line("Compose", "title")], layout=W.Layout(justify_content="space-between"))
        head.children += (_line(EMULATED_NOTE, "mark"),) if self.emulated else ()
        choices = W.HBox([self.operation_choice, self.mode_choice], layout=W.Layout(flex_flow="row wrap"))
        foot = W.HBox([self.button, self.price, self.anew], layout=W.Layout(align_items="center"))
        super().__init__([head, choices, self.main, self.more, self.notes, foot, self.jobs])
        self.add_class("suno-lab-composer")
        self._lay_out(values)

    # ── what the session says ──
    @property
    def emulated(self) -> bool:
        """Whether the session asks the embedded emulator."""
        return bool(getattr(self.session, "emulated", False))

    @property
    def vocabulary(self) -> str:
        """Whose limits hold: ``kie`` or ``sunoapi``."""
        return str(getattr(getattr(self.session, "host", None), "vocabulary", "kie"))

    # ── what the form says ──
    @property
    def operation(self) -> Any:
        """The row of the service's index that is asked for."""
        return operations()[self.operation_choice.value]

    @property
    def mode(self) -> Mode:
        """``simple`` (from a description) or ``custom``."""
        mode: Mode = self.mode_choice.value
        return mode

    @property
    def request(self) -> Request:
        """What would be asked now: only the fields that count in this mode.

        Raises
        ------
        InvalidRequest
            Where a required field is empty or a number is none.
        """
        values = {name: row.value for name, row in self.rows.items() if self._counts(row.field)}
        return request_from(self.operation, values)

    def fill(self, **values: Any) -> None:
        """Write into fields by the request's own names; the mode follows what is given."""
        for name, value in values.items():
            if name not in self.rows:
                raise TypeError(unknown_keyword("fill", name, list(self.rows)))
            self.rows[name].value = value
        if has_modes(self.operation) and values.keys() & {"lyrics", "style", "title"}:
            self.mode_choice.value = "custom"
        elif values.get("description"):
            self.mode_choice.value = "simple"

    def submit(self) -> Any:
        """Ask, and return at once; the job (None where the form says why not)."""
        try:
            request = self.request
        except InvalidRequest as problem:
            self.notes.say((str(problem), "bad"))
            return None
        return self._ask(request, fresh=self.anew.value)

    def submit_all(self, requests: Sequence[Request]) -> list[Any]:
        """Ask for several, equal ones as repetitions of each other; stops at the first that is refused."""
        jobs: list[Any] = []
        for before, request in zip([None, *requests], requests, strict=False):
            job = self._ask(request, fresh=self.anew.value or request == before)
            if job is None:
                break
            jobs.append(job)
        return jobs

    def _ask(self, request: Request, *, fresh: bool) -> Any:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # the form has shown them already
                job = self.session.submit(request, fresh=fresh)
        except SunoLabError as problem:
            self.notes.say((str(problem), "bad"))
            return None
        self.notes.say()
        title = job_title(request, fallback=self.operation.title, emulated=self.emulated)
        typical_s = self._typical_s()
        self.jobs.add(
            JobCard(job, title=title, show=result_widgets, early=self._first_clips, typical_s=typical_s)
        )
        return job

    def close(self) -> None:
        """Let go of everything the form shows; what was asked goes on."""
        self.jobs.close()
        super().close()

    # ── inside ──
    def _typical_s(self) -> float | None:
        """How long such tasks took in this session; None where it knows none."""
        journal = getattr(self.session, "journal", None)
        return None if journal is None else tasks.typical_s(journal, self.operation.name)

    def _first_clips(self, job: Any) -> Any:
        """Clips of a task under way whose sound is here; None where there are none yet."""
        clips = [clip for clip in self.session.task(job.task_id).clips if clip.path is not None]
        return SimpleNamespace(clips=clips) if clips else None

    def _counts(self, field: FormField) -> bool:
        instrumental = self.rows.get("instrumental")
        return counts(
            field,
            modes=has_modes(self.operation),
            mode=self.mode,
            instrumental=bool(instrumental and instrumental.value),
        )

    def _lay_out(self, values: dict[str, Any]) -> None:
        """Build the rows of the chosen operation; what was written in fields of the same name is carried over."""
        kept = {name: row.value for name, row in self.rows.items()}
        clip_ids = list(getattr(self.session, "clip_ids", ()))
        fields = form_fields(self.operation)
        self.rows = {f.name: FieldRow(f, clip_ids=clip_ids, on_change=self._review) for f in fields}
        for name, value in kept.items():
            if name in self.rows and self._takes(self.rows[name], value):
                self.rows[name].value = value
        seldom = [row for row in self.rows.values() if row.field.name in SELDOM and not row.field.required]
        self.main.children = [row for row in self.rows.values() if row not in seldom]
        self.seldom.children = seldom
        self.batch.children = self._batch_panels(fields)
        shown = [(box, title) for box, title in ((self.seldom, "more"), (self.batch, "batch")) if box.children]
        self.more.children, self.more.titles = [box for box, _ in shown], [title for _, title in shown]
        self.mode_choice.layout.display = None if has_modes(self.operation) else "none"
        self.button.description = self.operation.title
        self.fill(**values)
        self._review()

    def _batch_panels(self, fields: Sequence[FormField]) -> list[W.Widget]:
        models = model_choices(fields)
        if not models:
            return []
        panel = BatchPanel(
            models=models,
            base=lambda: self.request,
            price=self._credits,
            ask=self.submit_all,
            prompt_sets=self.prompt_sets,
            emulated=self.emulated,
        )
        return [panel]

    def _credits(self, requests: Iterable[Request]) -> float | None:
        each = [self.operation.credits(request, host=self.vocabulary) for request in requests]
        return None if None in each else float(sum(credits or 0 for credits in each))

    @staticmethod
    def _takes(row: FieldRow, value: Any) -> bool:
        return row.field.kind not in ("choice", "model") or value in row.field.choices

    def _review(self) -> None:
        """Show the fields that count, what room is left, what the contract says, and the price."""
        for row in self.rows.values():
            row.show(self._counts(row.field))
        try:
            request = self.request
            left = room(request, host=self.vocabulary)
        except InvalidRequest as problem:
            self.notes.say((str(problem), "soft"))
            return
        for name, row in self.rows.items():
            row.note.say(*([_room_line(left[name])] if name in left and row.value else []))
        found = findings(request, operation=self.operation, host=self.vocabulary)
        self.notes.say(*toned((str(finding) for finding in found if finding.kind not in ("missing", "limit")), "warn"))
        self.price.say((price_text(self._credits([request]), emulated=self.emulated), "soft"))
        for panel in self.batch.children:
            panel.idea_field = next(
                n for n in ("description", "style", "model") if n in self.rows and self._counts(self.rows[n].field)
            )
            panel.review()


def _line(text: str, tone: Tone) -> Notes:
    return Notes(lines=[{"text": text, "tone": tone}])


def _room_line(left: Any) -> Any:
    return (str(left), "bad" if left.left_n < 0 else "soft")


def job_title(request: Request, *, fallback: str, emulated: bool) -> str:
    """What a job is called on its card: the song's title or the first words of what was asked, and the model."""
    given = dict(request.items())
    texts = (str(given.get(name) or "").strip() for name in ("title", "description", "style", "lyrics"))
    first = next((text for text in texts if text), fallback).splitlines()[0]
    short = first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"
    return " · ".join(part for part in (short, model_label(given.get("model"), emulated=emulated)) if part)


def result_widgets(result: Any, players: Shown) -> list[W.Widget]:
    """What came of a job: a player for every clip, and every other product in words.

    Players are kept in ``players`` by clip and used again.
    """
    from suno_lab.widgets.playing import player

    clips = list(getattr(result, "clips", ()) or ())
    products = list(getattr(result, "products", ()) or ())
    for clip in clips:
        players[clip.clip_id] = players.get(clip.clip_id) or player(clip)
    if clips or products or result is None:
        return [players[clip.clip_id] for clip in clips] + [_product(product) for product in products]
    return [Notes(lines=[{"text": str(result), "tone": "plain"}])]


def _product(product: Any) -> W.Widget:
    text = product.value if isinstance(product.value, str) else (product.url or str(product.value))
    head = f"{product.kind} {product.name}".strip()
    return Notes(lines=[{"text": head, "tone": "soft"}, {"text": text, "tone": "plain"}])
