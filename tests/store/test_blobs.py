"""Files by content."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.store.blobs import BlobStore, sniff

KINDS = {
    b"ID3\x04": "mp3", b"\xff\xfb\x90\x00": "mp3", b"RIFF\x00\x00\x00\x00WAVE": "wav", b"fLaC": "flac", b"OggS": "ogg",
    b"\x00\x00\x00\x20ftypM4A ": "m4a", b"\x00\x00\x00\x20ftypisom": "mp4", b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff\xe0": "jpg", b"MThd": "mid", b"RIFF\x00\x00\x00\x00WEBP": "webp",
}  # fmt: skip


@pytest.mark.parametrize(("head", "extension"), KINDS.items())
def test_a_kind_is_known_by_its_first_bytes(tmp_path: Path, head: bytes, extension: str) -> None:
    blob = BlobStore(tmp_path).put(head + bytes(100))
    digest = hashlib.sha256(head + bytes(100)).hexdigest()
    assert blob.path == f"audio/{digest[:2]}/{digest}.{extension}"
    assert BlobStore(tmp_path).check(blob.path, blob.sha256) is None


@given(st.binary(max_size=64))
def test_anything_else_is_nothing(content: bytes) -> None:
    found = sniff(content)
    assert found is None or len(found) == 2


def test_unknown_kinds_are_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="neither audio"):
        BlobStore(tmp_path).put(b"<html>")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_equal_content_is_one_file(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    assert store.put(b"ID3 one") == store.put(b"ID3 one")
    assert len(list(tmp_path.rglob("*.mp3"))) == 1


def test_a_changed_or_missing_file_is_found(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    blob = store.put(b"ID3 one")
    (tmp_path / blob.path).write_bytes(b"ID3 two")
    assert store.check(blob.path, blob.sha256) == "changed"
    (tmp_path / blob.path).unlink()
    assert store.check(blob.path, blob.sha256) == "missing"
