import struct

import numpy as np
import pytest
import soundfile

from suno_lab.audio import MAX_CHANNELS_N, Audio, mel_filters
from suno_lab.errors import AudioError
from suno_lab.models import Word

SR = 8000
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(SR) / SR)).astype(np.float32)


@pytest.fixture
def write(tmp_path):
    def write(name, samples=TONE, sr=SR, **options):
        path = tmp_path / name
        soundfile.write(path, samples, sr, **options)
        return path

    return write


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.ogg"])
def test_frames_are_counted(write, name):
    audio = Audio.load(write(name))
    assert (audio.frames_n, audio.channels_n, audio.sr, audio.truncated) == (SR, 1, SR, False)
    assert audio.header_duration_s == audio.duration_s == 1.0
    assert audio.samples.dtype == np.float32


@pytest.mark.parametrize("name", ["song.mp3", "song", "song.raw", "song.txt"])
def test_the_content_counts_not_the_name(write, tmp_path, name):
    wrong = tmp_path / name
    wrong.write_bytes(write("a.flac").read_bytes())
    assert Audio.load(wrong).frames_n == SR


def test_an_mp3_that_broke_off_is_flagged(write, tmp_path, capfd):
    whole = write("a.mp3", np.tile(TONE, 10)).read_bytes()
    cut = tmp_path / "cut.mp3"
    cut.write_bytes(whole[: len(whole) // 2])
    audio = Audio.load(cut)
    assert audio.truncated
    assert 3 < audio.duration_s < 6 < audio.header_duration_s
    capfd.readouterr()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        b"ID3",
        b"not audio at all " * 99,
        b"RIFF\xff\xff\xff\xffWAVE",
        b"#EXTM3U\nhttp://example.org/a.mp3\n",
    ],
)
def test_what_cannot_be_decoded_is_an_audio_error(tmp_path, content):
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    with pytest.raises(AudioError, match=r"a\.mp3"):
        Audio.load(path)


def test_a_flac_that_broke_off_is_an_audio_error(write, tmp_path):
    noise = np.random.default_rng(0).normal(scale=0.1, size=10 * SR)
    cut = tmp_path / "cut.flac"
    cut.write_bytes(write("a.flac", noise).read_bytes()[:40_000])
    with pytest.raises(AudioError, match="not decodable"):
        Audio.load(cut)


@pytest.mark.parametrize("path", ["nowhere.wav", "."])
def test_no_such_file(tmp_path, path):
    with pytest.raises(AudioError, match="no such audio file"):
        Audio.load(tmp_path / path)


def forged_wav(*, frames_n, data, sr=SR, channels_n=1):
    size = min(2 * channels_n * frames_n, 0xFFFFFFF0)
    form = struct.pack(
        "<4sIHHIIHH", b"fmt ", 16, 1, channels_n, sr, min(2 * sr, 2**32 - 1), min(2 * channels_n, 65535), 16
    )
    return b"RIFF" + struct.pack("<I", size) + b"WAVE" + form + b"data" + struct.pack("<I", size) + data


@pytest.mark.parametrize(
    "header", [{"frames_n": 2**31}, {"frames_n": 10**9, "sr": 2**32 - 1}, {"frames_n": 10**6, "channels_n": 60_000}]
)
def test_a_header_that_lies_costs_neither_memory_nor_a_crash(tmp_path, header):
    path = tmp_path / "forged.wav"
    path.write_bytes(forged_wav(data=bytes(2 * SR), **header))
    try:
        audio = Audio.load(path)
    except AudioError:
        return
    assert audio.frames_n == SR


def test_longer_than_wanted_is_refused(write):
    with pytest.raises(AudioError, match="longer than 0"):
        Audio.load(write("a.wav"), max_duration_s=0.5)
    assert Audio.load(write("a.wav"), max_duration_s=1.0).frames_n == SR


