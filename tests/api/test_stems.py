"""Two stems, twelve, or one by name."""

from __future__ import annotations

import pytest

from suno_lab.api.stems import SEPARATE, STEM_NAMES, Separate


def clip(**given: object) -> Separate:
    return Separate(**{"task_id": "t", "clip_id": "c", **given})  # type: ignore[arg-type]


def verdicts(request: Separate, host: str = "kie") -> set[tuple[str, str]]:
    return {(finding.severity, finding.field) for finding in SEPARATE.check_request(request, host=host)}


@pytest.mark.parametrize(
    ("request_", "kind", "credits"),
    [
        (clip(), "separate_vocal", 10),
        (clip(stems=12), "split_stem", 50),
        (clip(stem_name="Kick"), "split_stem_advanced", 20),
    ],
)
def test_what_is_asked_for_sets_type_and_price(request_: Separate, kind: str, credits: float) -> None:
    assert request_.body()["type"] == kind
    assert SEPARATE.credits(request_) == credits
    assert SEPARATE.credits(request_, host="sunoapi") is None
    assert verdicts(request_) == set()


def test_a_body_without_type_is_the_default_one() -> None:
    assert SEPARATE.price({"taskId": "t", "audioId": "c"}) == 10


def test_the_names_are_the_documented_ones() -> None:
    assert len(STEM_NAMES) == len(set(STEM_NAMES)) == 98


def test_what_does_not_exist_is_refused() -> None:
    assert verdicts(clip(stems=3)) == {("refuse", "stems")}
    assert verdicts(clip(stem_name="Kazoo")) == {("refuse", "stem_name")}
    assert {
        finding.field
        for finding in SEPARATE.check({"taskId": "t", "audioId": "c", "type": "split_stem_advanced"}, host="kie")
    } == {"stemName"}
    assert [f.severity for f in SEPARATE.check({"taskId": "t", "audioId": "c", "stemName": "Kick"}, host="kie")] == [
        "warn"
    ]


def test_a_clip_or_a_recording_not_both() -> None:
    url = "https://files.example/mine.mp3"
    assert verdicts(Separate(source_url=url)) == set()
    assert verdicts(Separate(source_url=url), "sunoapi") == {("warn", "source_url")}
    assert (
        verdicts(clip(source_url=url))
        == verdicts(Separate())
        == verdicts(Separate(clip_id="c"))
        == {("refuse", "clip_id")}
    )
