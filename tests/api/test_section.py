"""The window of a replaced section, host by host."""

from __future__ import annotations

import pytest

from suno_lab.api import operation_of
from suno_lab.api.section import ReplaceSection


def section(**given: object) -> ReplaceSection:
    defaults = {
        "task_id": "t", "clip_id": "c", "lyrics": "l", "style": "s", "title": "T", "full_lyrics": "f", "start_s": 10.0,
        "end_s": 25.0,
    }  # fmt: skip
    return ReplaceSection(**{**defaults, **given})  # type: ignore[arg-type]


def verdicts(request: ReplaceSection, host: str = "kie", **about: float) -> set[tuple[str, str]]:
    found = operation_of(request).check_request(request, host=host, **about)  # type: ignore[arg-type]
    return {(finding.severity, finding.field) for finding in found}


@pytest.mark.parametrize(
    ("host", "lasts_s", "verdict"),
    [
        ("kie", 9.99, "refuse"), ("kie", 10, None), ("kie", 480, None), ("kie", 480.01, "warn"),
        ("sunoapi", 5.99, "refuse"), ("sunoapi", 6, None), ("sunoapi", 60, None), ("sunoapi", 60.01, "refuse"),
        ("kie", 0, "refuse"), ("kie", -1, "refuse"),
    ],
)  # fmt: skip
def test_the_window_at_its_bounds(host: str, lasts_s: float, verdict: str | None) -> None:
    expected = {(verdict, "end_s")} if verdict else set()
    assert verdicts(section(end_s=10.0 + lasts_s), host) == expected


@pytest.mark.parametrize(("duration_s", "good"), [(30, True), (29.9, False), (20, False)])
def test_at_most_half_of_the_track(duration_s: float, good: bool) -> None:
    assert verdicts(section(), source_duration_s=duration_s) == (set() if good else {("refuse", "end_s")})


def test_times_go_out_in_hundredths() -> None:
    body = section(start_s=10.004, end_s=25.006).body()
    assert (body["infillStartS"], body["infillEndS"]) == (10.0, 25.01)


def test_a_clip_or_a_recording_not_both() -> None:
    url = "https://files.example/mine.mp3"
    assert verdicts(section(task_id=None, clip_id=None, source_url=url, model="V5")) == set()
    assert verdicts(section(task_id=None, clip_id=None, source_url=url, model="V5"), "sunoapi") == {
        ("warn", "source_url")
    }
    assert verdicts(section(task_id=None)) == {("refuse", "clip_id")}
    assert verdicts(section(source_url=url)) == {("refuse", "source_url")}


def test_the_whole_lyrics_are_disputed_at_one_host() -> None:
    assert verdicts(section(full_lyrics=None)) == {("refuse", "full_lyrics")}
    assert verdicts(section(full_lyrics=None), "sunoapi") == {("warn", "full_lyrics")}


def test_the_window_is_told_in_the_users_words() -> None:
    found = operation_of(section()).check_request(section(end_s=12.0), host="kie")
    assert str(found[0]).startswith("the section from start_s to end_s lasts 2.0 s, allowed is at least 10 s")
