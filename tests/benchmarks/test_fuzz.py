"""The readers stand what the fuzzing feeds them, and the docs name the checks that are replaced."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from benchmarks import fuzz
from benchmarks._readers import anything, readers

DOCS = Path(fuzz.ROOT) / "docs" / "differences.md"


@pytest.mark.parametrize("name", sorted(readers()))
def test_no_reader_raises(name: str) -> None:
    for value in itertools.islice(anything(seed=3), 150):
        readers()[name](value)


def test_what_is_fed_is_endless_various_and_the_same_again() -> None:
    values = [repr(value) for value in itertools.islice(anything(seed=5), 400)]
    assert values == [repr(value) for value in itertools.islice(anything(seed=5), 400)]
    assert len(set(values)) > 300
    assert any("sunoData" in value for value in values)


def test_a_reader_that_raises_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks._readers.readers", lambda: {"bad": lambda value: value["code"]})
    found = fuzz.fuzz_readers(seconds=0.0, seed=1)
    assert found["raised_n"] == len(found["raised"]) >= 1
    assert all(name.startswith("bad: ") for name in found["raised"])


def test_without_schemathesis_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzz, "find_spec", lambda name: None)
    assert fuzz.main([]) == 2
    assert "suno-lab[fuzz]" in capsys.readouterr().err


def test_the_docs_name_every_check_that_is_replaced() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for pair in fuzz.REPLACED.items() for name in pair)
