"""Records read to the documented values, and never raise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.api import operations
from suno_lab.api.contract import Operation, RecordEndpoint
from suno_lab.api.examples import CLIP, EXAMPLES, FILES, SECOND_CLIP, TASK
from suno_lab.api.lyrics import RECORD as LYRICS
from suno_lab.api.market import record_endpoint
from suno_lab.api.music import RECORD as MUSIC
from suno_lab.api.reading import envelope
from suno_lab.models import Product, TaskRecord, TaskState, Word
from tests.api.strategies import json_values, objects_with

ROWS = list(operations().values())
ENDPOINTS = {row.record.family: row.record for row in ROWS if row.record}
STATES = {
    "music": {
        "PENDING": "PENDING", "TEXT_SUCCESS": "TEXT", "FIRST_SUCCESS": "FIRST", "SUCCESS": "SUCCESS",
        "CREATE_TASK_FAILED": "FAILED", "GENERATE_AUDIO_FAILED": "FAILED", "CALLBACK_EXCEPTION": "FAILED",
        "SENSITIVE_WORD_ERROR": "FAILED", "GENERATING": "PENDING", "GENERATE_FOO_FAILED": "FAILED", 3: "PENDING",
    },
    "lyrics": {"PENDING": "PENDING", "SUCCESS": "SUCCESS", "GENERATE_LYRICS_FAILED": "FAILED",
               "SENSITIVE_WORD_ERROR": "FAILED", "CALLBACK_EXCEPTION": "FAILED"},
    "wav": {"PENDING": "PENDING", "SUCCESS": "SUCCESS", "GENERATE_WAV_FAILED": "FAILED"},
    "stems": {"PENDING": "PENDING", "SUCCESS": "SUCCESS", "GENERATE_AUDIO_FAILED": "FAILED"},
    "video": {"PENDING": "PENDING", "SUCCESS": "SUCCESS", "GENERATE_MP4_FAILED": "FAILED"},
    "cover": {0: "PENDING", 1: "SUCCESS", 2: "PENDING", 3: "FAILED", "1": "SUCCESS", "GENERATE_COVER_FAILED": "FAILED"},
    "midi": {0: "PENDING", 1: "SUCCESS", 2: "FAILED", 3: "FAILED", "2": "FAILED"},
    "recovery": {201: "PENDING", 200: "SUCCESS", 500: "FAILED"},
    "phrase": {"wait_processing": "PENDING", "processing_validate": "PENDING", "wait_validating": "SUCCESS",
               "success": "SUCCESS", "processing_validate_fail": "FAILED", "fail": "FAILED"},
    "voice": {"wait_processing": "PENDING", "wait_validating": "PENDING", "success": "SUCCESS", "fail": "FAILED"},
}  # fmt: skip


def read(name: str) -> TaskRecord:
    record = operations()[name].record
    assert record is not None
    return record.parse(record.unwrap(EXAMPLES[name].record).data, task_id=TASK)


def answer(name: str) -> object:
    reader = operations()[name].read
    assert reader is not None
    return reader(envelope(EXAMPLES[name].answer).data)


def test_every_family_is_in_the_table_of_states() -> None:
    assert set(STATES) == set(ENDPOINTS)


@pytest.mark.parametrize("family", STATES)
def test_states_read_as_documented(family: str) -> None:
    states = list(STATES[family].items())
    assert [(word, ENDPOINTS[family].state_of(word)) for word, _ in states] == states


def test_true_is_no_number_of_a_state() -> None:
    assert ENDPOINTS["midi"].state_of(True) is TaskState.PENDING


# ── the documented answers ───────────────────────────────────────────────────────────────────────────────────────────
def test_a_music_record() -> None:
    record = read("generate")
    first, second = record.clips
    assert (record.status, record.error_code, record.error_message, record.parent_clip_id) == (
        "SUCCESS",
        None,
        None,
        None,
    )
    assert (first.clip_id, first.task_id, first.sibling, second.sibling) == (CLIP, TASK, 0, 1)
    assert (first.title, first.tags, first.lyrics) == ("Iron Man", "electrifying, rock", "[Verse] Night city lights")
    assert (first.model_reported, first.duration_s, first.audio_url) == ("chirp-v3-5", 198.44, f"{FILES}/first.mp3")
    assert (first.created_at, second.created_at) == (1735689600.0, 1776499082.098)
    assert (first.source_audio_url, second.source_audio_url) == (None, f"{FILES}/source/second.mp3")
    assert second.lyrics is None


def test_written_lyrics() -> None:
    assert read("write_lyrics").products == (
        Product(kind="lyrics", name="Starry Night", value="[Verse]\nI walk"),
        Product(kind="lyrics", name="Still Water", value="[Verse]\nI rest"),
    )


def test_timed_lyrics() -> None:
    timed = answer("timed_lyrics")
    assert timed.words == (Word(word="[Verse]\nWaggin'", start_s=1.36, end_s=1.79, success=True, palign=0.0),)
    assert (timed.hoot_cer, timed.waveform, timed.streamed) == (0.3803191489361702, (0, 1, 0.5, 0.75), False)


def test_stems_come_once_each_with_the_id_that_midi_takes() -> None:
    stems = read("separate").products
    assert [(stem.name, stem.item_id) for stem in stems] == [("Vocals", "3d70"), ("Instrumental", "d92a")]
    assert {stem.clip_id for stem in stems} == {CLIP}


def test_notes_whose_times_are_texts() -> None:
    drums, bass = read("transcribe_midi").products
    assert (drums.name, drums.item_id, bass.value) == ("Drums", "3d70", ())
    assert drums.value == ((73, 0.036458333, 0.184895833, 1.0), (61, 0.046875, 0.17708333, 0.5))
    assert drums.value[0].pitch == 73


def test_files() -> None:
    assert read("convert_wav").products == (Product(kind="wav", url=f"{FILES}/a.wav", clip_id=CLIP),)
    assert read("make_video").products == (Product(kind="video", url=f"{FILES}/a.mp4", clip_id=CLIP),)
    assert [cover.url for cover in read("draw_cover").products] == [f"{FILES}/1.png", f"{FILES}/2.png"]


def test_fresh_links_of_a_flat_record() -> None:
    good, bad = read("recover").products
    assert (good.kind, good.clip_id, good.url, good.value) == ("audio", CLIP, f"{FILES}/a.m4a", None)
    assert (bad.clip_id, bad.url, bad.value) == (SECOND_CLIP, None, "clip_error")


def test_a_flat_record_is_told_from_an_error() -> None:
    endpoint = ENDPOINTS["recovery"]
    running = {"code": 201, "task_id": TASK, "msg": "processing", "data": None}
    failed = {"code": 500, "task_id": TASK, "msg": "all failed", "data": []}
    assert endpoint.parse(endpoint.unwrap(running).data, task_id=TASK).state is TaskState.PENDING
    record = endpoint.parse(endpoint.unwrap(failed).data, task_id=TASK)
    assert (record.state, record.error_message) == (TaskState.FAILED, "all failed")
    assert endpoint.unwrap({"code": 500, "msg": "Internal Error", "data": None}).code == 500
    assert endpoint.unwrap({"code": 401, "task_id": TASK, "msg": "no", "data": None}).code == 401


def test_values_that_come_at_once() -> None:
    assert answer("boost_style").value == "A mysterious pop song with whispered verses"
    assert (answer("make_persona").value, answer("make_persona").name) == ("a6e5", "Night Singer")
    assert (answer("check_voice"), answer("balance")) == (True, 100.0)
    assert answer("download_url") == f"{FILES}/a.mp3?until=1"
    assert (answer("upload").url, answer("upload").name) == (f"{FILES}/suno-lab/mine.mp3", "mine.mp3")


def test_voices() -> None:
    assert read("voice_phrase").products[0].value == "The river carries morning home"
    assert read("make_voice").products[0].value == "voice-1"


# ── what users met ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_record_before_anything_is_there() -> None:
    for data in (None, {}, {"taskId": TASK, "status": "PENDING", "response": None}):
        record = MUSIC.parse(data, task_id=TASK)
        assert (record.state, record.clips) == (TaskState.PENDING, ())


def test_a_finished_record_without_audio_keeps_its_other_links() -> None:
    track = {"id": CLIP, "audioUrl": "", "sourceAudioUrl": f"{FILES}/s.mp3", "duration": None}
    clip = MUSIC.parse({"status": "SUCCESS", "response": {"sunoData": [track]}}, task_id=TASK).clips[0]
    assert (clip.audio_url, clip.source_audio_url, clip.duration_s) == (None, f"{FILES}/s.mp3", None)


def test_a_failed_record_says_why() -> None:
    data = {"status": "GENERATE_AUDIO_FAILED", "errorCode": 531, "errorMessage": "failed, credits refunded",
            "response": {"taskId": TASK, "sunoData": []}}  # fmt: skip
    record = MUSIC.parse(data, task_id=TASK)
    assert (record.state, record.error_code, record.error_message) == (
        TaskState.FAILED,
        531,
        "failed, credits refunded",
    )


def test_lyrics_under_another_name() -> None:
    data = {"status": "SUCCESS", "response": {"lyricsData": [{"text": "la", "title": "T"}]}}
    assert [product.value for product in LYRICS.parse(data, task_id=TASK).products] == ["la"]


def test_one_named_stem_comes_as_a_pair() -> None:
    pair = {"extract": {"audio_url": f"{FILES}/k.mp3", "stem_type_group_name": "Kick", "id": "k"},
            "remove": {"audio_url": f"{FILES}/r.mp3", "stem_type_group_name": "No Kick", "id": "r"}}  # fmt: skip
    record = ENDPOINTS["stems"].parse({"successFlag": "SUCCESS", "response": {"originData": [pair]}}, task_id=TASK)
    assert [(stem.name, stem.item_id) for stem in record.products] == [("Kick", "k"), ("No Kick", "r")]


def test_twelve_stems_without_a_list() -> None:
    links = {"vocalUrl": f"{FILES}/v.mp3", "drumsUrl": f"{FILES}/d.mp3", "instrumentalUrl": None}
    record = ENDPOINTS["stems"].parse({"successFlag": "SUCCESS", "response": links}, task_id=TASK)
    assert [stem.name for stem in record.products] == ["Vocals", "Drums"]


# ── anything at all ──────────────────────────────────────────────────────────────────────────────────────────────────
KEYS = [
    "taskId", "response", "sunoData", "data", "status", "successFlag", "state", "code", "id", "audioUrl", "duration",
    "createTime", "errorCode", "errorMessage", "midiData", "instruments", "notes", "pitch", "start", "end", "images",
    "originData", "extract", "vocalUrl", "resultJson", "resultUrls", "resultObject", "validateInfo", "voiceId",
    "alignedWords", "startS", "endS", "word", "waveformData", "failCode",
]  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(data=objects_with(KEYS) | json_values)
@pytest.mark.parametrize("family", STATES)
def test_no_record_is_too_strange(family: str, data: object) -> None:
    endpoint: RecordEndpoint = ENDPOINTS[family]
    record = endpoint.parse(endpoint.unwrap({"code": 200, "data": data}).data, task_id=TASK)
    assert isinstance(record.state, TaskState)
    assert all(clip.task_id is not None for clip in record.clips)


@settings(max_examples=15, deadline=None)
@given(data=objects_with(KEYS) | json_values)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_answer_is_too_strange(row: Operation, data: object) -> None:
    if row.read is not None:
        row.read(data)
    if row.market_model:
        assert record_endpoint(row).parse(data, task_id=TASK).task_id == TASK


@settings(max_examples=30, deadline=None)
@given(text=st.text(max_size=30))
def test_no_word_is_too_strange_for_a_state(text: str) -> None:
    assert all(isinstance(endpoint.state_of(text), TaskState) for endpoint in ENDPOINTS.values())
