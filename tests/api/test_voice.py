"""What a voice is made from."""

from __future__ import annotations

import pytest

from suno_lab.api import operation_of
from suno_lab.api.contract import Request
from suno_lab.api.voice import MakeVoice, VoicePhrase

URL = "https://files.example/me.mp3"


def refused(request: Request) -> set[str]:
    return {finding.field for finding in operation_of(request).check_request(request, host="kie")}


@pytest.mark.parametrize(
    ("start_s", "end_s", "fields"), [(0, 10, set()), (3.0, 9, set()), (5, 5, {"end_s"}), (0.5, 10, {"start_s"})]
)
def test_a_voice_sings_between_whole_seconds(start_s: float, end_s: float, fields: set[str]) -> None:
    assert refused(VoicePhrase(source_url=URL, start_s=start_s, end_s=end_s)) == fields  # type: ignore[arg-type]


def test_a_voice_has_a_known_language_and_skill() -> None:
    assert refused(VoicePhrase(source_url=URL, start_s=0, end_s=9, language="tlh")) == {"language"}
    assert refused(MakeVoice(task_id="t", source_url=URL, singer_skill="divine")) == {"singer_skill"}
    assert refused(MakeVoice(task_id="t", source_url=URL, singer_skill="advanced", name="me")) == set()
