"""Music videos: the cover, the level of the sound as a moving line, and the words as they are sung.

Needs PyAV, which comes with the extra ``media``.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import EngineError
from ..models import Word
from .lettering import EMULATED, drawable, font

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH_PX, HEIGHT_PX, FRAMES_PER_S = 640, 360, 12
_LINE_WORDS_N, _LINE_GAP_S, _LINE_LEAD_S = 7, 0.7, 0.4
_METER_TOP, _METER_HEIGHT, _WORDS_Y = 226, 44, 306
_LEVELS_N = 128


@dataclass(frozen=True)
class WordLine:
    """Words shown together; the line appears a little before the first."""

    words: tuple[Word, ...]

    @property
    def shown_from_s(self) -> float:
        """When it appears."""
        return self.words[0].start_s - _LINE_LEAD_S


def video_mp4(
    mix: np.ndarray, sr: int, words: Sequence[Word], cover: bytes, *, author: str = "", domain: str = ""
) -> bytes:
    """A video of 640 × 360 pixels at 12 pictures a second, H.264 and AAC, as MP4 bytes.

    Parameters
    ----------
    mix : ndarray of float32, shape (n, 2)
        The sound.
    sr : int
        Its sampling rate in Hz.
    words : sequence of Word
        Shown line by line, the one being sung in colour.
    cover : bytes
        An image file.
    author, domain : str
        Written at the bottom.

    Raises
    ------
    EngineError
        When PyAV is not installed.
    """
    av = _av()
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        pictures = container.add_stream("libx264", rate=FRAMES_PER_S)
        pictures.width, pictures.height, pictures.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        pictures.options = {"preset": "ultrafast", "crf": "26", "threads": "1"}
        sound = container.add_stream("aac", rate=sr, layout="stereo")
        for n, frame in enumerate(video_frames(mix, sr, words, cover, author=author, domain=domain)):
            container.mux(pictures.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
            if n % FRAMES_PER_S == 0:  # a second of sound with every second of pictures
                container.mux(sound.encode(_sound_frame(av, mix, sr, second=n // FRAMES_PER_S)))
        container.mux(pictures.encode())
        container.mux(sound.encode())
    return file.getvalue()


def video_frames(
    mix: np.ndarray, sr: int, words: Sequence[Word], cover: bytes, *, author: str = "", domain: str = ""
) -> Iterator[np.ndarray]:
    """The pictures one after the other, uint8, shape (360, 640, 3)."""
    still = np.asarray(_still(cover, author, domain))
    lines = word_lines(words)
    appear_s = [line.shown_from_s for line in lines]
    levels = _levels(mix, sr)
    frames_n = max(1, -(-mix.shape[0] * FRAMES_PER_S // sr))
    for n in range(frames_n):
        now_s = n / FRAMES_PER_S
        frame = still.copy()
        _draw_meter(frame, levels, n / frames_n)
        place = bisect_right(appear_s, now_s) - 1
        if place >= 0 and now_s <= lines[place].words[-1].end_s + _LINE_GAP_S:
            sung = bisect_right([word.start_s for word in lines[place].words], now_s) - 1
            top, strip = _lettered(tuple(word.word for word in lines[place].words), sung)
            frame[top : top + strip.shape[0]] = np.maximum(frame[top : top + strip.shape[0]], strip)
        yield frame


def word_lines(words: Sequence[Word]) -> list[WordLine]:
    """Words in lines: a new one after a pause or seven words."""
    lines: list[list[Word]] = []
    for word in words:
        if not lines or len(lines[-1]) >= _LINE_WORDS_N or word.start_s - lines[-1][-1].end_s > _LINE_GAP_S:
            lines.append([])
        lines[-1].append(word)
    return [WordLine(tuple(line)) for line in lines]


def _av() -> Any:
    try:
        import av
    except ImportError as fault:
        raise EngineError("videos need PyAV: pip install 'suno-lab[media]'") from fault
    return av


def _sound_frame(av: Any, mix: np.ndarray, sr: int, *, second: int) -> Any:
    block = np.ascontiguousarray(np.clip(mix[second * sr : (second + 1) * sr].T, -1, 1), np.float32)
    frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
    frame.sample_rate, frame.pts = sr, second * sr
    return frame


def _still(cover: bytes, author: str, domain: str) -> Image:
    """What does not move: the blurred cover, the cover, and the small print."""
    from PIL import Image as images
    from PIL import ImageDraw, ImageEnhance, ImageFilter

    picture = images.open(io.BytesIO(cover)).convert("RGB")
    back = picture.resize((WIDTH_PX, WIDTH_PX)).crop((0, 140, WIDTH_PX, 140 + HEIGHT_PX))
    back = ImageEnhance.Brightness(back.filter(ImageFilter.GaussianBlur(14))).enhance(0.35)
    back.paste(picture.resize((196, 196)), ((WIDTH_PX - 196) // 2, 16))
    draw = ImageDraw.Draw(back)
    draw.text((12, HEIGHT_PX - 10), drawable(EMULATED), font=font(12), fill="white", anchor="ls")
    credit = " · ".join(drawable(text)[:50] for text in (author, domain) if text)
    draw.text((WIDTH_PX - 12, HEIGHT_PX - 10), credit, font=font(12), fill="white", anchor="rs")
    return back


def _levels(mix: np.ndarray, sr: int) -> np.ndarray:
    """The level of the sound in :data:`_LEVELS_N` stretches, 0–1."""
    stretches = np.array_split(np.abs(mix[:: max(sr // 2000, 1)]).max(axis=1), _LEVELS_N)
    levels = np.array([part.mean() if part.size else 0.0 for part in stretches])
    return levels / max(float(levels.max()), 1e-6)


def _draw_meter(frame: np.ndarray, levels: np.ndarray, done: float) -> None:
    """The level line; what has been heard is bright."""
    pitch = (WIDTH_PX - 64) / len(levels)
    for n, level in enumerate(levels):
        half = max(1, round(level * _METER_HEIGHT / 2))
        left, middle = 32 + round(n * pitch), _METER_TOP + _METER_HEIGHT // 2
        colour = (255, 210, 90) if n / len(levels) <= done else (120, 120, 130)
        frame[middle - half : middle + half, left : left + max(round(pitch) - 1, 1)] = colour


@lru_cache(maxsize=64)
def _lettered(words: tuple[str, ...], sung: int) -> tuple[int, np.ndarray]:
    """The line of words as a picture strip, and the row it begins at; word number ``sung`` is in colour."""
    from PIL import Image as images
    from PIL import ImageDraw

    texts = [drawable(word) for word in words]
    size = next((s for s in range(24, 8, -2) if font(s).getlength(" ".join(texts)) < WIDTH_PX - 32), 8)
    strip = images.new("RGB", (WIDTH_PX, 36))
    draw, space = ImageDraw.Draw(strip), font(size).getlength(" ")
    x = max(8.0, (WIDTH_PX - font(size).getlength(" ".join(texts))) / 2)
    for n, text in enumerate(texts):
        draw.text((x, 26), text, font=font(size), fill="#ffd25a" if n == sung else "white", anchor="ls")
        x += font(size).getlength(text) + space
    return _WORDS_Y - 26, np.asarray(strip)
