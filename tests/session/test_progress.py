"""Showing that something is going on, honestly."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest

from suno_lab.errors import RepeatedRequest
from suno_lab.session.progress import Log, Silent, Terminal, Throttle, choose_display
from suno_lab.session.repeats import Repeats, current_run


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
