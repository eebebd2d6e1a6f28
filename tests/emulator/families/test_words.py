"""Words with times, as the service shows them."""

from __future__ import annotations

import pytest

from suno_lab.api.lyrics import read_timed_lyrics
from suno_lab.emulator.families.words import PEAKS_N, activity_peaks, tags_before_words
from tests.emulator.families.conftest import product

LYRICS = "[Verse 1]\none two\nthree\n[Chorus]\nfour"


def timed(desk, **named):
    return desk.post("/api/v1/generate/get-timestamped-lyrics", named, callback=None)


def test_words_carry_their_truth_and_the_tags_before_them(desk):
    task_id, tracks = desk.finished(customMode=True, prompt=LYRICS, style="folk", title="x")
    data = timed(desk, taskId=task_id, audioId=tracks[0]["id"])["data"]
    assert [word["word"] for word in data["alignedWords"]] == ["[Verse 1]\none", "two", "three", "[Chorus]\nfour"]
    truth = desk.get(f"/_emulator/truth/{tracks[0]['id']}")["words"]
    read = read_timed_lyrics(data)
    assert [w.start_s for w in read.words] == pytest.approx([w["start_s"] for w in truth])
    assert all(word["palign"] == 0 and word["success"] for word in data["alignedWords"])
    assert 0 <= data["hootCer"] <= 0.1
    assert data["isStreamed"] is False
    assert (len(data["waveformData"]), max(data["waveformData"])) == (PEAKS_N, 1.0)
    assert desk.balance == 1000 - 12.5


def test_the_clip_must_be_of_the_task(desk):
    task_id, tracks = desk.finished()
    other_id, _ = desk.finished()
    assert timed(desk, taskId=other_id, audioId=tracks[0]["id"])["code"] == 404
    assert timed(desk, taskId=task_id, audioId="nobody")["code"] == 404


def test_tags_wait_for_the_next_word():
    assert tags_before_words("[Intro]\n[Verse]\na b\n\n[Outro]", (0, 0)) == {0: "[Intro]\n[Verse]\n"}
    assert tags_before_words("a\nb [Bridge] c", (0, 1, 2)) == {2: "[Bridge]\n"}
    assert tags_before_words("[Verse]\na", ()) == {}


def test_peaks_follow_the_notes():
    notes = {"lead": [{"start_s": 0.0, "end_s": 1.0, "velocity": 0.5}], "bass": []}
    peaks = activity_peaks(notes, duration_s=4.0)
    assert (peaks[0], peaks[-1], len(peaks)) == (1.0, 0.0, PEAKS_N)
    assert set(activity_peaks({}, duration_s=0.0)) == {0.0}


@pytest.mark.parametrize(("profile", "named"), [("kie", False), ("sunoapi", True)])
def test_the_lyrics_record_by_host(open_desk, profile, named):
    desk = open_desk(host_profile=profile)
    task_id = desk.create("/api/v1/lyrics", {"prompt": "tea"})
    assert desk.record("/api/v1/lyrics/record-info", task_id)["response"] is None
    desk.wait(1)
    assert ("type" in desk.record("/api/v1/lyrics/record-info", task_id)) is named


def test_lyrics_are_written_in_variants(desk):
    task_id, data = product(desk, "write_lyrics", {"prompt": "a song about tea"})
    assert data["status"] == "SUCCESS"
    assert all(variant["status"] == "complete" and variant["text"] for variant in data["response"]["data"])
    assert desk.get(f"/api/v1/generate/record-info?taskId={task_id}") == {"code": 200, "msg": "success", "data": None}
