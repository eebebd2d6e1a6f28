"""A real browser: widgets in a bare page (fast), and in JupyterLab and Notebook 7 (the real thing).

Nothing here may reach beyond 127.0.0.1, and a page may not log an error.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.ui.stage import Stage

ROOT = Path(__file__).parents[2]
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
@dataclass(frozen=True)
class Jupyter:
    """One running server; it serves JupyterLab and Notebook 7."""

    base: str
    token: str
    root: Path

    def address(self, kind: str, name: str) -> str:
        place = f"lab/tree/{name}?reset&" if kind == "lab" else f"notebooks/{name}?"
        return f"{self.base}/{place}token={self.token}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=1).close()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"Jupyter did not come up:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    home = tmp_path_factory.mktemp("jupyter")
    root = home / "notebooks"
    root.mkdir()
    quiet = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    (home / "data" / "labextensions").mkdir(parents=True)
    (home / "data" / "labextensions" / "suno-lab").symlink_to(ROOT / "labextension")
    (home / "config").mkdir()
    exposed = {"expose_app_in_browser": True}
    config = {"LabApp": exposed, "JupyterNotebookApp": exposed}
    (home / "config" / "jupyter_server_config.json").write_text(json.dumps(config))
    token, port = secrets.token_hex(8), _free_port()
    folders = {name: str(home / place) for name, place in _FOLDERS.items()}
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SUNO_", "KIE_"))}
    command = [
        sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
    ]  # fmt: skip
    log = home / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command, env={**environment, **folders, "PYTHONPATH": str(ROOT)}, stdout=sink, stderr=subprocess.STDOUT
        )
        base = f"http://127.0.0.1:{port}"
        try:
            _wait_until_up(f"{base}/api?token={token}", process, log)
            yield Jupyter(base, token, root)
        finally:
            process.terminate()
            process.wait(20)


_FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "settings",
    "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    "IPYTHONDIR": "ipython",
}

KERNEL_IDLE = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel && kernel.status === 'idle';
}"""
RUN_ALL = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }"  # braces: the promise is not awaited

OpenNotebook = Callable[..., Any]


@pytest.fixture
def open_notebook(jupyter: Jupyter, watched_page: Any) -> Iterator[OpenNotebook]:
    """Write a notebook of the given cells, open it in the given front end, run all; returns the page."""

    def opened(*cells: str, kind: str = "lab", name: str = "test.ipynb", run: bool = True) -> Any:
        import nbformat.v4 as nb

        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        made = nb.new_notebook(cells=[nb.new_code_cell(c) for c in cells], metadata={"kernelspec": kernel})
        (jupyter.root / name).write_text(nb_text(made))
        watched_page.goto(jupyter.address(kind, name))
        ready = "() => window.jupyterapp?.commands.hasCommand('notebook:run-all-cells')"
        watched_page.wait_for_function(ready, timeout=60_000)
        watched_page.wait_for_function(KERNEL_IDLE, timeout=60_000)
        if run:
            watched_page.evaluate(RUN_ALL)
        return watched_page

    yield opened
    sessions = f"{jupyter.base}/api/sessions"
    for session in watched_page.request.get(f"{sessions}?token={jupyter.token}").json():
        authorization = {"Authorization": f"token {jupyter.token}"}
        watched_page.request.delete(f"{sessions}/{session['id']}", headers=authorization)
    watched_page.goto("about:blank")


def nb_text(notebook: Any) -> str:
    import nbformat

    return str(nbformat.writes(notebook))
