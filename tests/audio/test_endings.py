"""Files that break off, whatever their header says: seen by their frames, their pages, or the service's word."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile

from suno_lab.audio import Audio
from suno_lab.audio.mpeg import mp3_breaks_off
from suno_lab.audio.ogg import ogg_breaks_off

SR = 44100
NOISE = np.random.default_rng(0).normal(scale=0.1, size=(4 * SR, 2)).astype(np.float32)


def written(folder, name):
    soundfile.write(folder / name, NOISE, SR)
    return folder / name


def without_tag(data):
    """An MP3 without the first frame that counts the others."""
    at = data.find(b"\xff\xfb", data.find(b"\xff\xfb") + 4)
    while mp3_breaks_off(data[at:]) is None:
        at = data.find(b"\xff\xfb", at + 1)
    return data[at:]


@pytest.mark.parametrize("cut_n", [1, 7, 100, 300, 1000, 20_000])
@pytest.mark.parametrize("tagged", [True, False])
def test_an_mp3_that_breaks_off_is_seen(tmp_path, cut_n, tagged):
    path = written(tmp_path, "a.mp3")
    data = path.read_bytes() if tagged else without_tag(path.read_bytes())
    path.write_bytes(data)
    whole = Audio.load(path)
    assert (whole.breaks_off, whole.truncated, whole.codec) == (False, False if tagged else None, "mp3")
    path.write_bytes(data[:-cut_n])
    assert Audio.load(path).truncated


def test_a_tag_behind_the_sound_is_no_break(tmp_path):
    path = written(tmp_path, "a.mp3")
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    assert Audio.load(path).breaks_off is False


@pytest.mark.parametrize("name", ["a.ogg", "a.opus"])
def test_an_ogg_without_its_end_is_seen(tmp_path, name):
    path = tmp_path / name
    soundfile.write(path, NOISE, 48_000, format="OGG", subtype="OPUS" if name == "a.opus" else "VORBIS")
    whole = Audio.load(path)
    assert (whole.breaks_off, whole.truncated) == (False, False)
    path.write_bytes(path.read_bytes()[: len(path.read_bytes()) * 2 // 3])
    assert Audio.load(path).truncated


def test_the_service_word_counts_too(tmp_path):
    whole = Audio.load(written(tmp_path, "a.wav"))
    assert (whole.codec, whole.breaks_off, whole.truncated) == ("wav/pcm_16", None, False)
    assert replace(whole, service_duration_s=4.0).truncated is False
    assert replace(whole, service_duration_s=4.5).truncated is True
    unknown = Audio(NOISE, SR)
    assert unknown.truncated is None
    assert Audio(NOISE, SR, service_duration_s=5.0).truncated is True


def test_what_is_neither_cannot_tell():
    assert mp3_breaks_off(b"") is None
    assert mp3_breaks_off(b"\xff" * 40_000) is None
    assert ogg_breaks_off(b"nothing") is None
    assert ogg_breaks_off(b"OggS") is True
