from __future__ import annotations

from pathlib import Path

import pytest

from tests.widgets.clips import PlainClip, counted_words, write_tone


@pytest.fixture(scope="session")
def tone_mp3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tone(tmp_path_factory.mktemp("tones") / "tone.mp3")


@pytest.fixture
def clip(tone_mp3: Path) -> PlainClip:
    return PlainClip(tone_mp3, words=counted_words())
