"""Personas and style texts."""

from __future__ import annotations


def test_a_persona_is_made_once_and_can_be_used(desk, clip):
    named, _ = clip
    asked = {**named, "name": "Nina", "description": "warm"}
    made = desk.post("/api/v1/generate/generate-persona", asked, callback=None)["data"]
    assert desk.post("/api/v1/generate/generate-persona", asked, callback=None)["code"] == 409
    song = {"customMode": True, "prompt": "la", "style": "folk", "title": "x", "personaId": made["personaId"]}
    desk.generate(**song)
    refused = {**song, "personaId": "nobody", "instrumental": False, "model": "V5"}
    assert desk.post("/api/v1/generate", refused)["code"] == 422


def test_a_style_text_is_boosted_and_charged(desk):
    before = desk.balance
    data = desk.post("/api/v1/style/generate", {"content": "Pop, Mysterious"}, callback=None)["data"]
    assert data["result"].startswith("Pop, Mysterious")
    assert (data["successFlag"], data["creditsRemaining"]) == ("1", before - 0.4)
    assert desk.balance == before - 0.4
