"""Fresh links for expired ones."""

from __future__ import annotations


def test_recovery_mends_expired_links(open_desk):
    desk = open_desk(faults=(("expired_link", 1.0),))
    task_id, tracks = desk.finished()
    assert desk.fetch(tracks[0]["audioUrl"]).status == 404
    answer = desk.post("/api/v1/suno/recovery", {"task_id": task_id})
    recovery_id = answer["data"]["task_id"]
    path = f"/api/v1/suno/recovery/record-info?task_id={recovery_id}"
    assert (desk.get(path)["code"], desk.get(path)["data"]) == (201, None)
    desk.wait(5)
    found = desk.get(path)
    assert [item["id"] for item in found["data"]] == [track["id"] for track in tracks]
    assert desk.fetch(found["data"][0]["audio_url"]).status == 200
