import io
import sys

import numpy as np
import pytest

from suno_lab.engine import SR, cover_jpeg, video_mp4
from suno_lab.engine.video import FRAMES_PER_S, video_frames, word_lines
from suno_lab.errors import EngineError
from suno_lab.models import Word

WORDS = [Word(word=text, start_s=0.3 * n + 0.5, end_s=0.3 * n + 0.8) for n, text in enumerate(("one", "two", "three"))]
MIX = (0.1 * np.sin(np.arange(2 * SR) / 20)[:, None] * np.ones(2)).astype(np.float32)
COVER = cover_jpeg("Title", "style", seed=1, size=64)


def test_video_has_pictures_and_sound_of_the_right_length() -> None:
    import av

    data = video_mp4(MIX, SR, WORDS, COVER, author="Jane", domain="example.org")
    with av.open(io.BytesIO(data)) as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
        assert container.duration / 1e6 == pytest.approx(2.0, abs=0.1)


def test_pictures_move_with_the_words() -> None:
    frames = list(video_frames(MIX, SR, WORDS, COVER))
    assert len(frames) == 2 * FRAMES_PER_S
    strips = [frame[280:316] for frame in frames]
    sung_s = [0.0, 0.6, 0.9]
    before, first, second = (strips[int(t * FRAMES_PER_S)] for t in sung_s)
    assert not np.array_equal(before, first)
    assert not np.array_equal(first, second)


def test_words_fall_into_lines_at_pauses() -> None:
    late = Word(word="later", start_s=9.0, end_s=9.5)
    assert [len(line.words) for line in word_lines([*WORDS, late])] == [3, 1]
    assert len(word_lines(WORDS * 3)[0].words) == 7
    assert word_lines([]) == []


def test_without_pyav_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(EngineError, match=r"suno-lab\[media\]"):
        video_mp4(MIX, SR, WORDS, COVER)
