"""One answer of the service per operation and per record, as its pages show them.

Values are stand-ins; shapes, field names and types are the service's own, with whatever is odd about them (times as
text or as milliseconds, numbers as text, ``null`` and ``""``). Nothing here was made by the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from suno_lab.api.sources import N0, N1, K, O

TASK = "5c79c0ffee0000000000000000008be8"
CLIP = "e231aaaa-0000-4000-8000-00000000b935"
SECOND_CLIP = "bd15bbbb-0000-4000-8000-00000000c9a2"
FILES = "https://files.example"


@dataclass(frozen=True, kw_only=True)
class Example:
    """One documented answer, whole.

    Attributes
    ----------
    body : dict
        A body that the operation takes at kie, callback address included; empty for a GET.
    answer : dict
        What the call answers.
    record : dict or None
        What the record endpoint answers once the task is done.
    """

    answer: Mapping[str, Any]
    source: str
    body: Mapping[str, Any]
    record: Mapping[str, Any] | None = None


def _ok(data: Any, message: str = "success") -> dict[str, Any]:
    return {"code": 200, "msg": message, "data": data}


_CALLBACK = {"callBackUrl": "https://example.com/callback"}
_OF_CLIP = {"taskId": TASK, "audioId": CLIP}
_ACCEPTED = _ok({"taskId": TASK})

# ── music ────────────────────────────────────────────────────────────────────────────────────────────────────────────
_MUSIC_RECORD = _ok(
    {
        "taskId": TASK,
        "parentMusicId": "",
        "param": '{"prompt":"A calm piano piece","customMode":false,"instrumental":true,"model":"V4_5"}',
        "response": {
            "taskId": TASK,
            "sunoData": [
                {
                    "id": CLIP,
                    "audioUrl": f"{FILES}/first.mp3",
                    "streamAudioUrl": f"{FILES}/first",
                    "imageUrl": f"{FILES}/first.jpeg",
                    "prompt": "[Verse] Night city lights",
                    "modelName": "chirp-v3-5",
                    "title": "Iron Man",
                    "tags": "electrifying, rock",
                    "createTime": "2025-01-01 00:00:00",
                    "duration": 198.44,
                },
                {
                    "id": SECOND_CLIP,
                    "audioUrl": f"{FILES}/second.mp3",
                    "sourceAudioUrl": f"{FILES}/source/second.mp3",
                    "streamAudioUrl": f"{FILES}/second",
                    "imageUrl": f"{FILES}/second.jpeg",
                    "prompt": "",
                    "modelName": "chirp-crow",
                    "title": "Iron Man",
                    "tags": "electrifying, rock",
                    "createTime": 1776499082098,
                    "duration": 36.8,
                },
            ],
        },
        "status": "SUCCESS",
        "type": "GENERATE",
        "errorCode": None,
        "errorMessage": None,
    }
)


def _music(body: Mapping[str, Any], source: str = f"{K}; {O}") -> Example:
    return Example(body={**body, **_CALLBACK}, answer=_ACCEPTED, record=_MUSIC_RECORD, source=source)


_WORDS = {"prompt": "[Verse]\nNight city lights", "style": "Classical", "title": "Peaceful Piano", "model": "V5"}
_UPLOADED = {"uploadUrl": f"{FILES}/mine.mp3"}
_AVOID = {"negativeTags": "Heavy Metal, Upbeat Drums"}

# ── products ─────────────────────────────────────────────────────────────────────────────────────────────────────────
_LYRICS_RECORD = _ok(
    {
        "taskId": TASK,
        "param": '{"prompt":"A song about a peaceful night"}',
        "response": {
            "taskId": TASK,
            "data": [
                {"text": "[Verse]\nI walk", "title": "Starry Night", "status": "complete", "errorMessage": ""},
                {"text": "[Verse]\nI rest", "title": "Still Water", "status": "complete", "errorMessage": ""},
            ],
        },
        "status": "SUCCESS",
        "type": "LYRICS",
        "errorCode": None,
        "errorMessage": None,
    }
)


def _file_record(response: Mapping[str, Any]) -> dict[str, Any]:
    return _ok(
        {
            "taskId": TASK,
            "musicId": CLIP,
            "callbackUrl": "https://example.com/callback",
            "musicIndex": 0,
            "completeTime": "2025-01-01 00:10:00",
            "response": response,
            "successFlag": "SUCCESS",
            "createTime": "2025-01-01 00:00:00",
            "errorCode": None,
            "errorMessage": None,
        }
    )


_STEMS = {
    "id": None,
    "originUrl": None,
    "originData": [
        {"duration": 245.6, "audio_url": f"{FILES}/x_Vocals.mp3", "stem_type_group_name": "Vocals", "id": "3d70"},
        {"duration": 245.6, "audio_url": f"{FILES}/x_Band.mp3", "stem_type_group_name": "Instrumental", "id": "d92a"},
    ],
    "instrumentalUrl": f"{FILES}/x_Band.mp3",
    "vocalUrl": f"{FILES}/x_Vocals.mp3",
    **dict.fromkeys(
        (
            "backingVocalsUrl", "drumsUrl", "bassUrl", "guitarUrl", "pianoUrl", "keyboardUrl", "percussionUrl",
            "stringsUrl", "synthUrl", "fxUrl", "brassUrl", "woodwindsUrl",
        )
    ),
}  # fmt: skip
_STEM_RECORD = _ok(
    {
        "taskId": TASK,
        "musicId": CLIP,
        "callbackUrl": "https://example.com/callback",
        "musicIndex": 0,
        "completeTime": 1753782937000,
        "response": _STEMS,
        "successFlag": "SUCCESS",
        "createTime": 1753782854000,
        "errorCode": None,
        "errorMessage": None,
    }
)
_MIDI_RECORD = _ok(
    {
        "taskId": TASK,
        "recordTaskId": -1,
        "audioId": "3d70",
        "callbackUrl": "https://example.com/callback",
        "completeTime": 1760335255000,
        "midiData": {
            "state": "complete",
            "instruments": [
                {
                    "name": "Drums",
                    "notes": [
                        {"pitch": 73, "start": 0.036458333, "end": "0.184895833", "velocity": 1},
                        {"pitch": 61, "start": "0.046875", "end": 0.17708333, "velocity": 0.5},
                    ],
                },
                {"name": "Electric Bass (finger)", "notes": []},
            ],
        },
        "successFlag": 1,
        "createTime": 1760335251000,
        "errorCode": None,
        "errorMessage": None,
    }
)
_COVER_RECORD = _ok(
    {
        "taskId": TASK,
        "parentTaskId": "73d6",
        "callbackUrl": "https://example.com/callback",
        "completeTime": "2025-01-15T10:35:27.000Z",
        "response": {"images": [f"{FILES}/1.png", f"{FILES}/2.png"]},
        "successFlag": 1,
        "createTime": "2025-01-15T10:33:01.000Z",
        "errorCode": 200,
        "errorMessage": "",
    }
)
_RECOVERY_RECORD = {
    "code": 200,
    "task_id": TASK,
    "msg": "success",
    "data": [
        {"id": CLIP, "audio_url": f"{FILES}/a.m4a", "title": "Iron Man", "status": "success", "error": ""},
        {"id": SECOND_CLIP, "audio_url": "", "title": "Iron Man", "status": "failed", "error": "clip_error"},
    ],
}
_PHRASE_RECORD = _ok(
    {
        "taskId": TASK,
        "validateInfo": "The river carries morning home",
        "status": "wait_validating",
        "errorCode": 0,
        "errorMessage": "",
    }
)
_VOICE_RECORD = _ok({"taskId": TASK, "voiceId": "voice-1", "status": "success", "errorCode": 0, "errorMessage": ""})
_UPLOADED_FILE = {
    "success": True,
    "code": 200,
    "msg": "File uploaded successfully",
    "data": {
        "fileName": "mine.mp3",
        "filePath": "suno-lab/mine.mp3",
        "downloadUrl": f"{FILES}/suno-lab/mine.mp3",
        "fileSize": 154832,
        "mimeType": "audio/mpeg",
        "uploadedAt": "2025-01-01T12:00:00.000Z",
    },
}

# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────────
EXAMPLES: Mapping[str, Example] = {
    "generate": _music({**_WORDS, "customMode": True, "instrumental": False}),
    "extend": _music({**_WORDS, "defaultParamFlag": True, "audioId": CLIP, "continueAt": 60}),
    "cover": _music({**_WORDS, **_UPLOADED, "customMode": True, "instrumental": False}),
    "upload_extend": _music({**_WORDS, **_UPLOADED, "defaultParamFlag": True, "continueAt": 60, "instrumental": False}),
    "add_instrumental": _music({**_UPLOADED, **_AVOID, "title": "Relaxing Piano", "tags": "piano", "model": "V5"}),
    "add_vocals": _music(
        {**_UPLOADED, **_AVOID, "prompt": "A calm song", "title": "T", "style": "Jazz", "model": "V5"}
    ),
    "mashup": _music(
        {**_WORDS, "uploadUrlList": [f"{FILES}/a.mp3", f"{FILES}/b.mp3"], "customMode": True, "instrumental": False}
    ),
    "replace_section": _music(
        {
            **_OF_CLIP,
            "prompt": "New words",
            "tags": "Jazz",
            "title": "Relaxing Piano",
            "infillStartS": 10.5,
            "infillEndS": 20.75,
            "fullLyrics": "[Verse]\nNew words",
        }
    ),
    "sounds": _music(
        {"prompt": "Rain on a roof", "model": "V5", "soundLoop": True, "soundTempo": 90, "soundKey": "Am"}
    ),
    "write_lyrics": Example(
        body={"prompt": "A song about a peaceful night", **_CALLBACK},
        answer=_ACCEPTED,
        record=_LYRICS_RECORD,
        source=f"{K}; {N0}",
    ),
    "timed_lyrics": Example(
        body=_OF_CLIP,
        answer=_ok(
            {
                "alignedWords": [
                    {"word": "[Verse]\nWaggin'", "success": True, "startS": 1.36, "endS": 1.79, "palign": 0}
                ],
                "waveformData": [0, 1, 0.5, 0.75],
                "hootCer": 0.3803191489361702,
                "isStreamed": False,
            }
        ),
        source=f"{K}; {N0}",
    ),
    "separate": Example(
        body={**_OF_CLIP, "type": "separate_vocal", **_CALLBACK}, answer=_ACCEPTED, record=_STEM_RECORD, source=K
    ),
    "transcribe_midi": Example(
        body={"taskId": TASK, **_CALLBACK}, answer=_ACCEPTED, record=_MIDI_RECORD, source=f"{K}; {N0}"
    ),
    "convert_wav": Example(
        body={**_OF_CLIP, **_CALLBACK},
        answer=_ACCEPTED,
        record=_file_record({"audioWavUrl": f"{FILES}/a.wav"}),
        source=f"{K}; {N0}",
    ),
    "make_video": Example(
        body={**_OF_CLIP, "author": "DJ Lab", "domainName": "music.example.com", **_CALLBACK},
        answer=_ACCEPTED,
        record=_file_record({"videoUrl": f"{FILES}/a.mp4"}),
        source=f"{K}; {N0}",
    ),
    "draw_cover": Example(
        body={"taskId": TASK, **_CALLBACK}, answer=_ACCEPTED, record=_COVER_RECORD, source=f"{K}; {N0}"
    ),
    "recover": Example(
        body={"task_id": TASK, "call_back_url": "https://example.com/callback"},
        answer=_ok({"task_id": TASK}),
        record=_RECOVERY_RECORD,
        source=f"{N1}; {O}",
    ),
    "make_persona": Example(
        body={**_OF_CLIP, "name": "Night Singer", "description": "Soft, close", "vocalStart": 12.5, "vocalEnd": 25.8},
        answer=_ok({"personaId": "a6e5", "name": "Night Singer", "description": "Soft, close"}),
        source=f"{K}; {N0}",
    ),
    "boost_style": Example(
        body={"content": "Pop, Mysterious"},
        answer=_ok(
            {
                "taskId": TASK,
                "param": '{"content":"Pop, Mysterious"}',
                "result": "A mysterious pop song with whispered verses",
                "creditsConsumed": 0.4,
                "creditsRemaining": 99.6,
                "successFlag": "1",
                "errorCode": None,
                "errorMessage": "",
                "createTime": "2025-01-01 00:00:00",
            }
        ),
        source=f"{K}; {N0}",
    ),
    "voice_phrase": Example(
        body={"voiceUrl": f"{FILES}/me.mp3", "vocalStartS": 0, "vocalEndS": 10, "language": "en", **_CALLBACK},
        answer=_ACCEPTED,
        record=_PHRASE_RECORD,
        source=f"{K}; {N1}",
    ),
    "voice_rephrase": Example(
        body={"taskId": TASK, "calBackUrl": "https://example.com/callback"},
        answer=_ACCEPTED,
        record=_PHRASE_RECORD,
        source=f"{K}; {N1}",
    ),
    "make_voice": Example(
        body={"taskId": TASK, "verifyUrl": f"{FILES}/sung.mp3", "voiceName": "Me", **_CALLBACK},
        answer=_ACCEPTED,
        record=_VOICE_RECORD,
        source=f"{K}; {N1}",
    ),
    "check_voice": Example(body={"task_id": TASK}, answer=_ok({"isAvailable": True}), source=f"{K}; {N1}"),
    "balance": Example(body={}, answer=_ok(100), source=f"{K}; {N0}"),
    "download_url": Example(body={"url": f"{FILES}/a.mp3"}, answer=_ok(f"{FILES}/a.mp3?until=1"), source=K),
    "upload": Example(
        body={"file": "mine.mp3", "uploadPath": "suno-lab", "fileName": "mine.mp3"},
        answer=_UPLOADED_FILE,
        source=f"{K}; {N0}",
    ),
    "upload_base64": Example(
        body={"base64Data": "SUQzBAAAAAAAI1RTU0U=", "uploadPath": "suno-lab", "fileName": "mine.mp3"},
        answer=_UPLOADED_FILE,
        source=f"{K}; {N0}",
    ),
    "upload_from_url": Example(
        body={"fileUrl": "https://example.com/mine.mp3", "uploadPath": "suno-lab", "fileName": "mine.mp3"},
        answer=_UPLOADED_FILE,
        source=f"{K}; {N0}",
    ),
}
