"""What is said about a stored file."""

from __future__ import annotations

import pytest

from suno_lab.store.blobs import Blob
from suno_lab.store.files import finding_of


def song(*, decoded_s: float | None = 100.0, peak: float | None = 0.8) -> Blob:
    about = {"path": "audio/aa/aa.mp3", "sha256": "aa", "size_bytes": 1, "media_type": "audio/mpeg"}
    return Blob(**about, decoded_s=decoded_s, peak=peak)


@pytest.mark.parametrize(
    ("said_s", "finding"),
    [
        (100.0, None), (98.1, None), (102.0, None), (None, None), (0.0, None),
        (97.0, "LENGTH_DIFFERS"), (103.0, "LENGTH_DIFFERS"), (180.0, "LENGTH_DIFFERS"),
    ],
)  # fmt: skip
def test_two_percent_are_nothing(said_s: float | None, finding: str | None) -> None:
    assert finding_of(song(), expected_s=said_s) == finding


def test_of_a_short_one_a_second_is_nothing() -> None:
    assert finding_of(song(decoded_s=3.0), expected_s=3.9) is None
    assert finding_of(song(decoded_s=3.0), expected_s=4.5) == "LENGTH_DIFFERS"


def test_silence_outranks_length() -> None:
    assert finding_of(song(peak=0.0), expected_s=500.0) == "SILENT"


def test_what_was_not_decoded_is_not_judged() -> None:
    assert finding_of(song(decoded_s=None, peak=None), expected_s=100.0) is None
