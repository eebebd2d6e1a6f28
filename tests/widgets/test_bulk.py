from pathlib import Path

import pytest
import traitlets as t

from suno_lab.widgets.bulk import Bulk, read_bulk


@pytest.mark.parametrize("content", [b"", b"a", bytes(range(256)) * 4000])
def test_a_file_is_read_whole(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    assert read_bulk(tmp_path / "a") == content


def test_what_was_read_stays_when_the_file_is_cut(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"sound" * 10_000)
    read = read_bulk(tmp_path / "a")
    (tmp_path / "a").write_bytes(b"")
    assert read == b"sound" * 10_000


def test_a_large_file_is_not_on_the_heap(tmp_path: Path) -> None:
    """What is let go is unmapped there and then, whatever the allocator thinks."""
    (tmp_path / "a").write_bytes(bytes(1_000_000))
    read = read_bulk(tmp_path / "a")
    pages = read.obj
    read.release()
    pages.close()  # raises BufferError while anything else looks into them


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_bulk(tmp_path / "a")


def test_text_is_no_sound() -> None:
    class Holder(t.HasTraits):
        sound = Bulk(b"")

    holder = Holder(sound=memoryview(b"abc"))
    assert holder.sound == b"abc"
    with pytest.raises(t.TraitError, match="bytes or a view of bytes"):
        holder.sound = "abc"
