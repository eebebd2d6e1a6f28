"""Files that are brought, and links fit for download."""

from __future__ import annotations

import base64
import json

import pytest

from suno_lab.api.files import multipart_body

BODY = b"ID3 some bytes"


def upload(desk, **about):
    asked = {"base64Data": base64.b64encode(BODY).decode(), "uploadPath": "in/box", **about}
    return desk.post("/api/file-base64-upload", asked, callback=None)


def test_text_uploads_come_back_byte_for_byte(desk):
    answer = upload(desk, fileName="a b.mp3")
    data = answer["data"]
    assert (answer["success"], data["fileName"], data["filePath"]) == (True, "a b.mp3", "in/box/a b.mp3")
    assert (data["fileSize"], data["mimeType"]) == (len(BODY), "audio/mpeg")
    assert desk.fetch(data["downloadUrl"]).body == BODY


def test_data_addresses_are_understood_and_nonsense_is_not(desk):
    text = "data:audio/mpeg;base64," + base64.b64encode(BODY).decode()
    assert desk.fetch(upload(desk, base64Data=text)["data"]["downloadUrl"]).body == BODY
    refused = upload(desk, base64Data="***")
    assert (refused["success"], refused["code"]) == (False, 400)
    assert refused["msg"] == "Base64 decoding failed: Invalid Base64 format"


def test_what_is_missing_is_named_as_the_service_names_it(desk):
    refused = desk.post("/api/file-base64-upload", {"base64Data": "QUJD"}, callback=None)
    assert refused == {"success": False, "code": 400, "msg": "Missing required parameter: uploadPath", "data": None}


def test_forms_are_understood(desk):
    kind, body = multipart_body(
        {"uploadPath": "in"}, file_field="file", file_name="x.mp3", content=BODY, content_type="audio/mpeg",
        boundary="b0undary",
    )  # fmt: skip
    answer = json.loads(desk.ask("POST", "/api/file-stream-upload", body=body, content_type=kind).body)
    assert desk.fetch(answer["data"]["downloadUrl"]).body == BODY
    broken = json.loads(desk.ask("POST", "/api/file-stream-upload", body=body[:40], content_type=kind).body)
    assert broken["success"] is False


def test_equal_names_are_overwritten(desk):
    first = upload(desk, fileName="x.mp3")["data"]["downloadUrl"]
    upload(desk, fileName="x.mp3", base64Data=base64.b64encode(b"other").decode())
    assert desk.fetch(first).body == b"other"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\x00b", "..", "x" * 500, "\udcff", "C:\\x"])
def test_names_stay_names(desk, name):
    data = upload(desk, fileName=name)["data"]
    assert ".." not in data["filePath"].split("/")
    assert desk.fetch(data["downloadUrl"]).body == BODY


def test_uploads_last_a_day(desk):
    url = upload(desk)["data"]["downloadUrl"]
    desk.wait(86_399)
    assert desk.fetch(url).status == 200
    desk.wait(2)
    assert desk.fetch(url).status == 404


def test_addresses_elsewhere_are_not_fetched(desk):
    asked = {"fileUrl": "http://169.254.169.254/latest", "uploadPath": "in"}
    assert desk.post("/api/file-url-upload", asked, callback=None)["code"] == 451


def test_download_links_last_twenty_minutes_and_cannot_be_made_up(desk):
    _, tracks = desk.finished()
    link = desk.post("/api/v1/common/download-url", {"url": tracks[0]["audioUrl"]}, callback=None)["data"]
    assert desk.fetch(link).status == 200
    assert desk.fetch(link.replace("until=1", "until=2")).status == 404
    assert desk.fetch(link[:-1] + ("0" if link[-1] != "0" else "1")).status == 404
    desk.wait(1201)
    assert desk.fetch(link).status == 404


def test_download_links_are_for_own_files_and_for_kie(desk, open_desk):
    body = {"url": "https://example.com/x.mp3"}
    assert desk.post("/api/v1/common/download-url", body, callback=None)["code"] == 422
    sunoapi = open_desk(host_profile="sunoapi")
    assert sunoapi.post("/api/v1/common/download-url", body, callback=None)["code"] == 404
