"""Keys of sounds, in the package's spelling and the service's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.api import operation_of
from suno_lab.api.sounds import KEYS, Sounds, wire_key


@pytest.mark.parametrize(
    ("musical_key", "expected"),
    [
        ("Eb minor", "D#m"), ("C major", "C"), ("F# minor", "F#m"), ("Bb", "A#"), ("Cb major", "B"), ("B# minor", "Cm"),
        ("a minor", "Am"), ("Gm", "Gm"), ("GM", "G"), ("G♯ minor", "G#m"), ("A♭ major", "G#"), ("bm", "Bm"),
        ("Any", "Any"), ("H minor", "H minor"), ("", ""), (5, 5), (None, None),
    ],
)  # fmt: skip
def test_a_key_in_the_services_spelling(musical_key: object, expected: object) -> None:
    assert wire_key(musical_key) == expected


@pytest.mark.parametrize("key", KEYS)
def test_the_services_own_spelling_stays(key: str) -> None:
    assert wire_key(key) == key


@given(st.text(max_size=12))
def test_no_key_is_too_strange(text: str) -> None:
    assert wire_key(text) == text or wire_key(text) in KEYS


@pytest.mark.parametrize(
    ("tempo_bpm", "good"), [(1, True), (300, True), (0, False), (301, False), (120.0, True), (99.5, False)]
)
def test_the_tempo_is_a_whole_number(tempo_bpm: float, good: bool) -> None:
    request = Sounds(description="rain", tempo_bpm=tempo_bpm)  # type: ignore[arg-type]
    found = operation_of(request).check_request(request, host="kie")
    assert [finding.field for finding in found] == ([] if good else ["tempo_bpm"])
