"""Cover images, drawn once."""

from __future__ import annotations

from tests.emulator.families.conftest import product


def test_covers_are_drawn_once_and_a_repeat_names_the_first(desk, clip):
    named, _ = clip
    task_id, data = product(desk, "draw_cover", {"taskId": named["taskId"]})
    assert data["successFlag"] == 1
    bodies = [desk.fetch(url).body for url in data["response"]["images"]]
    assert len(set(bodies)) == 2
    assert all(body.startswith(b"\xff\xd8\xff") for body in bodies)
    again = desk.post("/api/v1/suno/cover/generate", {"taskId": named["taskId"]})
    assert (again["code"], again["data"]) == (400, {"taskId": task_id})


def test_a_cover_in_the_making_shows_its_numbers(desk, clip):
    named, _ = clip
    task_id = desk.create("/api/v1/suno/cover/generate", {"taskId": named["taskId"]})
    seen = []
    for _ in range(3):
        seen.append(desk.record("/api/v1/suno/cover/record-info", task_id)["successFlag"])
        desk.wait(0.5)
    assert seen == [0, 2, 1]
