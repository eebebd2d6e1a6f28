"""Nested loops: an opt-in that never makes things worse."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from suno_lab import allow_nested_loops
from suno_lab.client import nested
from suno_lab.client.nested import NestedLoopsWarning


def in_a_loop(**about: bool) -> bool:
    async def cell() -> bool:
        return allow_nested_loops(**about)

    return asyncio.run(cell())


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch):
    """Pretend which packages there are; what would have been applied is noted, nothing is patched."""
    applied: list[str] = []

    def have(**versions: str) -> list[str]:
        known = {name.replace("_", "-"): tuple(int(n) for n in v.split(".")) for name, v in versions.items()}
        monkeypatch.setattr(nested, "_version", lambda name: known.get(name, ()))
        patch = lambda name: SimpleNamespace(apply=lambda loop: applied.append(name))  # noqa: E731
        monkeypatch.setattr(nested, "import_module", patch)
        return applied

    return have


def test_without_a_running_loop_there_is_nothing_to_do() -> None:
    assert allow_nested_loops() is False


def test_the_kept_up_package_comes_first(packages) -> None:
    applied = packages(nest_asyncio2="1.7.4", nest_asyncio="1.6.0", ipykernel="7.4.0")
    assert in_a_loop() is True
    assert applied == ["nest_asyncio2"]


def test_a_release_that_loses_cells_is_not_used(packages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(nested.sys.modules, "ipykernel", SimpleNamespace())
    applied = packages(nest_asyncio2="1.7.2", nest_asyncio="1.6.0", ipykernel="7.4.0")
    with pytest.warns(NestedLoopsWarning, match="drops every queued cell"):
        assert in_a_loop() is False
    assert applied == []
    assert in_a_loop(force=True) is True


def test_the_old_package_is_fine_elsewhere(packages) -> None:
    applied = packages(nest_asyncio="1.6.0", ipykernel="6.31.0")
    assert in_a_loop() is True
    assert applied == ["nest_asyncio"]


def test_no_package_says_what_to_install(packages) -> None:
    packages()
    with pytest.warns(NestedLoopsWarning, match=r"suno-lab\[nested\]"):
        assert in_a_loop() is False
