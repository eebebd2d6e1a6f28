"""Calls that are nearly right: one or two fields of a good body are replaced by anything at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suno_lab.api import operations
from tests.emulator.conftest import NOWHERE

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["", "\x00", "\ud800", "V5", "http://127.0.0.1:1/x", "http://[", "x" * 6000, -1, 0, 1e308, 10**40]),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def good_bodies(task_id: str, clip_id: str, url: str) -> dict[str, dict]:
    """One good body for every creation."""
    named = {"taskId": task_id, "audioId": clip_id}
    own = {"defaultParamFlag": True, "continueAt": 1.0, "prompt": "la", "style": "x", "title": "x", "model": "V5"}
    song = {"prompt": "la", "customMode": True, "instrumental": False, "style": "x", "title": "x", "model": "V5_5"}
    layer = {"uploadUrl": url, "title": "x", "negativeTags": "x", "model": "V5"}
    return {
        "generate": {**song, "duration": 12, "styleWeight": 0.5, "vocalGender": "f", "negativeTags": "drums"},
        "extend": {"audioId": clip_id, **own},
        "cover": {**song, "uploadUrl": url},
        "upload_extend": {**own, "uploadUrl": url, "instrumental": False},
        "add_vocals": {**layer, "prompt": "la", "style": "x"},
        "add_instrumental": {**layer, "tags": "x"},
        "mashup": {**song, "uploadUrlList": [url, url]},
        "sounds": {"prompt": "rain", "model": "V5", "soundTempo": 90, "soundKey": "Am"},
        "write_lyrics": {"prompt": "tea"},
        "convert_wav": named,
        "make_video": {**named, "author": "me"},
        "separate": {**named, "type": "split_stem"},
        "draw_cover": {"taskId": task_id},
        "recover": {"task_id": task_id},
        "voice_phrase": {"voiceUrl": url, "vocalStartS": 0, "vocalEndS": 1, "language": "de"},
        "replace_section": {**named, "prompt": "la", "tags": "x", "title": "x", "infillStartS": 0, "infillEndS": 10,
                            "fullLyrics": "la"},
    }  # fmt: skip


@pytest.fixture
def made(desk):
    """A finished clip to work on."""
    task_id, tracks = desk.finished()
    return task_id, tracks[0]["id"], tracks[0]["audioUrl"]


def test_the_good_bodies_are_good(desk, made):
    for name, body in good_bodies(*made).items():
        answer = desk.post(operations()[name].path, body)
        too_short = name == "replace_section"  # ten seconds are more than half of a clip of three
        assert answer["code"] == (422 if too_short else 200), (name, answer)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nearly_right_calls_are_taken_or_refused_and_never_break(desk, made, data):
    name, body = data.draw(st.sampled_from(sorted(good_bodies(*made).items(), key=lambda pair: pair[0])))
    fields = data.draw(st.lists(st.sampled_from(sorted(body)), max_size=2))
    changed = {**body, "callBackUrl": NOWHERE, **{field: data.draw(ANYTHING) for field in fields}}
    operation = operations()[name]
    reply = desk.ask("POST", operation.path, body=json.dumps(changed).encode())
    answer = json.loads(reply.body)
    assert reply.status == 200, (name, changed, answer)
    if answer["code"] == 200:
        task_id = next(iter(answer["data"].values()))
        desk.wait(4)
        shown = desk.get(f"{operation.record.path}?{operation.record.id_param}={task_id}")
        read = operation.record.parse(operation.record.unwrap(shown).data, task_id=task_id)
        assert read.state.value == "SUCCESS", (name, changed, shown)
    broken = [entry for entry in desk.get("/_emulator/ledger")["entries"] if entry["kind"] == "broken"]
    assert broken == []
