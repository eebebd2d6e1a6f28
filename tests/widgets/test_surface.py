"""What the package offers: cheap to import, complete, documented."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from suno_lab import widgets

PAGES = (Path(__file__).parents[2] / "docs").glob("*.md")


def test_everything_offered_is_there() -> None:
    assert sorted(widgets.__all__) == dir(widgets)
    assert all(callable(getattr(widgets, name)) for name in widgets.__all__)


def test_a_name_that_is_not_offered_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'sing'"):
        _ = widgets.sing


def test_every_widget_is_documented() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    makers = [name for name in widgets.__all__ if name.islower()]
    assert [name for name in makers if f"`{name}`" not in text] == []


def test_importing_the_package_loads_no_widget_machinery() -> None:
    code = "import sys, suno_lab.widgets; sys.exit('ipywidgets' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
