"""Calls that start from audio: their own conditions and lengths."""

from __future__ import annotations

import pytest

from suno_lab.api import operation_of, operations
from suno_lab.api.contract import Request
from suno_lab.api.from_audio import AddInstrumental, Cover, Mashup, UploadExtend
from suno_lab.api.music import Extend, Generate

URL = "https://files.example/mine.mp3"


def verdicts(request: Request, host: str = "kie", **about: float) -> set[tuple[str, str]]:
    found = operation_of(request).check_request(request, host=host, **about)  # type: ignore[arg-type]
    return {(finding.severity, finding.field) for finding in found}


def test_own_parameters_are_flagged() -> None:
    plain, own = Extend(clip_id="c"), Extend(clip_id="c", continue_at_s=9, lyrics="l", style="s", title="t")
    assert (plain.body()["defaultParamFlag"], own.body()["defaultParamFlag"]) == (False, True)
    assert verdicts(plain) == verdicts(own) == set()
    upload = UploadExtend(source_url=URL, continue_at_s=9)
    assert upload.body()["defaultParamFlag"] is False
    assert upload.body()["instrumental"] is False
    assert verdicts(upload) == verdicts(upload, "sunoapi") == set()


def test_own_parameters_come_together() -> None:
    assert verdicts(Extend(clip_id="c", style="s")) == {
        ("refuse", "continue_at_s"), ("refuse", "lyrics"), ("refuse", "title"),
    }  # fmt: skip
    assert verdicts(Extend(clip_id="c", style="s", title="t", continue_at_s=9, instrumental=True)) == set()


@pytest.mark.parametrize(("host", "severity"), [("kie", "refuse"), ("sunoapi", "warn")])
def test_an_instrumental_extension_takes_no_voice(host: str, severity: str) -> None:
    request = Extend(
        clip_id="c", continue_at_s=9, style="s", title="t", lyrics="l", vocal_gender="f", instrumental=True
    )
    assert verdicts(request, host) == {(severity, "lyrics"), (severity, "vocal_gender")}


@pytest.mark.parametrize(("continue_at_s", "good"), [(0, False), (0.01, True), (60, True), (60.01, False), (-1, False)])
def test_an_extension_starts_inside_its_source(continue_at_s: float, good: bool) -> None:
    request = Extend(clip_id="c", continue_at_s=continue_at_s, style="s", title="t", lyrics="l")
    assert verdicts(request, source_duration_s=60) == (set() if good else {("refuse", "continue_at_s")})


@pytest.mark.parametrize(
    ("model", "duration_s", "good"),
    [("V5", 480, True), ("V5", 480.1, False), ("V4_5ALL", 60, True), ("V4_5ALL", 61, False), ("V4", 61, True)],
)
def test_recordings_have_a_longest_length(model: str, duration_s: float, good: bool) -> None:
    request = Cover(source_url=URL, description="as a waltz", model=model)
    assert verdicts(request, source_duration_s=duration_s) == (set() if good else {("refuse", "source_url")})


def test_a_continuation_without_its_moment_is_disputed_at_one_host() -> None:
    body = UploadExtend(source_url=URL, continue_at_s=9).body()
    del body["continueAt"]
    row = operations()["upload_extend"]
    assert [finding.severity for finding in row.check(body, host="kie")] == ["refuse"]
    assert [finding.severity for finding in row.check(body, host="sunoapi")] == ["warn"]


def test_the_wish_to_avoid_nothing_is_refused_where_it_must_be_said() -> None:
    request = AddInstrumental(source_url=URL, title="t", style="s", negative_tags="")
    assert verdicts(request) == {("refuse", "negative_tags")}
    assert request.body()["tags"] == "s"


def test_a_mashup_takes_two() -> None:
    request = Mashup(source_urls=(URL, URL + "?2"), lyrics="la", style="s", title="t")
    assert verdicts(request) == set()
    assert request.body()["uploadUrlList"] == [URL, URL + "?2"]
    assert request.body()["customMode"] is True


def test_a_whole_number_of_seconds_is_one() -> None:
    assert Cover(source_url=URL, style="s", instrumental=True, model="V6", duration_s=30.0).body()["duration"] == 30  # type: ignore[arg-type]
    half = Cover(source_url=URL, style="s", instrumental=True, model="V6", duration_s=30.5)  # type: ignore[arg-type]
    assert ("refuse", "duration_s") in verdicts(half)
    assert verdicts(Generate(lyrics="l", style="s", title="t", model="V6", duration_s=30.5)) == set()


def test_personas_say_what_they_are() -> None:
    song = {"lyrics": "l", "style": "s", "title": "t"}
    assert verdicts(Generate(**song, persona="p", persona_model="voice_persona")) == set()  # type: ignore[arg-type]
    assert verdicts(Generate(**song, persona="p", persona_model="voice_persona", model="V4")) == {  # type: ignore[arg-type]
        ("warn", "persona_model")
    }
    assert verdicts(Generate(description="d", persona="p")) == {("warn", "persona")}
