"""Notes, as the composer wrote them."""

from __future__ import annotations

from tests.emulator.families.conftest import product


def test_midi_comes_from_separated_stems_alone(desk, clip):
    named, _ = clip
    assert desk.post("/api/v1/midi/generate", {"taskId": named["taskId"]})["code"] == 404
    stems_task, stems = product(desk, "separate", named)
    _, data = product(desk, "transcribe_midi", {"taskId": stems_task})
    truth = desk.get(f"/_emulator/truth/{named['audioId']}")
    (part,) = data["midiData"]["instruments"]
    assert (data["successFlag"], part["name"]) == (1, "vocals")
    assert [note["pitch"] for note in part["notes"]] == [note["pitch"] for note in truth["notes"]["vocals"]]
    band = stems["response"]["originData"][1]["id"]
    _, data = product(desk, "transcribe_midi", {"taskId": stems_task, "audioId": band})
    assert data["midiData"]["instruments"] == []