@pytest.mark.parametrize("format", ["adts", "mp4"])
def test_aac_through_pyav(tmp_path, format):
    av = pytest.importorskip("av")
    path = tmp_path / "a.m4a"
    with av.open(str(path), "w", format=format) as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.resize(TONE, (1, 44100)), format="fltp", layout="mono")
        frame.sample_rate = 44100
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    audio = Audio.load(path)
    assert audio.duration_s == pytest.approx(1.0, abs=0.06)
    assert np.median(np.abs(audio.samples)) == pytest.approx(0.5 / np.sqrt(2), abs=0.05)
    with pytest.raises(AudioError, match="longer"):
        Audio.load(path, max_duration_s=0.2)


def test_a_broken_container_is_an_audio_error(tmp_path):
    path = tmp_path / "a.m4a"
    path.write_bytes(b"\0\0\0\x20ftypM4A " + bytes(100))
    with pytest.raises(AudioError):
        Audio.load(path)


def test_damage_is_silenced_and_counted():
    audio = Audio(np.array([0.5, np.nan, np.inf, -np.inf, 1e30, -0.25]), SR)
    assert audio.samples[:, 0].tolist() == [0.5, 0, 0, 0, 0, -0.25]
    assert (audio.invalid_n, audio.peak) == (4, 0.5)


@pytest.mark.parametrize(
    ("samples", "sr"),
    [
        (np.zeros(0), SR),
        (np.zeros((5, 0)), SR),
        (np.zeros((2, 2, 2)), SR),
        (np.zeros(5), 0),
        (np.zeros(5), -44100),
        (np.zeros(5), 10**9),
        (np.zeros((5, MAX_CHANNELS_N + 1)), SR),
    ],
)
def test_impossible_audio_is_refused(samples, sr):
    with pytest.raises(AudioError):
        Audio(samples, sr)


def test_mono_is_the_mean_of_the_channels():
    stereo = Audio(np.stack([TONE, -TONE / 2], axis=1), SR)
    np.testing.assert_allclose(stereo.mono, TONE / 4, atol=1e-7)


@pytest.mark.parametrize("sr", [8000, 11025, 22050, 44101, 96000])
def test_resampling_keeps_the_length(sr):
    audio = Audio(np.zeros(sr), sr)
    assert len(audio.at()) == pytest.approx(22050, abs=1)
    assert audio.at() is audio.at()


def test_one_sample_is_enough_for_a_frame():
    audio = Audio(np.ones(1), 96000)
    assert audio.mel_power.shape == (1, 64)
    assert audio.magnitude(8192, 4096).shape == (1, 4097)


def test_a_tone_peaks_at_its_bin():
    magnitude = Audio(np.tile(TONE, 2), SR).magnitude(8192, 4096)
    assert set(magnitude.argmax(axis=1)) == {round(440 / (22050 / 8192))}


def test_mel_filters_cover_the_band_evenly():
    bank = mel_filters(22050, 1024, 64)
    assert bank.shape == (513, 64)
    assert (bank.max(axis=0) > 0).sum() >= 60  # the lowest are narrower than a bin


def test_an_excerpt_takes_words_and_stems_along():
    words = (Word(word="slow", start_s=0.1, end_s=0.3), Word(word="tide", start_s=0.6, end_s=0.9))
    audio = Audio(TONE, SR, words=words, stems={"vocals": Audio(TONE, SR)})
    part = audio.excerpt(0.5, 0.8)
    assert part.frames_n == part.stems["vocals"].frames_n == 2400
    assert [(word.word, round(word.start_s, 6), round(word.end_s, 6)) for word in part.words] == [("tide", 0.1, 0.3)]
    with pytest.raises(AudioError, match="nothing between"):
        audio.excerpt(2.0, 3.0)


def test_sha256_is_of_the_file(write):
    import hashlib

    path = write("a.wav")
    assert Audio.load(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert Audio(TONE, SR).sha256 == Audio(TONE, SR).sha256 != Audio(-TONE, SR).sha256
