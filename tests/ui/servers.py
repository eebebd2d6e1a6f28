"""Servers of notebooks – Jupyter, Voilà, marimo – and notebooks opened in them by a browser."""

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 90.0

#: everything a server remembers, in a place of its own
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
HAS_COMMANDS = "() => window.jupyterapp?.commands.hasCommand('notebook:run-all-cells')"
OPEN_IN_LAB = """async (path) => {
  const opened = await window.jupyterapp.commands.execute('docmanager:open', { path, factory: 'Notebook' });
  await opened.context.ready;
  window.jupyterapp.shell.activateById(opened.id);
}"""
CLOSE_ALL = """async () => {
  [...window.jupyterapp.shell.widgets('main')].forEach((one) => one.dispose());
  await window.jupyterapp.serviceManager.sessions.shutdownAll();
}"""
RUN_ALL = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells') }"  # braces: the promise is not awaited


@dataclass(frozen=True)
class Jupyter:
    """One running server; it serves JupyterLab and Notebook 7."""

    base: str
    token: str
    root: Path

    def address(self, kind: str, name: str) -> str:
        """Where a notebook is found in ``lab`` or ``notebook``."""
        place = f"lab/tree/{name}?reset&" if kind == "lab" else f"notebooks/{name}?"
        return f"{self.base}/{place}token={self.token}"

    def open(self, page: Any, *cells: str, kind: str = "lab", name: str = "test.ipynb", run: bool = True) -> None:
        """Write a notebook of the given cells, open it in a page, wait for its kernel, run all.

        A page that shows JupyterLab already is not loaded again.
        """
        (self.root / name).write_text(notebook_text(cells))
        if page.url.startswith(f"{self.base}/lab"):
            page.evaluate(OPEN_IN_LAB, name)
        else:
            page.goto(self.address(kind, name))
        page.wait_for_function(HAS_COMMANDS, timeout=60_000)
        page.wait_for_function(KERNEL_IDLE, timeout=60_000)
        if run:
            page.evaluate(RUN_ALL)

    def open_lab(self, page: Any) -> None:
        """Show JupyterLab with nothing open."""
        if not page.url.startswith(f"{self.base}/lab"):
            page.goto(f"{self.base}/lab?reset&token={self.token}")
        page.wait_for_function(HAS_COMMANDS, timeout=60_000)

    def close_all(self, page: Any) -> None:
        """Shut every kernel down and close every notebook, so that the next one begins afresh."""
        page.evaluate(CLOSE_ALL)
        if not page.url.startswith(f"{self.base}/lab"):
            page.goto("about:blank")


def notebook_text(cells: tuple[str, ...]) -> str:
    """A notebook of code cells, as its file holds it."""
    import nbformat
    import nbformat.v4 as v4

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel})
    return str(nbformat.writes(made))


@contextmanager
def running_jupyter(home: Path) -> Iterator[Jupyter]:
    """A server with nothing in it but this package's own extension; no key of the user's reaches it."""
    root = _furnish(home)
    token, port = secrets.token_hex(8), _free_port()
    command = [
        "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
    ]  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    with _running(command, home, until=f"{base}/api?token={token}"):
        yield Jupyter(base, token, root)


@contextmanager
def running_voila(home: Path, *cells: str) -> Iterator[str]:
    """Voilà, showing what these cells show; its address."""
    _furnish(home)
    notebook, port = home / "notebooks" / "shown.ipynb", _free_port()
    notebook.write_text(notebook_text(cells))
    command = ["voila", str(notebook), "--no-browser", "--Voila.ip=127.0.0.1", f"--port={port}"]
    address = f"http://127.0.0.1:{port}"
    with _running(command, home, until=f"{address}/voila/static/voila.js"):
        yield address


@contextmanager
def running_marimo(home: Path, program: str) -> Iterator[str]:
    """marimo, running a notebook of its own kind; its address."""
    notebook, port = _furnish(home) / "shown.py", _free_port()
    notebook.write_text(program)
    command = [
        "marimo", "--quiet", "run", str(notebook), "--headless", "--no-token", "--host=127.0.0.1", f"--port={port}",
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with _running(command, home, until=f"{address}/health"):
        yield address


@contextmanager
def _running(command: list[str], home: Path, *, until: str) -> Iterator[None]:
    """A module of this Python as a server of its own, from when it answers at ``until``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SUNO_", "KIE_"))}
    folders = {name: str(home / place) for name, place in _FOLDERS.items()}
    environment = {**kept, **folders, "PYTHONPATH": str(ROOT), "JUPYTER_PREFER_ENV_PATH": "0"}
    log = home / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env=environment, cwd=home, stdout=sink, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_up(until, process, log)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _furnish(home: Path) -> Path:
    """Folders, settings without pop-ups, our extension; returns where notebooks live."""
    for place in ("notebooks", "config"):
        (home / place).mkdir(parents=True)
    shutil.copytree(ROOT / "labextension", home / "data" / "labextensions" / "suno-lab")
    quiet = home / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false", "checkForUpdates": false}')
    exposed = {"expose_app_in_browser": True}
    config = {"LabApp": exposed, "JupyterNotebookApp": exposed}
    (home / "config" / "jupyter_server_config.json").write_text(json.dumps(config))
    return home / "notebooks"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=1).close()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{process.args} did not come up:\n{log.read_text()[-2000:]}")
