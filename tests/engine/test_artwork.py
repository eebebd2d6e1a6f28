import io

import numpy as np
import pytest
from PIL import Image

from suno_lab.engine import cover_jpeg
from suno_lab.engine.artwork import cover_image
from suno_lab.engine.lettering import drawable, font, wrapped


def test_cover_is_a_square_jpeg_and_depends_on_its_seed() -> None:
    one, two = (cover_jpeg("Slow Tide", "folk, warm", seed=seed, size=128) for seed in (1, 2))
    image = Image.open(io.BytesIO(one))
    assert (image.format, image.size) == ("JPEG", (128, 128))
    assert one != two
    assert one == cover_jpeg("Slow Tide", "folk, warm", seed=1, size=128)


def test_cover_says_that_it_is_emulated() -> None:
    with_words, size = np.asarray(cover_image("A", "", seed=1, size=256)), 256
    corner = with_words[int(0.88 * size) : int(0.95 * size), size // 2 :]
    assert (corner.min(axis=2) > 240).sum() > 50  # white letters


@pytest.mark.parametrize("text", ["", "x" * 500, "word " * 200, "你好 🎵 \x00\u202e", "<b>&amp;", "\n\n"])
def test_any_title_is_drawn(text: str) -> None:
    assert cover_jpeg(text, text, seed=1, size=64)


def test_letters_the_font_lacks_are_transliterated() -> None:
    assert drawable("Straße\n你好\x07 привет") == "Straße NiHao привет"


def test_wrapped_lines_fit() -> None:
    lines = wrapped("the quick brown fox jumps over the lazy dog " * 5, size_px=20, width_px=200, most_lines=3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(font(20).getlength(line) <= 200 for line in lines)
