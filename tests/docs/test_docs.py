"""The docs match the code: every name has its row, every link leads somewhere, every example is real."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from suno_lab.api import operations
from suno_lab.api.song_models import NAMES
from suno_lab.cli import commands
from suno_lab.exports import formats
from suno_lab.features import families
from suno_lab.lyrics.formats import formats as lyrics_formats

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")


def undocumented(names: object, page: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return sorted(name for name in names if f"`{name}`" not in text)  # type: ignore[attr-defined]


@pytest.mark.parametrize("document", PAGES, ids=lambda document: str(document.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    targets = [target for target, _ in LINK.findall(document.read_text(encoding="utf-8"))]
    missing = [t for t in targets if not t.startswith(("http://", "https://")) and not (document.parent / t).exists()]
    assert not missing


def test_every_operation_and_model_is_documented() -> None:
    assert undocumented(operations(), "endpoints.md") == []
    text = (ROOT / "docs" / "endpoints.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if name not in text] == []


def test_every_feature_is_documented() -> None:
    names = [feature.name for module in families().values() for feature in module.FEATURES]
    assert undocumented(names, "features.md") == []


def test_every_command_and_format_is_documented() -> None:
    assert undocumented([f"suno-lab {name}" for name in commands()], "command-line.md") == []
    assert undocumented(formats(), "command-line.md") == []


def test_every_format_of_lyrics_is_documented() -> None:
    assert undocumented(lyrics_formats(), "lyrics.md") == []


def test_the_changelog_knows_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert re.search(rf"^## {re.escape(version)}\b", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_named_packages_all_stand_in_pyproject() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    declared = {re.split(r"[<>=\[;! ]", line)[0] for line in [*project["dependencies"], *extras]}
    wanted = {"ipywidgets", "httpx", "pandas", "librosa", "matplotlib", "nest-asyncio", "nest-asyncio2", "pytest"}
    assert wanted | {"nbmake"} <= declared


def test_conda_and_pip_ask_for_the_same_packages() -> None:
    conda = (ROOT / "environment.yml").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    renamed = {"soundfile": "pysoundfile", "soxr": "soxr-python", "matplotlib": "matplotlib-base"}
    names = [re.split(r"[<>=\[;! ]", line)[0] for line in project["dependencies"]]
    assert [name for name in names if renamed.get(name, name) not in conda] == []


def test_decisions_are_numbered_once() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [page.name[:3] for page in decisions]
    assert len(set(numbers)) == len(numbers)
    for page in decisions:
        assert page.read_text(encoding="utf-8").startswith(f"# {page.name[:3]} "), page.name
