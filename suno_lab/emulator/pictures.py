"""Plain pictures and videos: coloured bands that say what they are."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from suno_lab.emulator.songs import Sound
from suno_lab.errors import InvalidRequest

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE_PX = 360
FRAMES_PER_S = 5


def cover_jpeg(title: str, style: str, *, seed: int, side_px: int = SIDE_PX) -> bytes:
    """A square picture; the word "emulated" is part of it."""
    out = io.BytesIO()
    _cover(title, style, seed=seed, side_px=side_px).save(out, "JPEG", quality=85)
    return out.getvalue()


def _cover(title: str, style: str, *, seed: int, side_px: int) -> Image:
    from PIL import Image, ImageDraw

    dice = random.Random(seed)
    picture = Image.new("RGB", (side_px, side_px), tuple(dice.randrange(20, 90) for _ in range(3)))
    draw = ImageDraw.Draw(picture)
    for _ in range(6):
        top = dice.randrange(side_px)
        colour = tuple(dice.randrange(60, 220) for _ in range(3))
        draw.rectangle((0, top, side_px, top + dice.randrange(8, side_px // 5)), fill=colour)
    draw.rectangle((0, side_px - 64, side_px, side_px), fill=(0, 0, 0))
    for line, text in enumerate((title[:44], style[:44], "emulated – not Suno")):
        draw.text((12, side_px - 58 + line * 18), drawable(text), fill=(255, 255, 255))
    return picture


def drawable(text: str) -> str:
    """The text with marks for what the built-in font cannot draw."""
    return text.replace("–", "-").encode("latin-1", "replace").decode("latin-1")


def video_mp4(sound: Sound, *, cover: bytes, words: Sequence[Any], author: str, domain: str) -> bytes:
    """The cover with the words as they are sung, and the sound under it (H.264 and AAC).

    Raises
    ------
    InvalidRequest
        Without PyAV; the message names the extra that brings it.
    """
    try:
        import av
    except ImportError:
        raise InvalidRequest("videos need PyAV: pip install 'suno-lab[media]'") from None
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        video = container.add_stream("h264", rate=FRAMES_PER_S)
        video.width = video.height = SIDE_PX
        video.pix_fmt = "yuv420p"
        audio = container.add_stream("aac", rate=sound.sr)
        for picture in _frames(sound, cover, words, f"{author}  {domain}".strip()):
            container.mux(video.encode(av.VideoFrame.from_image(picture)))
        container.mux(video.encode())
        for frame in _audio_frames(sound):
            container.mux(audio.encode(frame))
        container.mux(audio.encode())
    return out.getvalue()


def _frames(sound: Sound, cover: bytes, words: Sequence[Any], credit: str) -> Any:
    from PIL import Image, ImageDraw

    base = Image.open(io.BytesIO(cover)).convert("RGB").resize((SIDE_PX, SIDE_PX))
    duration_s = len(sound.mix) / sound.sr
    for n in range(max(1, int(duration_s * FRAMES_PER_S))):
        moment = n / FRAMES_PER_S
        picture = base.copy()
        draw = ImageDraw.Draw(picture)
        sung = next((w["word"] for w in words if w["start_s"] <= moment < w["end_s"]), "")
        draw.rectangle((0, 0, SIDE_PX, 28), fill=(0, 0, 0))
        draw.text((12, 8), drawable(f"{sung}   {credit}".strip()), fill=(255, 255, 255))
        draw.rectangle((0, 28, SIDE_PX * moment / duration_s, 32), fill=(255, 255, 255))
        yield picture


def _audio_frames(sound: Sound) -> Any:
    import av
    import numpy as np

    pcm = np.ascontiguousarray(np.clip(sound.mix, -1, 1).T.astype(np.float32))
    for first in range(0, pcm.shape[1], 1024):
        block = np.ascontiguousarray(pcm[:, first : first + 1024])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate = sound.sr
        frame.pts = first
        yield frame
