"""Files are made once and found again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from suno_lab.emulator.media import MediaCache, media_key, write_atomically


@pytest.fixture
def cache(tmp_path):
    opened = MediaCache(tmp_path / "media")
    yield opened
    opened.close()


def test_a_file_is_made_once_however_many_ask(cache):
    made = []

    def make():
        made.append(1)
        return b"bytes"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: cache.fetch("k" * 8, "mp3", make), range(16)))
    assert (set(found), made) == ({b"bytes"}, [1])
    assert cache.path("k" * 8, "mp3").read_bytes() == b"bytes"


def test_what_fails_leaves_nothing_and_may_be_tried_again(cache):
    def fail():
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        cache.fetch("key", "mp3", fail)
    assert cache.fetch("key", "mp3", lambda: b"x") == b"x"


def test_work_ahead_is_done_once_and_survives_failures(cache):
    done = threading.Semaphore(0)

    def fail():
        raise ValueError("no")

    cache.ahead("a", fail)
    for _ in range(3):
        cache.ahead("b", done.release)
    assert done.acquire(timeout=30)
    cache.close()
    assert not done.acquire(blocking=False)


def test_offers_do_not_replace(cache):
    cache.offer("key", "mp3", lambda: b"first")
    cache.offer("key", "mp3", lambda: b"second")
    assert cache.fetch("key", "mp3", lambda: b"third") == b"first"


def test_keys_depend_on_every_part():
    assert len({media_key("a", "b"), media_key("ab", ""), media_key("b", "a"), media_key("a", "b", "")}) == 4


def test_no_part_remains_when_writing_fails(tmp_path):
    with pytest.raises(TypeError):
        write_atomically(tmp_path / "x", "not bytes")
    assert list(tmp_path.iterdir()) == []
