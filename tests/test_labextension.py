"""The prebuilt extension: what is shipped, and where."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "labextension"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_it_is_shipped_where_jupyterlab_looks() -> None:
    shared = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared == {"labextension": "share/jupyter/labextensions/suno-lab"}


def test_its_version_is_the_projects() -> None:
    assert json.loads((FOLDER / "package.json").read_text())["version"] == PROJECT["project"]["version"]


def test_everything_it_names_is_there() -> None:
    about = json.loads((FOLDER / "package.json").read_text())
    assert (FOLDER / about["jupyterlab"]["_build"]["load"]).is_file()
    assert json.loads((FOLDER / "install.json").read_text())["packageName"] == PROJECT["project"]["name"]
