"""The key of a session never reaches a widget: whatever a notebook saves of one, the key is not in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import ipywidgets as W
import pytest

from suno_lab import SunoSession
from suno_lab.widgets import browse, composer, matrix

CANARY = "sk-canary-5ac1f2e7"


@pytest.fixture
def session(tmp_path: Path) -> Iterator[SunoSession]:
    opened = SunoSession(tmp_path / "songs", "kie", api_key=CANARY, progress=False)
    yield opened
    opened.close()


def states(widget: W.Widget) -> Iterator[str]:
    """The state of a widget and of everything in it, as a notebook would save it."""
    yield json.dumps(widget.get_state(), default=repr)
    for child in getattr(widget, "children", ()):
        yield from states(child)


@pytest.mark.parametrize("make", [composer, browse, matrix])
def test_no_trait_holds_the_key(session: SunoSession, make) -> None:  # type: ignore[no-untyped-def]
    made = make(session)
    found = list(states(made))
    assert found
    assert not [state for state in found if CANARY in state]
    made.close()
