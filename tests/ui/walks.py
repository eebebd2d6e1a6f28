"""Walking through a notebook as a person does: going to a cell, asking the kernel what it knows, keeping pictures.

A walk is a module with a notebook of its own (see ``notebooks`` in ``conftest.py``)::

    @pytest.fixture(scope="module", params=["lab", "notebook"])
    def walk(notebooks, request):
        with notebooks(SONGS, "session.annotate(3)", kind=request.param) as page:
            yield Walk(page, kind=request.param)

    def test_a_label_is_kept(walk):
        walk.to(1)
        …
        walk.picture("annotation")
        assert walk.kernel_says("len(session.ratings)") == "1"
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe

from tests.ui.stage import keep_picture

PATIENCE_S = 30.0

#: a session on the embedded emulator with songs that take milliseconds to make; ``FOLDER`` is its place
SONGS = """
from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
from suno_lab.errors import TaskFailed
LYRICS = "[Verse]\\nSlow tide come in\\nOver the dark sand\\n[Chorus]\\nCarry me home"
quick = EmulatorSettings(latency_s=1.0, default_duration_s=4.0)
session = SunoSession(FOLDER, service="emulator", emulator=quick, songs=PlainSongs(), progress=False)
sung = session.generate(lyrics=LYRICS, style="folk, 92 bpm", title="Slow tide", model="V5")
words = sung.clips[0].timed_lyrics()
other = session.generate(lyrics=LYRICS, style="folk, 92 bpm", title="Slow tide", model="V4_5")
longer = session.extend(sung.clips[0], continue_at_s=2.0, style="folk", title="Slow tide, on", instrumental=True)
try:
    session.generate("a song by famous-artist")
except TaskFailed as problem:
    print(problem.__class__.__name__)
"""

SCROLL_TO = """async (place) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  await notebook.scrollToItem(place, 'start');
}"""
#: the value of an expression in the kernel; nothing is run in a cell, nothing is written down
KERNEL_SAYS = """async (expression) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const asked = { code: '', silent: true, store_history: false, user_expressions: { found: expression } };
  const { content } = await kernel.requestExecute(asked).done;
  const found = content.user_expressions.found;
  return found.status === 'ok' ? found.data['text/plain'] : `${found.ename}: ${found.evalue}`;
}"""


@dataclass(frozen=True)
class Walk:
    """An open notebook."""

    page: Any
    kind: str

    def to(self, place: int) -> None:
        """Scroll to a cell, the first being 0: what is out of sight may not be on the page at all."""
        self.page.evaluate(SCROLL_TO, place)

    def kernel_says(self, expression: str) -> str:
        """What an expression is in the kernel, as ``repr`` gives it."""
        return str(self.page.evaluate(KERNEL_SAYS, expression))

    def kernel_comes_to_say(self, expression: str, value: str) -> None:
        """Wait until an expression is so in the kernel."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := self.kernel_says(expression)) != value:
            assert time.monotonic() < deadline, f"{expression} is {found}, not {value}"
            self.page.wait_for_timeout(50)

    @property
    def cell_types(self) -> set[str]:
        """Which kinds of cells there are: keys meant for a widget must not have changed any."""
        cells = "() => window.jupyterapp.shell.currentWidget.content.widgets.map((cell) => cell.model.type)"
        return set(self.page.evaluate(cells))

    def picture(self, name: str) -> None:
        """Keep what is on the screen as ``test-artifacts/<front end>-<name>.png``."""
        keep_picture(self.page, f"{self.kind}-{name}")

    def check_access(self, selector: str) -> None:
        """Fail where axe-core finds something within the selected element."""
        found: Any = Axe().run(self.page, context=selector)
        assert found.violations_count == 0, found.generate_report()
