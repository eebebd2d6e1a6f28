"""Every operation through a session: sources of every kind, products kept, both routes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from suno_lab import SunoSession
from suno_lab.emulator import EmulatorSettings, PlainSongs
from suno_lab.errors import InvalidRequest
from suno_lab.models import Product, TimedLyrics
from tests.session.conftest import jumping

TALE = "[Verse]\nslow tide rolls home tonight\nwe sing along the shore\n" * 4


@pytest.fixture(scope="module", params=["kie", "market", "sunoapi"])
def session(request, tmp_path_factory):
    profile = request.param
    settings = EmulatorSettings(host_profile=profile, latency_s=0.0, default_duration_s=12.0, rate_limit=None)
    about = {"emulator": settings, "songs": PlainSongs(), "surroundings": jumping(), "progress": False}
    folder = tmp_path_factory.mktemp(f"every-{profile}")
    with SunoSession(folder, "emulator", host_profile=profile, **about) as opened:
        yield opened


@pytest.fixture(scope="module")
def song(session):
    return session.generate(lyrics=TALE, style="folk", title="Tide", model="V5")


@pytest.fixture(scope="module")
def mine(song, tmp_path_factory) -> Path:
    """A recording of the user's own."""
    path = tmp_path_factory.mktemp("mine") / "recording.mp3"
    shutil.copyfile(song.clips[0].path, path)
    return path


def test_a_clip_is_a_source_by_itself_and_by_its_id(session, song) -> None:
    clip = song.clips[0]
    task = session.extend(clip, continue_at_s=2.0, lyrics=TALE, style="folk", title="More")
    assert session.tasks.loc[task.task_id, "operation"] == "extend"
    assert session.extend(clip.clip_id, continue_at_s=2.0, lyrics=TALE, style="folk", title="More") == task


def test_a_file_is_uploaded_once_whatever_its_name(session, mine, tmp_path) -> None:
    first = session.cover(mine, description="as jazz")
    assert len(first.clips) == 2
    copy = tmp_path / "another name.mp3"
    shutil.copyfile(mine, copy)
    assert session.cover(str(copy), description="as jazz") == first
    assert session.requests["request"].str.contains(str(mine)).sum() == 0


def test_a_file_that_is_not_there_is_refused_here(session) -> None:
    with pytest.raises(InvalidRequest, match=r"no file 'nowhere\.mp3'"):
        session.cover("nowhere.mp3", description="as jazz")


def test_a_text_file_is_no_source(session, tmp_path) -> None:
    (tmp_path / "notes.mp3").write_text("these are notes")
    with pytest.raises(InvalidRequest, match="neither audio"):
        session.cover(tmp_path / "notes.mp3", description="as jazz")


def test_uploads_to_build_on(session, mine) -> None:
    about = {"title": "New", "style": "folk", "negative_tags": "metal"}
    made = [
        session.upload_extend(mine, continue_at_s=2.0, lyrics=TALE, style="folk", title="New"),
        session.add_instrumental(mine, **about),
        session.add_vocals(mine, lyrics=TALE, **about),
    ]
    assert all(len(task.clips) == 2 and task.clips[0].path.is_file() for task in made)


def test_two_sources_are_mashed(session, song, mine) -> None:
    task = session.mashup([song.clips[1], mine], lyrics=TALE, style="folk", title="Both")
    assert len(task.clips) == 2


def test_what_contradicts_itself_is_refused_and_kept_as_a_row(session, song, mine) -> None:
    with pytest.raises(InvalidRequest, match="cannot both be sent"):
        session.mashup([song.clips[1], mine], description="both", style="folk", title="Both")
    last = session.requests.iloc[-1]
    assert (last["state"], last["operation"]) == ("INVALID", "mashup")


def test_stems_then_notes(session, song) -> None:
    stems = session.separate(song.clips[0])
    assert {product.kind for product in stems.products} == {"stem"}
    assert all(path.is_file() for path in stems.files.values())
    notes = session.transcribe_midi(stems)
    assert any(product.kind == "midi" for product in notes.products)


def test_other_forms_of_a_clip(session, song) -> None:
    wav = session.convert_wav(song.clips[0])
    assert [path.suffix for path in wav.files.values()] == [".wav"]
    cover = session.draw_cover(song)
    assert {path.suffix for path in cover.files.values()} <= {".jpg", ".png"}


def test_calls_that_answer_at_once_give_the_same_on_every_route(session, song) -> None:
    assert isinstance(session.timed_lyrics(song.clips[0]), TimedLyrics)
    assert not song.clips[0].words.empty
    assert isinstance(session.boost_style("folk"), Product)
    persona = session.make_persona(song.clips[0], name="me", description="a voice")
    assert isinstance(persona, Product)
    sung = session.generate(lyrics=TALE, style="folk", title="Mine", model="V5", persona=persona)
    assert sung.request.persona == persona.item_id


def test_words_and_sounds(session) -> None:
    assert session.write_lyrics("a harbour at night").products
    assert len(session.sounds("rain on a roof", model="V5").clips) == 2


def test_new_links_bring_back_a_missing_file(session, song) -> None:
    clip = song.clips[1]
    clip.path.unlink()
    with session.journal.write() as writing:
        writing.update("files", {"status": "EXPIRED", "path": None}, where={"clip_id": clip.clip_id, "kind": "mp3"})
    assert clip.path is None
    session.recover(song)
    assert clip.path is not None
    assert clip.path.is_file()


def test_an_upload_has_an_address(session, mine) -> None:
    product = session.upload(mine)
    assert product.url
    assert session.journal.value("select max(length(body)) from requests where operation = 'upload'") in (0, None)
