"""The market route: out, back, and what its records hold."""

from __future__ import annotations

import json

import pytest

from suno_lab.api import operation_of, operations, refusals
from suno_lab.api.contract import Operation, Request
from suno_lab.api.examples import CLIP, EXAMPLES, FILES, TASK
from suno_lab.api.hosts import KIE, KIE_MARKET
from suno_lab.api.market import legacy_call, market_body, market_state, on_market, record_endpoint, result_json
from suno_lab.api.music import Generate
from suno_lab.api.recovery import Recover
from suno_lab.api.section import ReplaceSection
from suno_lab.api.voice import VoiceRephrase
from suno_lab.models import Product, TaskState, TimedLyrics

ROWS = [row for row in operations().values() if row.market_model]
URL = "https://example.com/callback"


def finished(row: Operation, result: object) -> dict[str, object]:
    return {
        "taskId": TASK,
        "model": row.market_model,
        "state": "success",
        "resultJson": json.dumps(result),
        "failCode": "",
    }


def test_a_song_goes_out_in_snake_case_with_the_model_inside() -> None:
    request = Generate(lyrics="la", style="folk", title="Sea", vocal_gender="f", style_weight=0.5, model="V6")
    assert market_body(operation_of(request), request, callback_url=URL) == {
        "model": "ai-music-api/generate",
        "callBackUrl": URL,
        "input": {
            "prompt": "la", "custom_mode": True, "style": "folk", "title": "Sea", "instrumental": False, "model": "V6",
            "vocal_gender": "f", "style_weight": 0.5,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "names"),
    [
        (Recover(task_id="t"), {"task_id"}),
        (VoiceRephrase(task_id="t"), {"task_id"}),
        (
            ReplaceSection(
                task_id="t", clip_id="c", lyrics="l", style="s", title="T", start_s=1.25, end_s=20, full_lyrics="f"
            ),
            {"task_id", "audio_id", "prompt", "tags", "title", "infill_start_s", "infill_end_s", "full_lyrics"},
        ),
    ],
)
def test_names_are_those_of_the_page(request_: Request, names: set[str]) -> None:
    assert set(market_body(operation_of(request_), request_)["input"]) == names


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_goes_out_comes_back(row: Operation) -> None:
    legacy = dict(EXAMPLES[row.name].body)
    callback = legacy.pop(row.callback_on("kie"), None)
    names = {known.name_on("kie"): known.market_name for known in row.request.wire_fields()}
    sent = {"model": row.market_model, "callBackUrl": callback, "input": {names[name]: v for name, v in legacy.items()}}
    found = legacy_call(sent)
    assert found is not None
    operation, body = found
    assert operation is row
    assert body == EXAMPLES[row.name].body
    assert refusals(operation.check(body, host="kie")) == []


@pytest.mark.parametrize("sent", [None, [], {}, {"model": "V6"}, {"model": ["ai-music-api/generate"]}, {"model": None}])
def test_an_unknown_model_is_no_call(sent: object) -> None:
    assert legacy_call(sent) is None


def test_a_call_without_input_is_a_call_without_fields() -> None:
    found = legacy_call({"model": "ai-music-api/generate", "input": "x"})
    assert found is not None
    assert found[1] == {}


@pytest.mark.parametrize("row", [row for row in ROWS if row.asynchronous], ids=lambda row: row.name)
def test_a_record_of_its_own_path_survives_the_way_through_the_market(row: Operation) -> None:
    assert row.record is not None
    data = row.record.unwrap(EXAMPLES[row.name].record).data
    own = row.record.parse(data, task_id=TASK)
    market = record_endpoint(row).parse(finished(row, json.loads(result_json(row, data))), task_id=TASK)
    assert market.state is TaskState.SUCCESS
    assert [clip.clip_id for clip in market.clips] == [clip.clip_id for clip in own.clips]
    assert [clip.audio_url for clip in market.clips] == [clip.audio_url for clip in own.clips]
    assert [(p.kind, p.url, p.value) for p in market.products] == [(p.kind, p.url, p.value) for p in own.products]


