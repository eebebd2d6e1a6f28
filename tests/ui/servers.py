"""A running Jupyter server, and notebooks opened in it by a browser."""

from __future__ import annotations

import json
import os
import secrets
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
        """Write a notebook of the given cells, open it in a page, wait for its kernel, run all."""
        (self.root / name).write_text(notebook_text(cells))
        page.goto(self.address(kind, name))
        page.wait_for_function(HAS_COMMANDS, timeout=60_000)
        page.wait_for_function(KERNEL_IDLE, timeout=60_000)
        if run:
            page.evaluate(RUN_ALL)

    def end_kernels(self, page: Any) -> None:
        """Shut every kernel down, so that the next notebook gets one of its own."""
        address = f"{self.base}/api/sessions"
        for session in page.request.get(f"{address}?token={self.token}").json():
            page.request.delete(f"{address}/{session['id']}", headers={"Authorization": f"token {self.token}"})
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
        sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
    ]  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SUNO_", "KIE_"))}
    environment = {**kept, **{name: str(home / place) for name, place in _FOLDERS.items()}, "PYTHONPATH": str(ROOT)}
    log = home / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(command, env=environment, stdout=sink, stderr=subprocess.STDOUT)
        try:
            base = f"http://127.0.0.1:{port}"
            _wait_until_up(f"{base}/api?token={token}", process, log)
            yield Jupyter(base, token, root)
        finally:
            process.terminate()
            process.wait(20)


def _furnish(home: Path) -> Path:
    """Folders, settings without pop-ups, our extension; returns where notebooks live."""
    for place in ("notebooks", "config", "data/labextensions"):
        (home / place).mkdir(parents=True)
    (home / "data" / "labextensions" / "suno-lab").symlink_to(ROOT / "labextension")
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
    raise RuntimeError(f"Jupyter did not come up:\n{log.read_text()[-2000:]}")
