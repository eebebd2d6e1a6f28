"""A real browser: widgets in a bare page (fast), and in JupyterLab and Notebook 7 (the real thing).

Nothing here may reach beyond 127.0.0.1, and a page may not log an error.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ui.servers import Jupyter, running_jupyter
from tests.ui.stage import Stage

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
NOT_RUN = "NOT RUN: no chromium on this machine. To get it and run the browser tests (as root): APT=1 make test"

#: what Notebook 7 itself logs while it starts, with no widget near
OF_NOTEBOOK = ("reading 'schema'", "'filebrowser:open-path' not registered", ".woff2")
#: what the browser says of an answer that is listed with its address anyway
SAID_TWICE = ("Failed to load resource",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(item.path).is_relative_to(Path(__file__).parent)]
    for item in here:
        item.add_marker(pytest.mark.ui)
        item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
        if not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason=NOT_RUN))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    sound = ["--mute-audio", "--autoplay-policy=no-user-gesture-required"]
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", *quiet, *sound]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": flags}


@pytest.fixture(scope="session")
def base_url() -> None:
    """No page has a common address here (the plugin's own fixture is written in a way pytest has deprecated)."""


@pytest.fixture
def watched_page(page: Any) -> Iterator[Any]:
    """A page that is held to two promises: no request leaves this machine, and nothing is logged as an error."""
    outside: list[str] = []
    errors: list[str] = []
    local = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")
    page.set_default_timeout(30_000)
    page.on("request", lambda request: None if request.url.startswith(local) else outside.append(request.url))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on(
        "response",
        lambda response: errors.append(f"{response.status} {response.url}") if response.status >= 400 else None,
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not outside
    assert not [error for error in errors if not any(word in error for word in OF_NOTEBOOK + SAID_TWICE)]


@pytest.fixture
def stage(watched_page: Any) -> Stage:
    """A bare page that hosts widgets as any front end does, without a kernel."""
    return Stage(watched_page)


# ── Jupyter ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """One server for all tests."""
    with running_jupyter(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture
def open_notebook(jupyter: Jupyter, watched_page: Any) -> Iterator[Callable[..., Any]]:
    """Opens a notebook of the given cells in the given front end and runs it; returns the page."""

    def opened(*cells: str, **about: Any) -> Any:
        jupyter.open(watched_page, *cells, **about)
        return watched_page

    yield opened
    jupyter.end_kernels(watched_page)