@pytest.mark.parametrize("row", [row for row in ROWS if not row.asynchronous], ids=lambda row: row.name)
def test_a_value_that_comes_at_once_elsewhere_comes_as_a_product(row: Operation) -> None:
    assert row.read is not None
    data = EXAMPLES[row.name].answer["data"]
    record = record_endpoint(row).parse(finished(row, json.loads(result_json(row, data))), task_id=TASK)
    expected = row.read(data)
    assert record.products == (
        (expected,) if isinstance(expected, Product) else (Product(kind=row.makes, value=expected),)
    )


@pytest.mark.parametrize(
    "result",
    [
        {"data": [{"id": CLIP, "audio_url": f"{FILES}/a.mp3", "model_name": "chirp-x", "createTime": 1776499082098}]},
        {"data": [{"id": CLIP, "audioUrl": f"{FILES}/a.mp3", "modelName": "chirp-x", "createTime": 1776499082098}]},
        {"resultObject": {"sunoData": [{"id": CLIP, "audioUrl": f"{FILES}/a.mp3", "modelName": "chirp-x"}]}},
        {"response": {"sunoData": [{"id": CLIP, "audioUrl": f"{FILES}/a.mp3", "modelName": "chirp-x"}]}},
    ],
)
def test_clips_are_found_in_every_shape(result: object) -> None:
    row = operations()["generate"]
    for data in (finished(row, result), {**finished(row, None), "resultJson": result}):
        clips = record_endpoint(row).parse(data, task_id=TASK).clips
        assert [(clip.clip_id, clip.audio_url, clip.model_reported, clip.task_id) for clip in clips] == [
            (CLIP, f"{FILES}/a.mp3", "chirp-x", TASK)
        ]


def test_bare_addresses_become_clips_or_products() -> None:
    result = {"resultUrls": [f"{FILES}/a", "", None, f"{FILES}/b"]}
    song, wav = operations()["generate"], operations()["convert_wav"]
    clips = record_endpoint(song).parse(finished(song, result), task_id=TASK).clips
    assert [(clip.clip_id, clip.sibling, clip.audio_url) for clip in clips] == [
        (f"{TASK}-0", 0, f"{FILES}/a"), (f"{TASK}-1", 1, f"{FILES}/b"),
    ]  # fmt: skip
    products = record_endpoint(wav).parse(finished(wav, result), task_id=TASK).products
    assert [product.url for product in products] == [f"{FILES}/a", f"{FILES}/b"]


def test_a_failed_task_says_why() -> None:
    row = operations()["generate"]
    data = {"taskId": TASK, "state": "fail", "resultJson": "", "failCode": "501", "failMsg": "generation failed"}
    record = record_endpoint(row).parse(data, task_id=TASK)
    assert (record.state, record.error_code, record.error_message) == (TaskState.FAILED, 501, "generation failed")


def test_timed_lyrics_are_a_value_inside_a_product() -> None:
    row = operations()["timed_lyrics"]
    result = {"resultObject": {"alignedWords": [{"word": "la", "startS": 0.5, "endS": 1}]}}
    (product,) = record_endpoint(row).parse(finished(row, result), task_id=TASK).products
    assert isinstance(product.value, TimedLyrics)
    assert product.value.words[0].end_s == 1


def test_states_translate() -> None:
    assert {state: market_state(state) for state in TaskState} == {
        TaskState.PENDING: "queuing", TaskState.TEXT: "generating", TaskState.FIRST: "generating",
        TaskState.SUCCESS: "success", TaskState.FAILED: "fail",
    }  # fmt: skip


def test_files_and_balance_keep_their_own_paths() -> None:
    own = {name for name, row in operations().items() if not on_market(row, KIE_MARKET)}
    assert own == {"balance", "download_url", "upload", "upload_base64", "upload_from_url"}
    assert not any(on_market(row, KIE) for row in operations().values())
