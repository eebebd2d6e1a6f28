"""Spellings by host, and the table of operations."""

from __future__ import annotations

import pytest

from suno_lab.api import operation_of, operations, operations_table
from suno_lab.api.contract import Request
from suno_lab.api.recovery import RECOVER, Recover
from suno_lab.api.voice import CheckVoice, VoiceRephrase

URL = "https://example.com/callback"


@pytest.mark.parametrize(
    ("request_", "host", "body"),
    [
        (VoiceRephrase(task_id="t"), "kie", {"taskId": "t", "calBackUrl": URL}),
        (CheckVoice(task_id="t"), "kie", {"task_id": "t"}),
        (Recover(task_id="t"), "kie", {"task_id": "t", "call_back_url": URL}),
        (Recover(task_id="t"), "sunoapi", {"sunoTaskId": "t", "callBackUrl": URL}),
    ],
)
def test_odd_spellings_go_out_as_the_pages_have_them(request_: Request, host: str, body: dict[str, str]) -> None:
    assert operation_of(request_).wire_body(request_, host=host, callback_url=URL) == body


@pytest.mark.parametrize("host", ["kie", "sunoapi"])
def test_a_missing_field_is_told_in_the_users_words_at_every_host(host: str) -> None:
    found = RECOVER.check_request(Recover(task_id=""), host=host)
    assert [(finding.severity, finding.field) for finding in found] == [("refuse", "task_id")]
    assert str(found[0]).startswith("task_id is required")


def test_prices_are_known_or_none() -> None:
    table = operations_table()
    assert list(table.index) == list(operations())
    assert table.loc["generate", "credits"] == 12
    assert set(table.index[table["credits"].isna()]) == {"recover", "voice_rephrase", "check_voice"}
    assert table["credits"].dtype == "float64"
    assert table["market_model"].isna().sum() == 5
    assert operations()["mashup"].price({}, host="sunoapi") is None
