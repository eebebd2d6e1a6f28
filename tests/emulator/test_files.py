"""HTTP's own rules for files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suno_lab.emulator.files import byte_span


@pytest.fixture
def url(desk):
    return desk.finished()[1][0]["audioUrl"]


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=-7", (93, 100)),
        ("bytes=0-999", (0, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=100-", None),
        ("bytes=5-3", None),
        ("bytes=-0", None),
        ("bytes=-", (0, 100)),
        ("bytes=0-1,5-6", (0, 100)),
        ("lines=0-1", (0, 100)),
        ("", (0, 100)),
    ],
)
def test_ranges(asked, span):
    assert byte_span(asked, 100) == span


@given(asked=st.text(max_size=30) | st.from_regex(r"bytes=\d{0,4}-\d{0,4}"), size=st.integers(0, 2000))
def test_ranges_stay_inside(asked, size):
    span = byte_span(asked, size)
    assert span is None or 0 <= span[0] <= span[1] <= size


def test_parts_make_the_whole(desk, url):
    whole = desk.fetch(url)
    parts = [desk.fetch(url, range="bytes=0-999"), desk.fetch(url, range="bytes=1000-")]
    assert [part.status for part in parts] == [206, 206]
    assert b"".join(part.body for part in parts) == whole.body
    assert parts[0].headers["content-range"] == f"bytes 0-999/{len(whole.body)}"
    assert desk.fetch(url, range=f"bytes={len(whole.body)}-").status == 416


def test_a_changed_file_is_sent_whole(desk, url):
    etag = desk.fetch(url).headers["etag"]
    assert desk.fetch(url, range="bytes=0-9", if_range=etag).status == 206
    assert desk.fetch(url, range="bytes=0-9", if_range='"other"').status == 200
    assert desk.fetch(url, if_none_match=etag).status == 304


def test_head_tells_the_length(desk, url):
    head, whole = desk.ask("HEAD", url), desk.fetch(url)
    assert (head.body, head.headers["content-length"]) == (b"", str(len(whole.body)))


def test_links_die_after_two_weeks(desk, url):
    desk.wait(14 * 86_400 - 1)
    assert desk.fetch(url).status == 200
    desk.wait(2)
    assert desk.fetch(url).status == 404


def test_a_clip_is_not_there_before_it_is_ready(desk):
    task_id = desk.generate()
    desk.wait(2.2)
    first, second = desk.music(task_id)["response"]["sunoData"]
    assert second["audioUrl"] == ""
    other = first["audioUrl"].replace(first["id"], second["id"])
    assert (desk.fetch(first["audioUrl"]).status, desk.fetch(other).status) == (200, 404)


@pytest.mark.parametrize("ext", ["wav", "mp4", "exe", "json"])
def test_a_clip_has_no_other_files(desk, url, ext):
    assert desk.fetch(url.replace(".mp3", f".{ext}")).status == 404


def test_every_clip_has_a_picture(desk):
    _, tracks = desk.finished()
    reply = desk.fetch(tracks[0]["imageUrl"])
    assert (reply.headers["content-type"], reply.body[:3]) == ("image/jpeg", b"\xff\xd8\xff")
