"""Showing that something is going on, honestly."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from suno_lab.emulator import EmulatorSettings
from suno_lab.errors import RepeatedRequest
from suno_lab.session.progress import Log, Notebook, Silent, Terminal, Throttle, choose_display, line_of
from suno_lab.session.repeats import Repeats, current_run
from suno_lab.store import tasks


class Remembering(Silent):
    def __init__(self) -> None:
        self.shown: list[str] = []

    def show(self, text: str) -> None:
        self.shown.append(text)


def test_at_most_five_updates_a_second_and_only_news() -> None:
    now, display = [0.0], Remembering()
    throttle = Throttle(display, clock=lambda: now[0])
    for step in range(100):
        now[0] = step * 0.01
        throttle.show(f"{step}")
    assert len(display.shown) <= 6
    now[0] = 50.0
    throttle.show("same")
    now[0] = 60.0
    throttle.show("same")
    assert display.shown.count("same") == 1


def test_a_terminal_has_one_line_that_is_overwritten() -> None:
    out = io.StringIO()
    display = Terminal(out)
    display.show("PENDING · 10 s")
    display.show("SUCCESS")
    display.close("done")
    assert out.getvalue().count("\n") == 1
    assert out.getvalue().endswith("\rdone   \n")


def test_a_log_has_a_line_a_minute() -> None:
    now, out = [0.0], io.StringIO()
    display = Log(out, clock=lambda: now[0])
    for second in range(150):
        now[0] = float(second)
        display.show(f"{second} s")
    assert out.getvalue().splitlines() == ["0 s", "60 s", "120 s"]


@pytest.mark.parametrize("progress", [False, "auto", True])
def test_tests_are_not_disturbed(progress) -> None:
    assert isinstance(choose_display(progress), Silent)


def test_a_notebook_gets_one_output_that_is_updated(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []

    class Handle:
        def update(self, content, raw) -> None:
            shown.append(content["text/plain"])

    def display(content, raw, display_id=None):
        shown.append(content["text/plain"])
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    made = choose_display("notebook")
    made.show("PENDING")
    made.show("SUCCESS")
    made.close("done")
    assert shown == ["PENDING", "SUCCESS", "done"]


def test_a_loop_is_one_run_and_two_lines_are_two() -> None:
    repeats = Repeats()

    def ask() -> None:
        repeats.check("same", current_run(), operation="generate")

    def loop() -> None:
        for _ in range(2):
            ask()

    with pytest.raises(RepeatedRequest, match="n=3"):
        loop()


def test_one_cell_is_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    import IPython

    shell = SimpleNamespace(execution_count=5, parent_header={"header": {"msg_id": "one"}})
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    first = current_run()
    assert current_run() == first
    shell.execution_count = 6
    assert current_run() != first


def test_a_line_says_what_is_known_and_nothing_else() -> None:
    assert line_of("PENDING", 31.4) == "PENDING · 31 s"
    assert line_of("PENDING", 31.4, typical_s=0.01) == "PENDING · 31 s"
    full = line_of("PENDING", 31.4, typical_s=44.6, spent_credits=24.5)
    assert full == "PENDING · 31 s · typically 45 s · 24.5 credits spent"
    assert "%" not in full


def test_what_is_typical_is_learned_from_the_sessions_own_tasks(open_session, monkeypatch) -> None:
    display = Remembering()
    display.close = display.shown.append
    monkeypatch.setattr("suno_lab.session.requesting.choose_display", lambda progress: display)
    monkeypatch.setattr("suno_lab.session.progress.UPDATES_PER_S", float("inf"))
    session = open_session(emulator=EmulatorSettings(latency_s=40.0, default_duration_s=3.0, rate_limit=None))
    assert tasks.typical_s(session.journal, "generate") is None
    for words in ("calm", "wild", "grave"):
        session.generate(words, instrumental=True)
    typical_s = tasks.typical_s(session.journal, "generate")
    assert typical_s == pytest.approx(session.requests["latency_s"].median(), abs=2.0)
    display.shown.clear()
    session.generate("last", instrumental=True)
    assert any(f"typically {typical_s:.0f} s · 36 credits spent" in text for text in display.shown[:1])
    assert display.shown[-1].endswith("48 credits spent")


@pytest.mark.parametrize(
    ("kernel", "tty", "display"), [(True, True, Notebook), (False, True, Terminal), (False, False, Log)]
)
def test_the_display_fits_where_it_runs(monkeypatch, kernel, tty, display) -> None:
    import IPython

    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=object()) if kernel else None)
    monkeypatch.setattr("sys.stderr", SimpleNamespace(isatty=lambda: tty))
    assert type(choose_display("auto")) is display
