"""Waveforms of a session's clips: kept when a file comes, and gone when it is forgotten."""

from __future__ import annotations

from suno_lab.session import SunoSession
from suno_lab.store import outlines


def test_a_file_is_decoded_once_when_it_comes(session: SunoSession) -> None:
    clip = session.generate("a tune", instrumental=True).clips[0]
    kept = clip.kept_outline
    assert kept is not None
    assert kept.duration_s == clip.audio.duration_s
    assert abs(kept.pairs).max() > 0.01


def test_one_that_is_not_kept_is_made_and_kept(session: SunoSession) -> None:
    clip = session.generate("a tune", instrumental=True).clips[0]
    kept = clip.outline
    with session.journal.write() as writing:
        writing.execute("update outlines set version = 0")
    assert clip.kept_outline is None
    assert clip.outline == kept == clip.kept_outline


def test_what_is_forgotten_has_no_picture_left(session: SunoSession) -> None:
    task = session.generate("a tune", instrumental=True)
    clip = task.clips[0]
    sha256 = session.clips.loc[clip.clip_id, "sha256"]
    assert outlines.of_file(session.journal, sha256) is not None
    session.forget(task)
    assert outlines.of_file(session.journal, sha256) is None
    assert "no audio here" in clip._repr_html_()


def test_a_file_that_cannot_be_read_has_a_card_without_picture(session: SunoSession) -> None:
    clip = session.generate("a tune", instrumental=True).clips[0]
    with session.journal.write() as writing:
        writing.execute("delete from outlines")
    assert clip.path is not None
    clip.path.write_bytes(b"no music")
    assert "<audio" in clip._repr_html_()
    assert "<img" not in clip._repr_html_()


def test_what_is_odd_with_a_file_stands_on_the_card(session: SunoSession) -> None:
    clip = session.generate("a tune", instrumental=True).clips[0]
    assert clip.finding is None
    with session.journal.write() as writing:
        writing.execute("update files set finding = 'LENGTH_DIFFERS', decoded_s = 61.5 where kind = 'mp3'")
        writing.execute("update clips set duration_s = 180.0")
    assert clip.finding == "the file holds 1:02, the service says 3:00"
    assert "⚠ the file holds 1:02, the service says 3:00" in clip._repr_html_()
    with session.journal.write() as writing:
        writing.execute("update files set finding = 'SILENT' where kind = 'mp3'")
    assert "⚠ nothing can be heard in this file" in clip._repr_html_()
