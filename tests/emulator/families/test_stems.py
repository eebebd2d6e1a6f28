"""Songs taken apart into what they were mixed from."""

from __future__ import annotations

import numpy as np

from tests.emulator.families.conftest import product, samples_of


def test_two_stems_add_up_to_the_clip(desk, clip):
    named, track = clip
    _, data = product(desk, "separate", named)
    listed = data["response"]["originData"]
    assert [stem["stem_type_group_name"] for stem in listed] == ["Vocals", "Instrumental"]
    assert [stem["audio_url"] for stem in listed] == [data["response"]["vocalUrl"], data["response"]["instrumentalUrl"]]
    parts = [samples_of(desk.fetch(stem["audio_url"]).body) for stem in listed]
    whole = samples_of(desk.fetch(track["audioUrl"]).body)
    n = min(len(whole), *map(len, parts))
    assert np.sqrt(np.mean((sum(part[:n] for part in parts) - whole[:n]) ** 2)) < 0.01


def test_twelve_stems_are_all_there(desk, clip):
    named, _ = clip
    _, data = product(desk, "separate", {**named, "type": "split_stem"})
    links = [url for name, url in data["response"].items() if name.endswith("Url") and url]
    assert len(set(links)) == 12
    silent = [np.abs(samples_of(desk.fetch(url).body)).max() < 1e-3 for url in links]
    assert silent.count(False) == 2  # the plain song maker plays a voice and clicks


def test_one_named_stem_and_what_remains(desk, clip):
    named, _ = clip
    task_id, data = product(desk, "separate", {**named, "type": "split_stem_advanced", "stemName": "Drum Kit"})
    (pair,) = data["response"]["originData"]
    assert [pair[name]["stem_type_group_name"] for name in ("extract", "remove")] == ["Drum Kit", "No Drum Kit"]
    assert desk.post("/api/v1/vocal-removal/generate", named)["data"]["taskId"] != task_id


def test_every_separation_is_charged_by_its_kind(desk, clip):
    named, _ = clip
    before = desk.balance
    for kind, credits in (("separate_vocal", 10), ("split_stem", 50), ("separate_vocal", 10)):
        desk.create("/api/v1/vocal-removal/generate", {**named, "type": kind})
        before -= credits
        assert desk.balance == before
