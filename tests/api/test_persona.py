"""The part of a clip that a persona goes by."""

from __future__ import annotations

import pytest

from suno_lab.api.persona import MAKE_PERSONA, MakePersona


@pytest.mark.parametrize(
    ("window", "good"),
    [
        ({}, True),
        ({"start_s": 12.5, "end_s": 25.8}, True),
        ({"start_s": 0, "end_s": 10}, True),
        ({"start_s": 0, "end_s": 9.99}, False),
        ({"start_s": 5, "end_s": 35}, True),
        ({"start_s": 5, "end_s": 35.01}, False),
        ({"start_s": 20}, True),
        ({"start_s": 20.5}, False),
        ({"end_s": 30.5}, False),
        ({"start_s": -1, "end_s": 20}, False),
    ],
)
def test_a_persona_goes_by_ten_to_thirty_seconds(window: dict[str, float], good: bool) -> None:
    request = MakePersona(task_id="t", clip_id="c", name="n", description="d", **window)
    found = MAKE_PERSONA.check_request(request, host="kie")
    assert (found == []) is good
    assert {finding.severity for finding in found} <= {"refuse"}
