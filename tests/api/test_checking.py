"""Fields, limits and needs: at the boundary, in the user's words, and on arbitrary bodies."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.api import operation_of, operations, refusals
from suno_lab.api.contract import Operation, Request
from suno_lab.api.examples import EXAMPLES
from suno_lab.api.fields import Finding, Limit, Need, WireField, check_field
from suno_lab.api.from_audio import AddVocals, Cover, Mashup, UploadExtend
from suno_lab.api.lyrics import WriteLyrics
from suno_lab.api.music import Extend, Generate
from suno_lab.api.song_models import NAMES, TAKES_DURATION
from suno_lab.errors import InvalidRequest, SunoLabError, UnknownModel
from tests.api.strategies import objects_with

URL = "https://files.example/mine.mp3"
ROWS = list(operations().values())


def findings(request: Request, host: str = "kie") -> list[Finding]:
    return operation_of(request).check_request(request, host=host)


def verdicts(request: Request, host: str = "kie") -> set[tuple[str, str]]:
    return {(finding.severity, finding.field) for finding in findings(request, host)}


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def song(**given: object) -> Generate:
    return Generate(**{"lyrics": "la la", "style": "folk", "title": "Sea", **given})  # type: ignore[arg-type]


def continuation(**given: object) -> Extend:
    defaults = {"clip_id": "c", "continue_at_s": 9, "lyrics": "la la", "style": "folk", "title": "Sea"}
    return Extend(**{**defaults, **given})  # type: ignore[arg-type]


def voice_over(**given: object) -> AddVocals:
    defaults = {"source_url": URL, "lyrics": "la", "style": "folk", "title": "Sea", "negative_tags": "metal"}
    return AddVocals(**{**defaults, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("request_of", "host", "most", "beyond"),
    [
        (lambda n: song(lyrics="x" * n, model="V4"), "kie", 3000, "refuse"),
        (lambda n: song(lyrics="x" * n, model="V3_5"), "kie", 3000, "refuse"),
        (lambda n: song(lyrics="x" * n, model="V4_5"), "kie", 5000, "refuse"),
        (lambda n: song(lyrics="x" * n, model="V6"), "sunoapi", 5000, "refuse"),
        (lambda n: song(style="x" * n, model="V4"), "kie", 200, "refuse"),
        (lambda n: song(style="x" * n, model="V5"), "kie", 1000, "refuse"),
        (lambda n: song(title="x" * n), "kie", 80, "refuse"),
        (lambda n: song(title="x" * n, model="V5"), "sunoapi", 80, "warn"),
        (lambda n: song(title="x" * n, model="V5"), "sunoapi", 100, "refuse"),
        (lambda n: song(title="x" * n, model="V4_5ALL"), "sunoapi", 80, "refuse"),
        (lambda n: Generate(description="x" * n), "kie", 500, "warn"),
        (lambda n: Generate(description="x" * n), "kie", 3000, "refuse"),
        (lambda n: Cover(source_url=URL, description="x" * n), "kie", 500, "refuse"),
        (lambda n: Cover(source_url=URL, description="x" * n, model="V6"), "kie", 500, "warn"),
        (lambda n: WriteLyrics(description="x" * n), "kie", 200, "warn"),
        (lambda n: WriteLyrics(description="x " * n), "sunoapi", 200, "refuse"),
        (lambda n: continuation(title="x" * n, model="V5"), "kie", 100, "refuse"),
        (lambda n: continuation(title="x" * n, model="V4"), "kie", 80, "refuse"),
        (lambda n: voice_over(negative_tags="x" * n), "kie", 200, "refuse"),
        (lambda n: song(duration_s=n, model="V5_5"), "kie", 360, "refuse"),
    ],
)  # fmt: skip
def test_the_last_allowed_size_passes_and_the_next_does_not(request_of, host, most, beyond) -> None:
    at, after = verdicts(request_of(most), host), verdicts(request_of(most + 1), host)
    assert {severity for severity, _ in after - at} == {beyond}
    assert beyond not in {severity for severity, _ in at}


@given(least=st.integers(0, 50), span=st.integers(0, 50), size=st.integers(0, 120))
def test_a_limit_holds_exactly_within_its_bounds(least: int, span: int, size: int) -> None:
    limit = Limit(least=least, most=least + span, source="page", unit="characters")
    assert limit.broken_by("x" * size) == (not least <= size <= least + span)
    assert limit.broken_by([0] * size) == limit.broken_by(size) == limit.broken_by("x" * size)


def test_weights_stay_between_zero_and_one() -> None:
    for weight in (0, 1, 0.01):
        assert verdicts(song(style_weight=weight)) == set()
    for weight in (-0.01, 1.01, float("nan"), float("inf"), True, "0.5", 10**400):
        assert verdicts(song(style_weight=weight)) == {("refuse", "style_weight")}


def test_all_pages_refuse_or_one_page_warns() -> None:
    strict, loose = Limit(most=5, source="one"), Limit(most=8, source="other")
    known = WireField(name="title", limits=(strict, loose))
    at = {n: [f.severity for f in check_field(known, {"title": "x" * n}, host="kie")] for n in (5, 6, 8, 9)}
    assert at == {5: [], 6: ["warn"], 8: ["warn"], 9: ["refuse"]}


def test_a_need_of_one_page_alone_is_a_warning() -> None:
    def never(body: dict[str, object]) -> bool:
        return False

    both = (Need(source="one"), Need(source="other", when=never))
    elsewhere = (Need(source="one", hosts=frozenset({"sunoapi"})), Need(source="other", when=never))
    known = [WireField(name="title", required=needs) for needs in (both, elsewhere)]
    assert [[f.severity for f in check_field(k, {"title": " "}, host="kie")] for k in known] == [["warn"], []]


# ── words of the user ────────────────────────────────────────────────────────────────────────────────────────────────
def refusal(request: Request, host: str = "kie") -> InvalidRequest:
    return refusals(findings(request, host))[0].error()


def test_an_empty_request_is_refused_in_one_plain_sentence() -> None:
    for empty in (Generate(), Generate(description=""), Generate(description="  \n"), Generate(instrumental=True)):
        found = refusals(findings(empty))
        assert len(found) == 1
        error = found[0].error()
        assert error.field == "description"
        assert str(error).startswith(
            "description is empty: say what the song should be about, or give lyrics, style or title"
        )


def test_a_refusal_names_field_size_limit_and_page_in_the_users_words() -> None:
    error = refusal(song(lyrics="x" * 5001))
    assert error.field == "lyrics"
    assert "lyrics is 5001 characters, allowed is at most 5000 characters" in str(error)
    assert "docs.kie.ai/old-model/suno-api, 2026-08-19" in str(error)
    assert error.given == "x" * 5001
    assert refusal(Extend(clip_id="c", continue_at_s=0, lyrics="x", style="y", title="t")).field == "continue_at_s"
    assert "`" not in str(error)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (Generate(lyrics="la"), "style"),
        (Generate(style="folk"), "lyrics"),
        (Generate(title="Sea", instrumental=True), "style"),
        (Extend(clip_id=""), "clip_id"),
        (Extend(clip_id="c", continue_at_s=9, style="folk", title="Sea"), "lyrics"),
        (UploadExtend(source_url="mine.mp3", continue_at_s=9), "source_url"),
        (Mashup(source_urls=(URL,), description="both"), "source_urls"),
        (Mashup(source_urls=(URL, URL, URL), description="all"), "source_urls"),
        (Generate(description=5), "description"),  # type: ignore[arg-type]
        (Generate(lyrics=5, style="folk"), "lyrics"),  # type: ignore[arg-type]
        (song(vocal_gender="x"), "vocal_gender"),
        (song(instrumental="yes"), "instrumental"),
        (song(duration_s=60), "duration_s"),
        (song(duration_s=9.9, model="V6"), "duration_s"),
        (song(persona_model="voice_persona"), "persona_model"),
        (song(model=""), "model"),
        (song(model=["V5"]), "model"),
        (song(image_urls=(URL,)), "image_urls"),
        (song(variety=5), "variety"),
        (Generate(description="x", variety=1), "variety"),
    ],
)
def test_the_field_at_fault_is_the_users(request_: Request, field: str) -> None:
    assert field in {finding.field for finding in refusals(findings(request_))}


def test_a_description_beside_a_style_is_refused_before_anything_is_lost() -> None:
    with pytest.raises(InvalidRequest, match="cannot both be sent"):
        Generate(description="a storm", style="folk", lyrics="la").body()


def test_a_description_stands_in_for_a_missing_style() -> None:
    body = Generate(description="calm piano", lyrics="[Verse]\nla la la").body()
    assert (body["style"], body["prompt"], body["title"], body["customMode"]) == (
        "calm piano", "[Verse]\nla la la", "la la la", True,
    )  # fmt: skip
    assert refusal(Generate(description="x" * 1001, lyrics="la")).field == "description"


@pytest.mark.parametrize("request_", [Generate(description="calm relaxing piano", instrumental=True), song()])
@pytest.mark.parametrize("model", NAMES)
@pytest.mark.parametrize("host", ["kie", "sunoapi"])
def test_an_ordinary_song_passes_silently_with_every_known_model(request_: Generate, model: str, host: str) -> None:
    given_length = {"duration_s": 60} if request_.custom and model in TAKES_DURATION else {}
    assert findings(replace(request_, model=model, **given_length), host) == []  # type: ignore[arg-type]


def test_a_length_left_out_is_told_where_it_makes_a_short_piece() -> None:
    assert verdicts(song(model="V6")) == {("warn", "duration_s")}
    assert verdicts(Generate(description="calm piano", model="V6")) == set()


# ── models ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_an_unknown_model_is_a_warning_here_and_a_refusal_at_the_service() -> None:
    found = findings(song(model="V9"))
    assert [(finding.severity, finding.kind) for finding in found] == [("warn", "unknown_model")]
    assert "unknown model 'V9', known are V3_5, V4," in found[0].message
    assert found[0].message.endswith("sent all the same")
    assert refusals(found) == found
    error = found[0].error()
    assert isinstance(error, UnknownModel)
    assert error.given == "V9"


def test_a_model_that_no_page_lists_for_the_call_is_a_warning_with_the_lists() -> None:
    found = findings(voice_over(model="V4"))
    assert [(finding.severity, finding.kind, finding.field) for finding in found] == [
        ("warn", "unlisted_model", "model")
    ]
    assert "V4_5PLUS, V5, V5_5 (docs.kie.ai/old-model/suno-api, 2026-08-19)" in found[0].message
    assert refusals(found) == []


def test_a_newer_model_may_take_a_duration() -> None:
    assert {finding.kind for finding in findings(song(model="V9", duration_s=60))} == {"unknown_model"}


def test_strict_refuses_what_any_page_refuses() -> None:
    found = findings(Generate(description="x" * 501))
    assert refusals(found) == []
    assert refusals(found, strict=True) == found


# ── arbitrary bodies ─────────────────────────────────────────────────────────────────────────────────────────────────
@settings(max_examples=20, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_body_is_too_strange_to_check(row: Operation, data: st.DataObject) -> None:
    names = [known.name for known in row.request.wire_fields()] or ["x"]
    body = data.draw(
        st.builds(lambda known, odd: {**known, **odd}, st.just(dict(EXAMPLES[row.name].body)), objects_with(names))
    )
    for host in ("kie", "sunoapi"):
        found = row.check(body, host=host) + row.check_source(body, host=host, duration_s=100.0)
        assert all(str(finding) and isinstance(finding.error(), InvalidRequest) for finding in found)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_request_is_too_strange_to_check(row: Operation, data: st.DataObject) -> None:
    names = [name for name, _ in row.request.wired()]
    values = st.none() | st.text(max_size=5) | st.integers(-3, 20) | st.floats() | st.booleans() | st.just((URL,))
    request = row.request(**{name: data.draw(values) for name in names})
    for host in ("kie", "sunoapi"):
        try:
            found = row.check_request(request, host=host)
        except SunoLabError:
            continue
        assert all(finding.field and finding.message for finding in found)
