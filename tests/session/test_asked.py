"""What the words ask for stands beside what was measured."""

from __future__ import annotations

from suno_lab.session.asked import asked, asked_values
from suno_lab.tables import ASKED_COLUMNS


def test_tempo_and_key_are_read_off_the_words() -> None:
    assert asked("house, 124 bpm, in G minor") == (124.0, "G minor")
    assert asked("sad song about 1992") == (None, None)


def test_the_style_comes_before_the_description() -> None:
    values = asked_values(["90 bpm", None, None], ["in C major, 120 bpm", "in F# minor", None])
    assert values == {"requested_tempo_bpm": [90.0, None, None], "requested_key": ["C major", "F# minor", None]}
    assert list(asked_values([], [])) == [column.name for column in ASKED_COLUMNS]
