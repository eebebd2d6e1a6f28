"""Strange values of the service read as values, never as errors."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.api.reading import (
    Envelope,
    either,
    envelope,
    number_or_none,
    object_of,
    objects,
    snake_case,
    text_or_none,
    unix_seconds,
)
from tests.api.strategies import json_values

NEW_YEAR_S = datetime(2025, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [
        ("2025-01-01 00:00:00", NEW_YEAR_S),
        ("2025-01-01T00:00:00.000Z", NEW_YEAR_S),
        ("2025-01-01T01:00:00+01:00", NEW_YEAR_S),
        (1735689600000, NEW_YEAR_S),
        ("1735689600000", NEW_YEAR_S),
        (1735689600, NEW_YEAR_S),
        ("", None),
        ("soon", None),
        (None, None),
        (True, None),
    ],
)
def test_times_are_read_in_every_shape(given_value: object, expected: float | None) -> None:
    assert unix_seconds(given_value) == expected


@pytest.mark.parametrize(
    ("given_value", "expected"),
    [("1.5", 1.5), (0, 0.0), (False, None), ("nan", None), ("inf", None), (10**400, None), ([], None), ({}, None)],
)
def test_numbers_are_finite_or_absent(given_value: object, expected: float | None) -> None:
    assert number_or_none(given_value) == expected


@pytest.mark.parametrize(
    ("camel", "snake"),
    [("callBackUrl", "call_back_url"), ("infillStartS", "infill_start_s"), ("isStreamed", "is_streamed"), ("id", "id")],
)
def test_snake_case(camel: str, snake: str) -> None:
    assert snake_case(camel) == snake
    assert snake_case(snake) == snake


def test_either_casing_is_found() -> None:
    assert either({"audio_url": "a"}, "audioUrl") == "a"
    assert either({"audioUrl": "", "audio_url": "a"}, "audioUrl") == "a"
    assert either({}, "audioUrl") is None


def test_an_envelope_is_read_or_empty() -> None:
    assert envelope({"code": 422, "msg": "Please enter callBackUrl", "data": None}) == (
        422, "Please enter callBackUrl", None,
    )  # fmt: skip
    assert envelope({"code": "200", "msg": None, "data": 1}) == Envelope(200, "", 1)
    assert envelope({"code": True}) == envelope([]) == envelope(None) == Envelope(0, "", None)


@given(json_values)
def test_no_value_is_too_strange(value: object) -> None:
    assert isinstance(envelope(value).code, int)
    assert text_or_none(value) is None or isinstance(text_or_none(value), str)
    assert number_or_none(value) is None or isinstance(number_or_none(value), float)
    assert unix_seconds(value) is None or isinstance(unix_seconds(value), float)
    assert all(isinstance(found, dict) for found in objects(value))
    assert object_of(value) == (value if isinstance(value, dict) else {})


@given(st.text())
def test_snake_case_is_lower_and_stable(name: str) -> None:
    assert snake_case(snake_case(name)) == snake_case(name)
