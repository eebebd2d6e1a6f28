"""A voice from phrase to song."""

from __future__ import annotations

import io

import numpy as np
import soundfile

from tests.emulator.families.conftest import product


def test_a_voice_goes_from_phrase_to_song(desk):
    upload = {"base64Data": wav_base64(6.0), "uploadPath": "voices", "fileName": "me.wav"}
    url = desk.post("/api/file-base64-upload", upload, callback=None)["data"]["downloadUrl"]
    asked = {"voiceUrl": url, "vocalStartS": 0, "vocalEndS": 5, "language": "de"}
    phrase_id, data = product(desk, "voice_phrase", asked)
    assert data["status"] == "wait_validating"
    body = {"taskId": phrase_id, "calBackUrl": "https://callback.invalid/2"}
    other_id = desk.post("/api/v1/voice/regenerate", body, callback=None)["data"]["taskId"]
    desk.wait(5)
    other = desk.record("/api/v1/voice/validate-info", other_id)
    assert other["validateInfo"] != data["validateInfo"]
    voice_task, voice = product(desk, "make_voice", {"taskId": phrase_id, "verifyUrl": url, "voiceName": "me"})
    assert voice["status"] == "success"
    available = desk.post("/api/v1/voice/check-voice", {"task_id": voice_task}, callback=None)
    assert available["data"] == {"isAvailable": True}
    desk.generate(customMode=True, prompt="la", style="folk", title="x", personaId=voice["voiceId"],
                  personaModel="voice_persona")  # fmt: skip


def wav_base64(duration_s: float, *, hz: float = 330.0) -> str:
    import base64

    t = np.arange(int(duration_s * 22_050)) / 22_050
    out = io.BytesIO()
    soundfile.write(out, 0.3 * np.sin(2 * np.pi * hz * t), 22_050, format="WAV")
    return base64.b64encode(out.getvalue()).decode()
