"""Every operation of the service is a method of a session, three ways, with real parameters and help."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import suno_lab.session as package
from suno_lab.api import operations
from suno_lab.session import SunoSession
from suno_lab.session.stubs import stub


@pytest.mark.parametrize("name", operations())
@pytest.mark.parametrize("form", ["", "a", "submit_"])
def test_every_operation_has_its_methods(name: str, form: str) -> None:
    method = getattr(SunoSession, form + name)
    assert method.__doc__
    parameters = inspect.signature(method).parameters
    assert "kwargs" not in parameters
    assert all(f"{parameter}\n" in method.__doc__ for parameter in parameters if parameter != "self")


def test_the_stub_for_editors_is_up_to_date() -> None:
    written = Path(package.__file__).with_name("operations.pyi").read_text(encoding="utf-8")
    assert written == stub(), "run: python -m suno_lab.session.stubs > suno_lab/session/operations.pyi"
