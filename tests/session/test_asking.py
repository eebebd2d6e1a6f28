"""The methods made from request values: real signatures, real docs."""

from __future__ import annotations

import inspect

import pytest

from suno_lab import SunoSession
from suno_lab.api import operations
from suno_lab.session.asking import Options, signature_of, source_of, split

FORMS = ("", "a", "submit_")


@pytest.mark.parametrize("name", operations())
def test_every_operation_has_three_methods(name: str) -> None:
    for form in FORMS:
        method = getattr(SunoSession, form + name)
        assert method.__doc__
        assert inspect.signature(method) == signature_of(operations()[name])
        assert form + name in dir(SunoSession)


def test_the_main_one_reads_as_documented() -> None:
    names = list(inspect.signature(SunoSession.generate).parameters)
    assert names[:4] == ["self", "description", "lyrics", "style"]
    assert {"n", "fresh", "timeout_s", "validate", "model", "persona", "negative_tags"} <= set(names)
    kinds = {p.kind for p in list(inspect.signature(SunoSession.generate).parameters.values())[2:]}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("generate", None),
        ("extend", "clip"),
        ("timed_lyrics", "clip"),
        ("separate", "clip"),
        ("cover", "source"),
        ("mashup", "sources"),
        ("draw_cover", "task"),
        ("recover", "task"),
    ],
)
def test_the_first_parameter_is_what_it_starts_from(name: str, source: str | None) -> None:
    assert source_of(operations()[name].request) == source


def test_every_parameter_is_in_the_docs() -> None:
    for name, operation in operations().items():
        docs = getattr(SunoSession, name).__doc__
        for parameter in list(signature_of(operation).parameters)[1:]:
            assert f"\n{parameter}\n" in docs, (name, parameter)


def test_options_are_told_from_fields() -> None:
    fields, options = split(operations()["generate"], {"description": "x", "n": 2, "timeout_s": 5.0})
    assert fields == {"description": "x"}
    assert options == Options(n=2, timeout_s=5.0)
