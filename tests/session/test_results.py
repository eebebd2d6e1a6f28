"""Cards, players and plots of results: plain, escaped, marked."""

from __future__ import annotations

import html.parser
import json

import pytest

from suno_lab.emulator import PlainSongs
from suno_lab.errors import DownloadError
from suno_lab.session import cards
from suno_lab.store import tasks

HOSTILE = "<img src=x onerror=alert(1)>\"'&$\\x{ </script><script>alert(2)</script>\u202e\x00\ud800"


class Tags(html.parser.HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names, self.attributes, self.pictures = set[str](), set[str](), list[str]()
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.pictures += [dict(attrs)["src"]] if tag == "img" else []


@pytest.fixture
def task(session):
    return session.generate(lyrics="[Verse]\nslow tide", style="folk", title="Tide", model="V5")


def test_a_card_has_a_player_that_loads_nothing_by_itself(task) -> None:
    page = task.clips[0]._repr_html_()
    assert '<audio controls preload="none"' in page
    assert "emulated – not Suno" in page
    assert "tex2jax_ignore" in page
    assert task.clips[0].path.name in page
    assert all(clip.clip_id in task._repr_html_() for clip in task.clips)


def test_hostile_words_stay_words(session, task) -> None:
    with session.journal.write() as writing:
        change = {"title": HOSTILE, "tags": HOSTILE, "lyrics": HOSTILE}
        writing.update("clips", change, where={"task_id": task.task_id})
        writing.update("tasks", {"error": HOSTILE, "status": HOSTILE}, where={"task_id": task.task_id})
    found = Tags(task._repr_html_())
    assert found.names <= {"div", "span", "strong", "audio", "details", "summary", "pre", "img"}
    assert all(source.startswith("data:image/png;base64,") for source in found.pictures)
    assert not {name for name in found.attributes if name.startswith("on")}
    assert "<img" not in session.df._repr_html_()


def test_embedding_puts_the_audio_inside(task) -> None:
    page = task.clips[0].embed().data
    assert 'src="data:audio/mpeg;base64,' in page
    assert task.clips[0].path.name not in page


def test_a_card_is_small_and_shows_the_sound(task) -> None:
    page = task.clips[0]._repr_html_()
    [picture] = Tags(page).pictures
    assert len(picture) < 4_000
    assert len(page) < 8_000


def test_a_clip_without_its_file_says_why(session, task) -> None:
    clip = task.clips[0]
    with session.journal.write() as writing:
        about = {"status": "EXPIRED", "path": None, "sha256": None, "error": "the link is over"}
        writing.update("files", about, where={"clip_id": clip.clip_id})
    assert clip.path is None
    assert "the link is over" in clip._repr_html_()
    with pytest.raises(DownloadError, match="the link is over"):
        _ = clip.audio


def test_reprs_are_short_and_marked(session, task) -> None:
    assert repr(task.clips[0]).startswith("<Clip ")
    assert "V5 (emulated)" in repr(task)
    assert "2 clips" in repr(session)


def test_plotting_buys_nothing(session, task) -> None:
    before = session.balance()
    ax = task.clips[0].plot_alignment()
    assert ax.get_figure() is not None
    assert task.clips[0].plot_karaoke().get_figure() is not None
    assert session.balance() == before
    import matplotlib.pyplot as plt

    plt.close("all")


@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, "–"), (0, "0:00"), (59.4, "0:59"), (59.6, "1:00"), (125, "2:05")]
)
def test_lengths(seconds, shown) -> None:
    assert cards.length(seconds) == shown


def test_the_record_of_a_clip_is_what_the_service_said(session, task) -> None:
    assert task.clips[1].record == tasks.clips_of(session.journal, task.task_id)[1]
    assert json.loads(session.requests["request"].iloc[0])["title"] == "Tide"
    assert task.request.title == "Tide"


def test_products_show_what_they_are(session, task) -> None:
    words = session.write_lyrics("a harbour at night")._repr_html_()
    assert words.count("<details>") == 2
    stems = Tags(session.separate(task.clips[0])._repr_html_())
    assert "audio" in stems.names
    assert "<img" in session.draw_cover(task)._repr_html_()
    notes = session.convert_wav(task.clips[0])
    assert ".wav" in notes._repr_html_()


def test_what_decoding_showed_is_in_the_frames(session, task) -> None:
    clips = session.clips
    assert clips["file_status"].tolist() == ["STORED"] * 2
    assert clips["source_codec"].tolist() == ["mp3"] * 2
    assert (clips["decoded_s"] - clips["duration_s"]).abs().max() < 1.0
    assert session.files["finding"].isna().all()


def test_a_file_that_does_not_decode_is_not_kept(open_session, monkeypatch) -> None:
    monkeypatch.setattr(PlainSongs, "encode_mp3", lambda self, samples, sr: b"ID3" + bytes(3000))
    session = open_session()
    task = session.generate("calm piano", instrumental=True)
    assert session.clips["file_status"].tolist() == ["FAILED"] * 2
    assert session.files["error"].str.contains("does not decode").all()
    assert task.clips[0].path is None
