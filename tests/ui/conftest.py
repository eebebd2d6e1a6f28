"""A real browser: widgets in a bare page (fast), and in JupyterLab and Notebook 7 (the real thing).

Nothing here may reach beyond 127.0.0.1, and a page may not log an error.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.ui.bidi import FIREFOX
from tests.ui.servers import Jupyter, running_jupyter
from tests.ui.stage import Stage

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
NOT_RUN = "NOT RUN: no {} on this machine. To get it and run the browser tests (as root): APT=1 make test"

LOCAL = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:")
#: what Notebook 7 itself logs while it starts, with no widget near
OF_NOTEBOOK = ("reading 'schema'", "'filebrowser:open-path' not registered", ".woff2")
#: what JupyterLab itself logs where a notebook is closed while its kernel ends
OF_CLOSING = ("Disposed", "reading 'kernel'", "Canceled future")
#: icons that Voilà's own page asks for, with no widget near; they are answered here with nothing
OF_VOILA = "https://cdn.jsdelivr.net/npm/@fortawesome/"
#: what Notebook 7's extension logs in Voilà, where it does not find what it builds on
IN_VOILA = ("/labextensions/@jupyter-notebook/",)
#: what the browser says of an answer that is listed with its address anyway
SAID_TWICE = ("Failed to load resource",)
NOT_OURS = OF_NOTEBOOK + OF_CLOSING + IN_VOILA + SAID_TWICE


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(item.path).is_relative_to(Path(__file__).parent)]
    for item in here:
        item.add_marker(pytest.mark.ui)
        item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
        name, found = ("firefox", FIREFOX) if "firefox" in item.path.name else ("chromium", CHROMIUM)
        if not found:
            item.add_marker(pytest.mark.skip(reason=NOT_RUN.format(name)))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
    sound = ["--mute-audio", "--autoplay-policy=no-user-gesture-required"]
    flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", *quiet, *sound]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": flags}


@pytest.fixture(scope="session")
def base_url() -> None:
    """No page has a common address here (the plugin's own fixture is written in a way pytest has deprecated)."""


@dataclass(frozen=True)
class Promises:
    """What a page is held to: no request leaves this machine, and nothing is logged as an error."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        """Listen to everything the page asks for and says, from now on."""
        page.on("request", lambda request: None if request.url.startswith(LOCAL) else self.outside.append(request.url))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("response", lambda response: self._refused(response.status, response.url))

    def _refused(self, status: int, url: str) -> None:
        if status >= 400:
            self.errors.append(f"{status} {url}")

    def check(self) -> None:
        """Fail where a promise was broken, and begin anew."""
        outside, errors = list(self.outside), list(self.errors)
        self.outside.clear()
        self.errors.clear()
        assert not [url for url in outside if not url.startswith(OF_VOILA)]
        assert not [error for error in errors if not any(word in error for word in NOT_OURS)]


@contextmanager
def promising_page(browser: Any) -> Iterator[tuple[Any, Promises]]:
    """A page of its own, and what it is held to."""
    with closing(browser.new_context()) as context:
        page, promises = context.new_page(), Promises()
        page.set_default_timeout(30_000)
        promises.watch(page)
        yield page, promises


@pytest.fixture
def watched_page(browser: Any) -> Iterator[Any]:
    """A page of the test's own that is held to its promises."""
    with promising_page(browser) as (page, promises):
        yield page
        promises.check()


@pytest.fixture(scope="session")
def bare(browser: Any) -> Iterator[tuple[Any, Promises]]:
    """One page for every stage: a new page costs more than most tests."""
    with promising_page(browser) as made:
        yield made


@pytest.fixture
def stage(bare: tuple[Any, Promises]) -> Iterator[Stage]:
    """A bare page that hosts widgets as any front end does, without a kernel."""
    page, promises = bare
    yield Stage(page)
    page.goto("about:blank")  # lets the sound stop
    promises.check()


# ── Jupyter ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """One server for all tests."""
    with running_jupyter(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="session")
def front_ends(browser: Any) -> Iterator[dict[str, tuple[Any, Promises]]]:
    """A page for each front end, JupyterLab's loaded once for all tests."""
    with promising_page(browser) as lab, promising_page(browser) as notebook:
        yield {"lab": lab, "notebook": notebook}


@pytest.fixture
def lab(jupyter: Jupyter, front_ends: dict[str, tuple[Any, Promises]]) -> Iterator[Any]:
    """JupyterLab with nothing open."""
    page, promises = front_ends["lab"]
    jupyter.open_lab(page)
    yield page
    jupyter.close_all(page)
    promises.check()


@pytest.fixture(scope="module")
def notebooks(jupyter: Jupyter, front_ends: dict[str, tuple[Any, Promises]]) -> Callable[..., Any]:
    """``with notebooks(*cells, kind="lab") as page``: a notebook of these cells, run from the top."""

    @contextmanager
    def opened(*cells: str, kind: str = "lab", **about: Any) -> Iterator[Any]:
        page, promises = front_ends[kind]
        jupyter.open(page, *cells, kind=kind, **about)
        yield page
        jupyter.close_all(page)
        promises.check()

    return opened


@pytest.fixture
def open_notebook(notebooks: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Opens a notebook of the given cells in the given front end and runs it; returns the page."""
    with ExitStack() as stack:
        yield lambda *cells, **about: stack.enter_context(notebooks(*cells, **about))
