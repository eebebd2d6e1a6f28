"""Uploads: folders, forms, and what comes back."""

from __future__ import annotations

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from suno_lab.api import operation_of
from suno_lab.api.files import UploadBase64, UploadFile, UploadFromUrl, multipart_body, read_multipart, read_upload
from suno_lab.models import Product

SONG = bytes(range(256)) * 8 + b"\r\n--\r\n\n\r"


@pytest.mark.parametrize(("folder", "good"), [("a", True), ("a/b", True), ("/a", False), ("a/", False), ("", False)])
def test_a_folder_has_no_slash_at_its_ends(folder: str, good: bool) -> None:
    for request in (
        UploadFile(path="s.mp3", folder=folder),
        UploadBase64(content="QUJD", folder=folder),
        UploadFromUrl(source_url="https://files.example/s.mp3", folder=folder),
    ):
        found = operation_of(request).check_request(request, host="kie")
        assert [finding.field for finding in found] == ([] if good else ["folder"])
        assert operation_of(request).upload


def test_an_upload_is_read_under_both_names_of_its_address() -> None:
    old = read_upload(
        {"fileId": "f1", "originalName": "s.mp3", "fileUrl": "https://files.example/s.mp3", "fileSize": "9"}
    )
    assert old == Product(kind="upload", name="s.mp3", url="https://files.example/s.mp3", value=9.0, item_id="f1")
    assert read_upload(None).url is None


def test_a_form_is_read_back() -> None:
    content_type, body = multipart_body(
        {"uploadPath": "a/ü", "fileName": "x.mp3"}, file_field="file", file_name='my "song".mp3', content=SONG,
        content_type="audio/mpeg", boundary="f00d",
    )  # fmt: skip
    found = read_multipart(content_type, body)
    assert {name: part.text for name, part in found.items() if name != "file"} == {
        "uploadPath": "a/ü",
        "fileName": "x.mp3",
    }
    assert (found["file"].content, found["file"].content_type) == (SONG, "audio/mpeg")
    assert found["file"].file_name == "my %22song%22.mp3"


def test_the_form_of_a_common_client_is_read() -> None:
    sent = requests.Request(
        "POST", "https://files.example", files={"file": ("s.mp3", SONG, "audio/mpeg")}, data={"uploadPath": "a"}
    ).prepare()
    found = read_multipart(sent.headers["content-type"], sent.body)
    assert (found["file"].content, found["file"].file_name, found["uploadPath"].text) == (SONG, "s.mp3", "a")


@settings(max_examples=100, deadline=None)
@given(content_type=st.text(max_size=20) | st.just("multipart/form-data; boundary=x"), body=st.binary(max_size=200))
def test_no_form_is_too_strange(content_type: str, body: bytes) -> None:
    assert isinstance(read_multipart(content_type, b"--x\r\n" + body + b"\r\n--x--"), dict)
