"""Windows, spellings and prices of the smaller families."""

from __future__ import annotations

import pytest

from suno_lab.api import operation_of, operations, operations_table
from suno_lab.api.contract import Request
from suno_lab.api.persona import MakePersona
from suno_lab.api.recovery import Recover
from suno_lab.api.voice import CheckVoice, MakeVoice, VoicePhrase, VoiceRephrase

URL = "https://files.example/me.mp3"


def verdicts(request: Request, host: str = "kie") -> set[tuple[str, str]]:
    return {(finding.severity, finding.field) for finding in operation_of(request).check_request(request, host=host)}


def persona(**given: object) -> MakePersona:
    return MakePersona(**{"task_id": "t", "clip_id": "c", "name": "n", "description": "d", **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("window", "good"),
    [
        ({}, True), ({"start_s": 12.5, "end_s": 25.8}, True), ({"start_s": 0, "end_s": 10}, True),
        ({"start_s": 0, "end_s": 9.99}, False), ({"start_s": 5, "end_s": 35}, True), ({"start_s": 5, "end_s": 35.01}, False),
        ({"start_s": 20}, True), ({"start_s": 20.5}, False), ({"end_s": 30.5}, False), ({"start_s": -1, "end_s": 20}, False),
    ],
)  # fmt: skip
def test_a_persona_goes_by_ten_to_thirty_seconds(window: dict, good: bool) -> None:
    assert (verdicts(persona(**window)) == set()) is good


@pytest.mark.parametrize(
    ("start_s", "end_s", "fields"), [(0, 10, set()), (5, 5, {"end_s"}), (0.5, 10, {"start_s"}), (3.0, 9, set())]
)
def test_a_voice_sings_between_whole_seconds(start_s: float, end_s: float, fields: set[str]) -> None:
    request = VoicePhrase(source_url=URL, start_s=start_s, end_s=end_s)  # type: ignore[arg-type]
    assert {field for _, field in verdicts(request)} == fields


def test_a_voice_has_a_known_language_and_skill() -> None:
    assert verdicts(VoicePhrase(source_url=URL, start_s=0, end_s=9, language="tlh")) == {("refuse", "language")}
    assert verdicts(MakeVoice(task_id="t", source_url=URL, singer_skill="divine")) == {("refuse", "singer_skill")}


@pytest.mark.parametrize(
    ("request_", "host", "body"),
    [
        (VoiceRephrase(task_id="t"), "kie", {"taskId": "t", "calBackUrl": URL}),
        (CheckVoice(task_id="t"), "kie", {"task_id": "t"}),
        (Recover(task_id="t"), "kie", {"task_id": "t", "call_back_url": URL}),
        (Recover(task_id="t"), "sunoapi", {"sunoTaskId": "t", "callBackUrl": URL}),
    ],
)
def test_odd_spellings_go_out_as_the_pages_have_them(request_: Request, host: str, body: dict) -> None:
    assert operation_of(request_).wire_body(request_, host=host, callback_url=URL) == body


def test_a_missing_field_is_told_in_the_users_words_at_every_host() -> None:
    assert verdicts(Recover(task_id="")) == verdicts(Recover(task_id=""), "sunoapi") == {("refuse", "task_id")}


def test_prices_are_known_or_none() -> None:
    table = operations_table()
    assert list(table.index) == list(operations())
    assert table.loc["generate", "credits"] == 12
    assert set(table.index[table["credits"].isna()]) == {"recover", "voice_rephrase", "check_voice"}
    assert table["credits"].dtype == "float64"
    assert table["market_model"].isna().sum() == 5
    assert operations()["mashup"].price({}, host="sunoapi") is None
