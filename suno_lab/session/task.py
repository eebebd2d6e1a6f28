"""One job of the service: its clips, its products, its state as last seen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from suno_lab.api import Request
from suno_lab.errors import WaitTimeout
from suno_lab.models import Product
from suno_lab.session import cards
from suno_lab.session.clip import Clip
from suno_lab.store import files, tasks
from suno_lab.store import requests as ledger

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from suno_lab.session.session import SunoSession


class Task:
    """A task as the session keeps it. Looking at it asks nobody; ``wait()`` looks at the service.

    Attributes
    ----------
    task_id : str
        The service's id.
    """

    def __init__(self, session: SunoSession, task_id: str) -> None:
        self._session, self.task_id = session, task_id

    def _column(self, name: str) -> Any:
        return self._session.journal.value(f"select {name} from tasks where task_id = ?", (self.task_id,))  # noqa: S608

    @property
    def status(self) -> str:
        """The service's own word for the state, as last seen."""
        return str(self._column("status"))

    @property
    def operation(self) -> str:
        """Which operation made it."""
        return str(self._column("operation"))

    @property
    def emulated(self) -> bool:
        """Whether the emulator made it: not Suno."""
        return bool(self._column("emulated"))

    @property
    def service(self) -> str:
        """Which service it is a task of."""
        return str(self._column("service"))

    @property
    def request_id(self) -> str:
        """Our id of the request."""
        return str(self._column("request_id"))

    @property
    def request(self) -> Request:
        """What was asked, as a value."""
        return ledger.get(self._session.journal, self.request_id).value()

    @property
    def model_requested(self) -> str | None:
        """The model asked for."""
        return ledger.get(self._session.journal, self.request_id).model_requested

    @property
    def clips(self) -> list[Clip]:
        """The pieces of audio it made, siblings in order."""
        found = tasks.clips_of(self._session.journal, self.task_id)
        return [Clip(self._session, clip.clip_id) for clip in found]

    @property
    def products(self) -> tuple[Product, ...]:
        """Everything else it made, as the service says."""
        return tasks.products_of(self._session.journal, self.task_id)

    @property
    def files(self) -> dict[str, Path]:
        """The files of its products that are here, by name."""
        found = files.of_task(self._session.journal, self.task_id)
        return {key.name or key.clip_id or key.kind: self._session.folder / path for key, path, _ in found}

    @property
    def credits(self) -> float | None:
        """What it cost, as far as is known."""
        return ledger.get(self._session.journal, self.request_id).credits

    def wait(self, timeout_s: float | None = None) -> Task:
        """Look at it until it is over; free.

        Raises
        ------
        WaitTimeout
            It is not over after ``timeout_s`` seconds.
        """
        self._session._follow(self.task_id, timeout_s=timeout_s)
        if self._column("finished_at") is None:
            raise WaitTimeout(f"task {self.task_id} is not finished", task_id=self.task_id)
        return self

    def plot(self, axes: Any = None) -> list[Axes]:
        """The words over the waveform of each clip, below each other."""
        import matplotlib.pyplot as plt

        clips = self.clips
        if axes is None:
            _, axes = plt.subplots(len(clips), 1, figsize=(10, 2.6 * max(len(clips), 1)), squeeze=False)
            axes = axes[:, 0]
        return [clip.plot_alignment(ax) for clip, ax in zip(clips, axes, strict=True)]

    def __getitem__(self, index: int) -> Clip:
        return self.clips[index]

    def __len__(self) -> int:
        return len(self.clips)

    def _repr_html_(self) -> str:
        about = {
            "": cards.model_label(self.model_requested, emulated=self.emulated),
            "state": self.status,
            "task": self.task_id,
        }
        lines = [_product_card(product) for product in self.products if not product.url]
        lines += [
            (cards.paragraph(f"{key.kind} {key.name}") if key.kind != "cover" else "")
            + cards.file(media_type, quote(os.path.relpath(self._session.folder / path), safe="/"))
            for key, path, media_type in files.shown(self._session.journal, self.task_id)
        ]
        error = self._column("error")
        head = cards.box(
            cards.heading(f"{self.operation}", emulated=self.emulated),
            cards.facts(about),
            cards.paragraph(error) if error else "",
            *lines,
        )
        return head + cards.listing(clip._repr_html_() for clip in self.clips)

    def __repr__(self) -> str:
        model = cards.model_label(self.model_requested, emulated=self.emulated)
        made = f"{len(self.clips)} clips" if self.clips else f"{len(self.products)} products"
        return f"<Task {self.task_id} {', '.join(filter(None, (self.operation, model, self.status, made)))}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and other.task_id == self.task_id

    def __hash__(self) -> int:
        return hash(self.task_id)


def _product_card(product: Product) -> str:
    """A product that is no file: its text behind a line, or its id."""
    title = f"{product.kind} {product.name}".strip()
    if isinstance(product.value, str) and (len(product.value) > 80 or "\n" in product.value):
        return cards.folded(title, product.value)
    shown = product.value if isinstance(product.value, str | int | float) else product.item_id
    return cards.paragraph(f"{title} {shown or ''}".strip())
